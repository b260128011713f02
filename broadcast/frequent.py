"""What there is to ask about a channel's people: which fields hold anything, the most frequent values, some people.

Exact up to `SAMPLE` subscribers. Above that every n-th is looked at and the counts are multiplied by n, so that a
million cost no more than reading their rows once: 0.1 to 0.2 s on either database, where grouping all of them by a
variable takes over a second.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import peewee as pw

from broadcast import who
from broadcast.audience.dialects import Dialect, Postgres, Sqlite
from broadcast.audience.fields import FIELDS, Field
from broadcast.audience.folding import fold
from broadcast.audience.nodes import Kind
from storage.database import execute, is_postgres
from storage.models import Subscriber
from storage.subscribers import all_of

SAMPLE: Final = 200_000

_UNASKED: Final = frozenset({"consent", "unreachable", "window_expires"})
"""Fields a filter may use and nobody needs to pick: a broadcast leaves those people out by itself."""


@dataclass(frozen=True, slots=True)
class Frequent:
    """Values as they are typed, with how many people have each, most frequent first; `about` when estimated."""

    values: tuple[tuple[str, int], ...]
    about: bool = False


def filled(channel_id: int) -> list[Field]:
    """Return the built-in fields that somebody has a value of, in their usual order."""
    asked = [field for field in FIELDS if field.name not in _UNASKED and field.kind is not Kind.TAGS]
    columns = [getattr(Subscriber, field.column) for field in asked]
    counts = [
        pw.fn.COUNT(pw.fn.NULLIF(column, "") if field.kind is Kind.TEXT else column)
        for field, column in zip(asked, columns, strict=True)
    ]
    found: Any = Subscriber.select(*counts).where(_some(channel_id, _step())).tuples().get()
    fields = [field for field, number in zip(asked, found, strict=True) if number]
    tags = next(field for field in FIELDS if field.kind is Kind.TAGS)
    return [*fields, *([tags] if most_frequent(channel_id, tags, 1).values else [])]


def most_frequent(channel_id: int, field: Field, at_most: int) -> Frequent:
    """Return the most frequent values of a field; none for days and moments, which hardly repeat.

    Spellings that differ in the case of A-Z are one value to a filter, and are one here.
    """
    step = _step()
    merged: dict[str, tuple[str, int]] = {}
    for value, number in _grouped(channel_id, step, field, 3 * at_most):
        spelled, before = merged.get(fold(value), (value, 0))
        merged[fold(value)] = (spelled, before + number * step)
    top = sorted(merged.values(), key=lambda pair: -pair[1])[:at_most]
    return Frequent(tuple(top), about=step > 1)


def some_people(channel_id: int, audience: str, at_most: int, now: datetime, zone: ZoneInfo) -> list[str]:
    """Return the first names (or ids, where there is none) of the first few people of an audience."""
    people = all_of(channel_id)
    if (matching := who.matching(channel_id, audience, now, zone)) is not None:
        people &= matching
    rows = Subscriber.select(Subscriber.first_name, Subscriber.platform_user_id).where(people)
    return [row.first_name or row.platform_user_id for row in rows.order_by(Subscriber.id).limit(at_most)]


def _step() -> int:
    """Return every how many-th person is looked at."""
    newest = int(Subscriber.select(pw.fn.MAX(Subscriber.id)).scalar() or 0)
    return max(1, newest // SAMPLE)


def _some(channel_id: int, step: int) -> Any:
    """Return the condition of being looked at."""
    if step == 1:
        return all_of(channel_id)
    return all_of(channel_id) & (Subscriber.id / step * step == Subscriber.id)  # peewee's % means LIKE


def _grouped(channel_id: int, step: int, field: Field, at_most: int) -> Iterator[tuple[str, int]]:
    """Yield (value as it is typed, number) of a field, most frequent first."""
    dialect: Dialect = Postgres() if is_postgres() else Sqlite()
    some = _some(channel_id, step)
    match field.kind:
        case Kind.DATE | Kind.MOMENT:
            return
        case Kind.TAGS:
            yield from _grouped_tags(channel_id, step, at_most)
        case Kind.YES_NO:
            for word, value in (("yes", True), ("no", False)):
                flag = dialect.flag(field.variable, value=value) if field.variable else Subscriber.unreachable == value
                if number := Subscriber.select().where(some & flag).count():
                    yield word, number
        case kind:
            if field.variable:
                source, present = dialect.text(field.variable), dialect.is_of(field.variable, kind)
            else:
                source, present = getattr(Subscriber, field.column), getattr(Subscriber, field.column) != ""
            how_many = pw.fn.COUNT(Subscriber.id)
            grouped = Subscriber.select(source, how_many).where(some & present).group_by(pw.SQL("1"))
            rows: Any = grouped.order_by(how_many.desc(), pw.SQL("1")).limit(at_most).tuples()
            for value, count in rows:
                if str(value) != "":
                    yield str(value), count


def _grouped_tags(channel_id: int, step: int, at_most: int) -> Iterator[tuple[str, int]]:
    if is_postgres():
        each, value = "jsonb_array_elements(tags) AS tag(value)", "(tag.value #>> '{}')"
        is_text = "jsonb_typeof(tag.value) = 'string'"
    else:
        each, value, is_text = "json_each(tags) AS tag", "tag.value", "tag.type = 'text'"
    rows = execute(
        # +channel_id for the reason `storage.subscribers.all_of` gives; id / n * n = id is "every n-th".
        f"SELECT {value}, count(*) FROM subscribers, {each}"  # noqa: S608 - constants of this function
        f" WHERE +channel_id = ? AND subscribers.id / ? * ? = subscribers.id AND {is_text}"
        " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?",
        (channel_id, step, step, at_most),
    )
    yield from ((str(value), number) for value, number in rows if value)
