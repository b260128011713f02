"""Tree → a sentence for the person who is about to send: who is meant, with missing values said aloud.

Every clause is a whole message with places, so that a translation may order it as its language does.
"""

from collections.abc import Mapping
from datetime import date
from functools import reduce
from typing import Final

from broadcast.audience.fields import BY_NAME, N_
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
    Today,
    Unit,
    Value,
)
from broadcast.audience.problems import Catalogue

CLAUSES: Final[Mapping[Op, tuple[str, str]]] = {
    Op.IS: (N_("{field} is {value}"), N_("{field} is not {value} (or is missing)")),
    Op.ONE_OF: (N_("{field} is one of {value}"), N_("{field} is none of {value} (or is missing)")),
    Op.CONTAINS: (N_("{field} contains {value}"), N_("{field} does not contain {value} (or is missing)")),
    Op.STARTS: (N_("{field} starts with {value}"), N_("{field} does not start with {value} (or is missing)")),
    Op.ABOVE: (N_("{field} is above {value}"), N_("{field} is not above {value} (or is missing)")),
    Op.AT_LEAST: (N_("{field} is at least {value}"), N_("{field} is not at least {value} (or is missing)")),
    Op.BELOW: (N_("{field} is below {value}"), N_("{field} is not below {value} (or is missing)")),
    Op.AT_MOST: (N_("{field} is at most {value}"), N_("{field} is not at most {value} (or is missing)")),
    Op.BETWEEN: (
        N_("{field} is from {value} to {last}"),
        N_("{field} is not from {value} to {last} (or is missing)"),
    ),
    Op.SET: (N_("{field} is known"), N_("{field} is missing")),
}
"""What each operator says, and what its `not` says."""

TIME_CLAUSES: Final[Mapping[Op, tuple[str, str]]] = {
    Op.IS: (N_("{field} on {value}"), N_("{field} not on {value} (or missing)")),
    Op.ABOVE: (N_("{field} after {value}"), N_("{field} not after {value} (or missing)")),
    Op.AT_LEAST: (N_("{field} on or after {value}"), N_("{field} not on or after {value} (or missing)")),
    Op.BELOW: (N_("{field} before {value}"), N_("{field} not before {value} (or missing)")),
    Op.AT_MOST: (N_("{field} on or before {value}"), N_("{field} not on or before {value} (or missing)")),
    Op.BETWEEN: (N_("{field} from {value} to {last}"), N_("{field} not from {value} to {last} (or missing)")),
    Op.WITHIN: (N_("{field} {value}"), N_("{field} not {value} (or missing)")),
}
"""The same for dates and moments, where they differ."""

TAG_CLAUSES: Final[Mapping[Op, tuple[str, str]]] = {
    Op.IS: (N_("has the tag {value}"), N_("does not have the tag {value}")),
    Op.ONE_OF: (N_("has one of the tags {value}"), N_("has none of the tags {value}")),
    Op.SET: (N_("has a tag"), N_("has no tag")),
}

FLAG_CLAUSES: Final[Mapping[bool, tuple[str, str]]] = {
    True: (N_("{field}: yes"), N_("{field}: no, or missing")),
    False: (N_("{field}: no"), N_("{field}: yes, or missing")),
}

FLOW_CLAUSES: Final[Mapping[FlowEvent, tuple[str, str]]] = {
    FlowEvent.STARTED: (N_("started {flow}"), N_("did not start {flow}")),
    FlowEvent.COMPLETED: (N_("completed {flow}"), N_("did not complete {flow}")),
    FlowEvent.IN: (N_("is in {flow} now"), N_("is not in {flow} now")),
    FlowEvent.DROPPED: (N_("dropped out of {flow}"), N_("did not drop out of {flow}")),
}

BROADCAST_CLAUSES: Final[Mapping[BroadcastEvent, tuple[str, str]]] = {
    BroadcastEvent.GOT: (N_("got {broadcast}"), N_("did not get {broadcast}")),
    BroadcastEvent.CLICKED: (N_("clicked in {broadcast}"), N_("did not click in {broadcast}")),
}

TIMES: Final[Mapping[bool, str]] = {False: N_("{span} ago"), True: N_("{span} from now")}
SPANS: Final[Mapping[bool, str]] = {False: N_("in the last {span}"), True: N_("in the next {span}")}
"""A time away and a stretch of time, behind us or ahead."""

DAYS: Final[Mapping[int, str]] = {-1: N_("yesterday"), 0: N_("today"), 1: N_("tomorrow")}
NOW: Final = N_("now")
EVERYONE: Final = N_("everyone")
AND: Final = N_("{first} and {second}")
OR: Final = N_("{first} or {second}")
NOT: Final = N_("not ({inner})")
BRACKETS: Final = N_("({inner})")
LIST: Final = N_("{first}, {second}")
QUOTED: Final = N_("“{text}”")
ANY_BROADCAST: Final = N_("any broadcast")
LATELY: Final = N_("{clause} {span}")


def words(node: Node, catalogue: Catalogue) -> str:
    """Return the audience as the end of "this goes to people whose …", in the catalogue's language."""
    return _Sentence(catalogue).node(node)


class _Sentence:
    """Says one tree in one language."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def say(self, message: str, **places: str) -> str:
        return self.catalogue.gettext(message).format(**places)

    def node(self, node: Node, *, negated: bool = False) -> str:
        match node:
            case AllOf(()) if not negated:
                return self.say(EVERYONE)
            case Comparison():
                return self.comparison(node, negated)
            case FlowCondition():
                clause = FLOW_CLAUSES[node.event][negated]
                return self.lately(self.say(clause, flow=self.quoted(node.flow)), node.within)
            case BroadcastCondition(event, broadcast, within):
                name = self.say(ANY_BROADCAST) if broadcast is None else self.quoted(broadcast)
                return self.lately(self.say(BROADCAST_CLAUSES[event][negated], broadcast=name), within)
            case _ if negated:
                return self.say(NOT, inner=self.node(node))
            case Not(part):
                return self.node(part, negated=True)
            case AllOf(parts):
                return self.joined(AND, parts)
            case AnyOf(parts):
                return self.joined(OR, parts)

    def joined(self, message: str, parts: tuple[Node, ...]) -> str:
        clauses = map(self.part, parts)
        return reduce(lambda first, second: self.say(message, first=first, second=second), clauses)

    def part(self, node: Node) -> str:
        said = self.node(node)
        joins = isinstance(node, AllOf | AnyOf) and node.parts
        return self.say(BRACKETS, inner=said) if joins else said

    def comparison(self, node: Comparison, negated: bool) -> str:
        values = [self.value(value) for value in node.values]
        places = {"field": self.label(node.field)}
        if node.op is Op.ONE_OF:
            places["value"] = reduce(lambda a, b: self.say(LIST, first=a, second=b), values)
        elif values:
            places["value"], places["last"] = values[0], values[-1]
        match node:
            case Comparison(_, Kind.TAGS, op):
                clauses = TAG_CLAUSES[op]
            case Comparison(_, Kind.YES_NO, Op.IS, (wanted,)):
                clauses = FLAG_CLAUSES[bool(wanted)]
            case Comparison(_, Kind.DATE | Kind.MOMENT, op) if op in TIME_CLAUSES:
                clauses = TIME_CLAUSES[op]
                if op is Op.WITHIN and isinstance(within := node.values[0], Ago):
                    places["value"] = self.span(within)
            case Comparison(_, _, op):
                clauses = CLAUSES[op]
        return self.say(clauses[negated], **places)

    def label(self, field: str) -> str:
        if field.startswith(VARIABLE_PREFIX):
            return field.removeprefix(VARIABLE_PREFIX)
        return self.catalogue.gettext(BY_NAME[field].label)

    def value(self, value: Value) -> str:
        match value:
            case str():
                return self.quoted(value)
            case Ago(0, _):
                return self.say(NOW)
            case Ago(_, _, ahead):
                return self.say(TIMES[ahead], span=self.length(value))
            case Today(days):
                return self.say(DAYS[days])
            case date():
                return value.isoformat()
            case _:
                return str(value)

    def lately(self, clause: str, within: Ago | None) -> str:
        return clause if within is None else self.say(LATELY, clause=clause, span=self.span(within))

    def span(self, within: Ago) -> str:
        return self.say(SPANS[within.ahead], span=self.length(within))

    def length(self, ago: Ago) -> str:
        n, ngettext = ago.amount, self.catalogue.ngettext
        match ago.unit:
            case Unit.MINUTE:
                said = ngettext("{n} minute", "{n} minutes", n)
            case Unit.HOUR:
                said = ngettext("{n} hour", "{n} hours", n)
            case Unit.DAY:
                said = ngettext("{n} day", "{n} days", n)
            case Unit.WEEK:
                said = ngettext("{n} week", "{n} weeks", n)
        return said.format(n=n)

    def quoted(self, text: str) -> str:
        return self.say(QUOTED, text=text)
