"""Tree → a WHERE condition on subscribers, for SQLite or PostgreSQL; with `dialects`, what knows peewee here.

SQL's third truth value is kept out by one rule: a comparison with a missing value may be NULL, and/or carry
that along without making it true, and `not` is written `IS NOT TRUE`, which is true of it. So what a query
selects is what `matches` says of each person.

A million subscribers are counted by one scan, so what a row costs matters: conditions on columns stand
before those on variables, which must parse JSON (0.3 s of a million rows on SQLite), and those before
subqueries; and a variable's type is asked only of rows whose value fits already.
"""

import operator
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import reduce
from typing import Any, Final, Protocol

import peewee as pw

from broadcast.audience.dialects import Condition, Dialect, Postgres, Sqlite, one_of
from broadcast.audience.fields import BY_NAME
from broadcast.audience.folding import forms
from broadcast.audience.nodes import (
    VARIABLE_PREFIX,
    AllOf,
    AnyOf,
    BroadcastCondition,
    Comparison,
    FlowCondition,
    Kind,
    Node,
    Not,
    Op,
)
from broadcast.audience.ranges import day_range, moment_range
from storage.database import is_postgres
from storage.models import Subscriber


class Histories(Protocol):
    """Subqueries over what happened to a subscriber, each true or false of the row's `Subscriber.id`."""

    def flow(self, condition: FlowCondition, now: datetime) -> Condition:
        """Return EXISTS (…) for a flow condition."""

    def broadcast(self, condition: BroadcastCondition, now: datetime) -> Condition:
        """Return EXISTS (…) for a broadcast condition."""


def query(
    node: Node, *, now: datetime, database: pw.Database | None = None, histories: Histories | None = None
) -> Condition:
    """Return the condition under which a subscriber is in the audience at `now`, for `.where()`.

    `now` is an aware datetime whose zone says when days begin. `database` is the models' own if left out.
    Raises ValueError when the tree asks about flows or broadcasts and no `histories` are given.
    """
    return _Reading(now, Postgres() if is_postgres(database) else Sqlite(), histories).node(node)


def _any(conditions: Iterable[Condition]) -> Condition:
    return reduce(operator.or_, conditions)


def _all(conditions: Iterable[Condition]) -> Condition:
    return reduce(operator.and_, conditions)


def _range(source: Any, start: Any, end: Any) -> Condition:
    """Return whether the source lies in the half-open range; None is an open end."""
    return _all(
        [source >= start] * (start is not None) + [source < end] * (end is not None)  # one of them is given
    )


_NUMBER_TESTS: Final[dict[Op, Callable[[Any, Any], Any]]] = {
    Op.ABOVE: operator.gt,
    Op.AT_LEAST: operator.ge,
    Op.BELOW: operator.lt,
    Op.AT_MOST: operator.le,
}


class _Reading:
    """One tree being read for one database at one moment."""

    def __init__(self, now: datetime, dialect: Dialect, histories: Histories | None) -> None:
        self.now = now
        self.dialect = dialect
        self.histories = histories

    def node(self, node: Node) -> Condition:
        match node:
            case AllOf(()):
                return pw.Expression(pw.SQL("1"), "=", pw.SQL("1"))
            case AllOf(parts):
                return _all(map(self.node, sorted(parts, key=_cost)))
            case AnyOf(parts):
                return _any(map(self.node, sorted(parts, key=_cost)))
            case Not(FlowCondition() | BroadcastCondition() as part):
                # Never NULL, and PostgreSQL joins a plain NOT EXISTS; anything around it makes a lookup of each row.
                return ~self.node(part)
            case Not(part):
                return pw.NodeList((pw.SQL("(("), self.node(part), pw.SQL(") IS NOT TRUE)")))
            case FlowCondition():
                return self._known_histories().flow(node, self.now)
            case BroadcastCondition():
                return self._known_histories().broadcast(node, self.now)
            case Comparison(field) if field.startswith(VARIABLE_PREFIX):
                return self.variable(node, field.removeprefix(VARIABLE_PREFIX))
            case Comparison():
                return self.built_in(node)

    def _known_histories(self) -> Histories:
        if self.histories is None:
            raise ValueError("this filter asks about flows or broadcasts, which need their histories")
        return self.histories

    def built_in(self, node: Comparison) -> Condition:
        column: Any = getattr(Subscriber, BY_NAME[node.field].column)
        match node.kind:
            case Kind.TAGS:
                return self.dialect.tagged(None if node.op is Op.SET else _all_forms(node))
            case Kind.TEXT:
                return column != "" if node.op is Op.SET else self.text(node, column)
            case Kind.MOMENT if node.op is not Op.SET:
                return _range(column, *moment_range(node, self.now))
            case Kind.YES_NO if node.op is not Op.SET:
                return column == node.values[0]
            case _:
                return column.is_null(False)

    def variable(self, node: Comparison, name: str) -> Condition:
        has_kind = self.dialect.is_of
        match node.kind:
            case Kind.DATE:
                shaped, text = self.dialect.day_shaped(name), self.dialect.text(name)
                return shaped if node.op is Op.SET else _range(text, *_texts(day_range(node, self.now))) & shaped
            case Kind.YES_NO if node.op is not Op.SET:
                return self.dialect.flag(name, value=bool(node.values[0]))
            case Kind.NUMBER if node.op is not Op.SET:
                return self.number(node, name) & has_kind(name, node.kind)
            case Kind.TEXT:
                text = self.dialect.text(name)
                return (text != "" if node.op is Op.SET else self.text(node, text)) & has_kind(name, node.kind)
            case _:
                return has_kind(name, node.kind)

    def text(self, node: Comparison, source: Any) -> Condition:
        wanted = _all_forms(node)
        small = self.dialect.small(source)
        match node.op:
            case Op.CONTAINS:
                return _any(getattr(pw.fn, self.dialect.position)(small, form) > 0 for form in wanted)
            case Op.STARTS:
                return _any(pw.fn.substr(small, 1, len(form)) == form for form in wanted)
            case _:  # IS, ONE_OF
                return self.dialect.same_text(source, wanted)

    def number(self, node: Comparison, name: str) -> Condition:
        source = self.dialect.number(name)
        literals = [self.dialect.literal(value) for value in node.values if isinstance(value, int | float)]
        if node.op is Op.BETWEEN:
            return (source >= literals[0]) & (source <= literals[1])
        if node.op in _NUMBER_TESTS:
            return _NUMBER_TESTS[node.op](source, literals[0])
        return one_of(source, literals)  # IS, ONE_OF


def _all_forms(node: Comparison) -> list[str]:
    return list(dict.fromkeys(form for value in node.values for form in forms(str(value))))


def _texts(days: tuple[Any, Any]) -> list[str | None]:
    return [None if day is None else day.isoformat() for day in days]


def _cost(node: Node) -> int:
    """Return how dear a part is for a row, as a rank: a column, a truth value, other JSON, a subquery."""
    match node:
        case AllOf(parts) | AnyOf(parts):
            return max(map(_cost, parts), default=0)
        case Not(part):
            return _cost(part)
        case Comparison(_, Kind.TAGS):
            return 3
        case Comparison(field, kind) if field.startswith(VARIABLE_PREFIX):
            return 1 if kind is Kind.YES_NO else 2
        case Comparison():
            return 0
        case _:
            return 4
