"""Tree → filter text in its one canonical form, which parses back to the same tree."""

import re
from datetime import date
from decimal import Decimal
from typing import Final

from broadcast.audience.nodes import (
    Ago,
    AllOf,
    AnyOf,
    BroadcastCondition,
    Comparison,
    FlowCondition,
    Node,
    Not,
    Op,
    Today,
    Value,
)

# What stands for itself as a value; everything else is quoted, and so are all names of flows and broadcasts.
_PLAIN: Final = re.compile(r"[A-Za-z0-9_]+")
_KEYWORDS: Final = frozenset({"and", "or", "not", "in", "between", "set", "is"})
_TODAY: Final = {0: "today", -1: "yesterday", 1: "tomorrow"}


def write(node: Node) -> str:
    """Return the filter text of a tree; everyone is the word `everyone`."""
    match node:
        case AllOf(()):
            return "everyone"
        case AllOf(parts):
            return " and ".join(map(_within, parts))
        case AnyOf(parts):
            return " or ".join(map(_within, parts))
        case Not(part):
            return f"not {_within(part)}"
        case Comparison():
            return _comparison(node)
        case FlowCondition(event, flow, within):
            return f"{event.value} {_quoted(flow)}{_span(within)}"
        case BroadcastCondition(event, broadcast, within):
            name = "any" if broadcast is None else _quoted(broadcast)
            return f"{event.value} {name}{_span(within)}"


def _within(node: Node) -> str:
    """Return a part as it stands inside another node; not needs no brackets, being the tightest."""
    bare = not isinstance(node, AllOf | AnyOf) or node == AllOf()
    return write(node) if bare else f"({write(node)})"


def _comparison(node: Comparison) -> str:
    values = [_value(value) for value in node.values]
    match node.op:
        case Op.SET:
            return f"{node.field} is set"
        case Op.ONE_OF:
            return f"{node.field} in ({', '.join(values)})"
        case Op.BETWEEN:
            return f"{node.field} between {values[0]} and {values[1]}"
        case Op.WITHIN:
            (within,) = node.values
            assert isinstance(within, Ago)
            return f"{node.field}{_span(within)}"
        case op:
            return f"{node.field} {op.value} {values[0]}"


def _value(value: Value) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case str():
            return value if _PLAIN.fullmatch(value) and value.casefold() not in _KEYWORDS else _quoted(value)
        case int():
            return str(value)
        case float():
            # Plain digits; a filter knows no exponents.
            return format(Decimal(repr(value)), "f")
        case date():
            return value.isoformat()
        case Today(days):
            return _TODAY[days]
        case Ago(0, _):
            return "now"
        case Ago(amount, unit, ahead):
            return f"{amount} {unit.value}{'' if amount == 1 else 's'} {'from now' if ahead else 'ago'}"


def _span(within: Ago | None) -> str:
    if within is None:
        return ""
    unit = f"{within.unit.value}{'' if within.amount == 1 else 's'}"
    return f" in the {'next' if within.ahead else 'last'} {within.amount} {unit}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
