"""Tree × one person → true or false: the plain statement of what a filter means, and the query's oracle."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from broadcast.audience.fields import BY_NAME
from broadcast.audience.folding import fold, forms
from broadcast.audience.nodes import (
    VARIABLE_PREFIX,
    Ago,
    AllOf,
    AnyOf,
    BroadcastCondition,
    BroadcastEvent,
    Comparison,
    FlowCondition,
    FlowEvent,
    Kind,
    Node,
    Not,
    Op,
    Value,
)
from broadcast.audience.ranges import day_range, moment_range, since

DAY_SHAPE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""A stored date is a text of this shape; whether the month has that day is not asked, here or in the query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRun:
    """One time a person went through a flow; `ended_at` is when they completed it or dropped out."""

    flow: str
    status: str  # started, completed or dropped
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A broadcast a person got, and when they first clicked in it."""

    broadcast: str
    at: datetime
    clicked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What a filter may ask of one subscriber. `profile` is by column: texts, aware datetimes, flags."""

    profile: Mapping[str, object]
    variables: Mapping[str, object] = field(default_factory=dict)
    tags: Sequence[object] = ()
    flows: Sequence[FlowRun] = ()
    broadcasts: Sequence[Received] = ()


def matches(node: Node, person: Person, *, now: datetime) -> bool:
    """Say whether the person is in the audience at `now`, an aware datetime whose zone says when days begin."""
    match node:
        case AllOf(parts):
            return all(matches(part, person, now=now) for part in parts)
        case AnyOf(parts):
            return any(matches(part, person, now=now) for part in parts)
        case Not(part):
            return not matches(part, person, now=now)
        case FlowCondition():
            return any(_ran(node, run, now) for run in person.flows)
        case BroadcastCondition():
            return any(_received(node, received, now) for received in person.broadcasts)
        case Comparison():
            return _compare(node, person, now)


def _compare(node: Comparison, person: Person, now: datetime) -> bool:
    """Return whether any of the person's values does; a missing value is no value, so that none does."""
    return any(_holds(node, value, now) for value in _values(node, person))


def _values(node: Comparison, person: Person) -> list[object]:
    """Return the person's values of the field that are present and of its kind: none or one, or the tags."""
    if node.kind is Kind.TAGS:
        return [tag for tag in person.tags if _is_of(Kind.TEXT, tag)]
    if node.field.startswith(VARIABLE_PREFIX):
        value = person.variables.get(node.field.removeprefix(VARIABLE_PREFIX))
    else:
        value = person.profile.get(BY_NAME[node.field].column)
    return [value] if _is_of(node.kind, value) else []


def _is_of(kind: Kind, value: object) -> bool:
    match kind:
        case Kind.TEXT | Kind.TAGS:
            return isinstance(value, str) and value != ""
        case Kind.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case Kind.YES_NO:
            return isinstance(value, bool)
        case Kind.DATE:
            return isinstance(value, str) and DAY_SHAPE.fullmatch(value) is not None
        case Kind.MOMENT:
            return isinstance(value, datetime)


def _holds(node: Comparison, value: object, now: datetime) -> bool:
    if node.op is Op.SET:
        return True
    match value:
        case bool():
            return value is node.values[0]
        case int() | float():
            return _number_holds(node.op, value, node.values)
        case datetime():
            first, after = moment_range(node, now)
            return (first is None or first <= value) and (after is None or value < after)
        case str() if node.kind is Kind.DATE:
            return _inside(value, *day_range(node, now))
        case str():
            return any(_text_holds(node.op, fold(value), str(wanted)) for wanted in node.values)
        case _:
            raise TypeError(f"{value!r} is of no kind a filter knows")


def _inside(value: str, first: date | None, after: date | None) -> bool:
    """Compare as text, which for this shape is the order of the days."""
    return (first is None or first.isoformat() <= value) and (after is None or value < after.isoformat())


def _text_holds(op: Op, folded: str, wanted: str) -> bool:
    match op:
        case Op.CONTAINS:
            return any(form in folded for form in forms(wanted))
        case Op.STARTS:
            return any(folded.startswith(form) for form in forms(wanted))
        case _:  # IS, ONE_OF
            return folded in forms(wanted)


def _number_holds(op: Op, value: float, wanted: tuple[Value, ...]) -> bool:
    numbers = [each for each in wanted if isinstance(each, int | float)]
    match op:
        case Op.ABOVE:
            return value > numbers[0]
        case Op.AT_LEAST:
            return value >= numbers[0]
        case Op.BELOW:
            return value < numbers[0]
        case Op.AT_MOST:
            return value <= numbers[0]
        case Op.BETWEEN:
            return numbers[0] <= value <= numbers[1]
        case _:  # IS, ONE_OF
            return value in numbers


def _lately(moment: datetime | None, within: Ago | None, now: datetime) -> bool:
    return within is None or (moment is not None and since(within, now) <= moment)


def _ran(node: FlowCondition, run: FlowRun, now: datetime) -> bool:
    if run.flow != node.flow:
        return False
    match node.event:
        case FlowEvent.STARTED:
            return _lately(run.started_at, node.within, now)
        case FlowEvent.IN:
            return run.status == "started" and _lately(run.started_at, node.within, now)
        case FlowEvent.COMPLETED:
            return run.status == "completed" and _lately(run.ended_at, node.within, now)
        case FlowEvent.DROPPED:
            return run.status == "dropped" and _lately(run.ended_at, node.within, now)


def _received(node: BroadcastCondition, received: Received, now: datetime) -> bool:
    if node.broadcast is not None and received.broadcast != node.broadcast:
        return False
    moment = received.at if node.event is BroadcastEvent.GOT else received.clicked_at
    return moment is not None and _lately(moment, node.within, now)
