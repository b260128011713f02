"""Column types of our own."""

from datetime import UTC, datetime, timedelta

import peewee as pw

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_ms(moment: datetime) -> int:
    """Return the whole milliseconds since 1970 of an aware datetime."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_ms(milliseconds: int) -> datetime:
    """Return the aware UTC datetime of milliseconds since 1970."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


class MomentField(pw.BigIntegerField):
    """A moment: an aware datetime in Python, milliseconds since 1970 (UTC) in the database.

    Both databases compare and index plain integers alike, which they do not with their own time types.
    """

    def db_value(self, value: datetime | int | None) -> int | None:
        """Accept an aware datetime, or milliseconds as they are."""
        return to_ms(value) if isinstance(value, datetime) else value

    def python_value(self, value: int | None) -> datetime | None:
        """Return an aware UTC datetime."""
        return None if value is None else from_ms(value)
