"""One item of a webhook, and how its loosely typed values are read without ever failing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ADDRESSES = frozenset({"sender", "recipient", "timestamp", "page_id", "app_id", "field"})


@dataclass(frozen=True, slots=True)
class Item:
    """What happened, still in Meta's words: the item, the entry it came in, and the form it came in."""

    body: dict[str, Any]
    page: str
    entry_time: Any
    standby: bool = False
    field: str = ""

    @property
    def sender(self) -> str:
        """The id of who did it; "" where it is nobody, or somebody without a PSID (`user_ref`)."""
        return _id(self.body.get("sender"))

    @property
    def recipient(self) -> str:
        """The id of whom it was done to; "" where the item does not say."""
        return _id(self.body.get("recipient"))

    @property
    def at(self) -> datetime:
        """When it happened; the entry's time, or 1970, where the item does not say."""
        return when(self.body.get("timestamp")) or when(self.entry_time) or EPOCH

    def concerns(self, page_id: str) -> bool:
        """Tell whether our Page stands on its own side of the item: receiver, or sender of an echo."""
        message = self.body.get("message")
        echo = isinstance(message, dict) and message.get("is_echo") is True
        ours = self.sender if echo else self.recipient
        return page_id in {self.page, ours} and self.page in {"", page_id} and ours in {"", page_id}

    def kind(self) -> str:
        """Return a word for an item nobody reads: its field, or the key that is not an address."""
        named = self.field or text(self.body.get("field"))
        return named or next((text(key) for key in self.body if key not in _ADDRESSES), "empty")


def text(value: object) -> str:
    """Return a string or a number as text a database can store; "" for anything else.

    Half a surrogate pair and NUL are legal in JSON, and refused by PostgreSQL or by UTF-8 itself.
    """
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


def when(value: object) -> datetime | None:
    """Return Unix milliseconds, as a number or a string of digits, as UTC; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        moment = datetime.fromtimestamp(int(value) / 1000, UTC)
    except (ValueError, OverflowError, OSError):  # not a number, not a year
        return None
    return moment if moment.year < MAXYEAR else None  # a window must fit behind it


def objects(value: object) -> Iterator[dict[str, Any]]:
    """Yield the objects in a list; nothing where there is no list."""
    if isinstance(value, list):
        yield from (each for each in value if isinstance(each, dict))


def _id(party: object) -> str:
    return text(party.get("id")) if isinstance(party, dict) else ""
