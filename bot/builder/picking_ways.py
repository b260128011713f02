"""What can be asked in a condition, and in which ways, as a table: the words for people and the filter they make."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from bot.conversation.turn import Turn
from bot.conversation.words import plain
from bot.texts import N_
from broadcast.audience.fields import FIELDS, Field
from broadcast.audience.nodes import VARIABLE_PREFIX, Kind
from storage.lifecycle import BroadcastStatus


class Wants(Enum):
    """What a way has to be completed with."""

    NOTHING = auto()
    ONE = auto()  # a value of the field's kind
    TWO = auto()  # two of them
    SOME = auto()  # any number of them
    SPAN = auto()  # a length of time
    FLOW = auto()  # the name of a flow
    BROADCAST = auto()  # the name of a broadcast, or any


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask: its `word` for people (a message), the `filter` it makes, and what may be typed for it."""

    word: str
    filter: str
    wants: Wants = Wants.ONE
    typed: tuple[str, ...] = ()


_KNOWN = (
    Way(N_("is known"), "{field} is set", Wants.NOTHING, ("is set",)),
    Way(N_("is missing"), "{field} is not set", Wants.NOTHING, ("is not set",)),
)
_NUMBERS = (
    Way(N_("is"), "{field} = {value}", typed=("=", "==", "equals")),
    Way(N_("is not"), "{field} != {value}", typed=("!=", "<>")),
    Way(N_("is above"), "{field} > {value}", typed=(">", "above")),
    Way(N_("is at least"), "{field} >= {value}", typed=(">=", "at least")),
    Way(N_("is below"), "{field} < {value}", typed=("<", "below")),
    Way(N_("is at most"), "{field} <= {value}", typed=("<=", "at most")),
    Way(N_("is between"), "{field} between {value} and {last}", Wants.TWO, ("between",)),
)
_DAYS = (
    Way(N_("in the last"), "{field} in the last {value}", Wants.SPAN),
    Way(N_("not in the last"), "not {field} in the last {value}", Wants.SPAN),
    Way(N_("on"), "{field} = {value}", typed=("=", "is")),
    Way(N_("before"), "{field} < {value}", typed=("<",)),
    Way(N_("after"), "{field} > {value}", typed=(">",)),
    Way(N_("between"), "{field} between {value} and {last}", Wants.TWO),
)

WAYS: Final[Mapping[Kind, tuple[Way, ...]]] = {
    Kind.TEXT: (
        Way(N_("is"), "{field} = {value}", typed=("=", "==", "equals")),
        Way(N_("is not"), "{field} != {value}", typed=("!=", "<>")),
        Way(N_("is one of"), "{field} in ({value})", Wants.SOME, ("in",)),
        Way(N_("contains"), "{field} contains {value}"),
        Way(N_("does not contain"), "{field} does not contain {value}"),
        Way(N_("starts with"), "{field} starts with {value}"),
        *_KNOWN,
    ),
    Kind.NUMBER: (*_NUMBERS, *_KNOWN),
    Kind.YES_NO: (
        Way(N_("is yes"), "{field} = yes", Wants.NOTHING, ("yes",)),
        Way(N_("is no"), "{field} = no", Wants.NOTHING, ("no",)),
        *_KNOWN,
    ),
    Kind.DATE: (*_DAYS, *_KNOWN),
    Kind.MOMENT: (*_DAYS, *_KNOWN),
    Kind.TAGS: (
        Way(N_("has the tag"), "{field} = {value}", typed=("is", "=", "has")),
        Way(N_("does not have the tag"), "{field} != {value}", typed=("is not", "!=")),
        Way(N_("has one of the tags"), "{field} in ({value})", Wants.SOME, ("in",)),
        Way(N_("has any tag"), "{field} is set", Wants.NOTHING),
        Way(N_("has no tag"), "{field} is not set", Wants.NOTHING),
    ),
}
"""By the field's kind, in the order they are offered."""

GONE_OUT: Final = (
    BroadcastStatus.SENDING, BroadcastStatus.PAUSED, BroadcastStatus.SENT, BroadcastStatus.CANCELLED
)  # fmt: skip
"""Broadcasts that somebody may have got."""

FLOW: Final = "a flow"
BROADCAST: Final = "an earlier broadcast"
TOPICS: Final[Mapping[str, tuple[str, tuple[Way, ...]]]] = {
    FLOW: (
        N_("a flow"),
        (
            Way(N_("completed"), "completed {value}", Wants.FLOW),
            Way(N_("did not complete"), "not completed {value}", Wants.FLOW, ("not completed",)),
            Way(N_("started"), "started {value}", Wants.FLOW),
            Way(N_("did not start"), "not started {value}", Wants.FLOW, ("not started",)),
            Way(N_("is in it now"), "in {value}", Wants.FLOW, ("in",)),
            Way(N_("dropped out"), "dropped out of {value}", Wants.FLOW),
        ),
    ),
    BROADCAST: (
        N_("an earlier broadcast"),
        (
            Way(N_("got"), "got {value}", Wants.BROADCAST),
            Way(N_("did not get"), "not got {value}", Wants.BROADCAST, ("not got",)),
            Way(N_("clicked"), "clicked {value}", Wants.BROADCAST),
            Way(N_("got it, did not click"), "did not click {value}", Wants.BROADCAST, ("did not click",)),
        ),
    ),
}
"""What is no field of a person but can be asked about as well: its name for people, and its ways."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a condition is about: a field of a person, or, without one, a topic."""

    name: str
    label: str
    ways: Sequence[Way]
    field: Field | None = None

    def said(self, turn: Turn) -> str:
        """Return its name for people; a variable's own name is no message."""
        return self.label if self.field is not None and self.field.variable else turn.say(self.label)


def subjects(turn: Turn) -> Iterator[Subject]:
    """Yield what can be asked about a channel's people: variables, fields somebody has a value of, and topics."""
    vocabulary = turn.desk.vocabulary
    for variable in vocabulary.variables:
        yield from _of_field(vocabulary.find(VARIABLE_PREFIX + variable))
    for field in turn.desk.fields():
        yield from _of_field(field)
    if vocabulary.flows:
        yield _of_topic(FLOW)
    if turn.desk.listed(*GONE_OUT):
        yield _of_topic(BROADCAST)


def subject(turn: Turn, text: str) -> Subject | None:
    """Return the subject that `text` names, whether or not anybody has a value of it."""
    for name, (label, _) in TOPICS.items():
        if plain(text) in {name, plain(turn.say(label))}:
            return _of_topic(name)
    labels = {plain(turn.say(field.label)): field for field in FIELDS}
    return next(_of_field(turn.desk.vocabulary.find(text) or labels.get(plain(text))), None)


def way(turn: Turn, about: Subject, text: str) -> Way | None:
    """Return the way that `text` means: its word in either language, or how a filter writes it."""
    said = plain(text)
    return next((one for one in about.ways if said in {one.word, plain(turn.say(one.word)), *one.typed}), None)


def _of_field(field: Field | None) -> Iterator[Subject]:
    if field is not None:
        yield Subject(field.name, field.label, WAYS[field.kind], field)


def _of_topic(name: str) -> Subject:
    label, ways = TOPICS[name]
    return Subject(name, label, ways)
