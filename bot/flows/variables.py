"""Which variables a flow writes and of what kind, and which its rules read."""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.flows.definition import (
    AskChoice,
    AskDate,
    AskEmail,
    AskNumber,
    AskPhone,
    AskText,
    AskYesNo,
    Branch,
    Flow,
    Question,
    Set,
)
from bot.flows.lines import Place
from bot.flows.run import Value
from broadcast.audience.fields import Vocabulary
from broadcast.audience.matches import DAY_SHAPE
from broadcast.audience.nodes import VARIABLE_PREFIX, AllOf, AnyOf, Comparison, Kind, Node, Not
from broadcast.audience.parse import parse

ANSWER_KINDS: Final[Mapping[type, Kind]] = {
    AskText: Kind.TEXT,
    AskNumber: Kind.NUMBER,
    AskChoice: Kind.TEXT,
    AskYesNo: Kind.YES_NO,
    AskDate: Kind.DATE,
    AskEmail: Kind.TEXT,
    AskPhone: Kind.TEXT,
}
"""What each question's answer is; a choice among numbers is a number."""


def sets(flow: Flow) -> Iterator[tuple[Place, str, Kind]]:
    """Yield every variable that a flow writes: where that is written, its name and its kind."""
    for number, step in enumerate(flow.steps):
        if isinstance(step, Question) and step.save_as is not None:
            kind = ANSWER_KINDS[type(step)]
            if isinstance(step, AskChoice) and all(isinstance(option.value, int) for option in step.options):
                kind = Kind.NUMBER
            yield ("steps", number, "save_as"), step.save_as, kind
        elif isinstance(step, Set):
            for name, value in step.variables.items():
                yield ("steps", number, "variables", name), name, kind_of(value)


def kind_of(value: Value) -> Kind:
    """Return the kind of a value that is written in a flow."""
    match value:
        case bool():
            return Kind.YES_NO
        case int() | float():
            return Kind.NUMBER
        case _:
            return Kind.DATE if DAY_SHAPE.fullmatch(value) else Kind.TEXT


def reads(flow: Flow, vocabulary: Vocabulary) -> dict[str, Kind]:
    """Return the variables that a flow's rules ask about, with their kinds. The rules have been checked."""
    found: dict[str, Kind] = {}
    for step in flow.steps:
        if isinstance(step, Branch):
            for rule in step.rules:
                found |= dict(_variables(parse(rule.when, vocabulary)))
    return found


def _variables(node: Node) -> Iterator[tuple[str, Kind]]:
    match node:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _variables(part)
        case Not(part):
            yield from _variables(part)
        case Comparison() if node.field.startswith(VARIABLE_PREFIX):
            yield node.field.removeprefix(VARIABLE_PREFIX), node.kind
        case _:
            return
