"""The filter tree: what an audience is, as data.

One tree has three readings that must agree: `query` asks the database, `matches` asks one person, `words`
tells the admin. The meaning they share:

- A missing value is an empty text, a NULL moment, or a variable that is absent, null, an empty text or of
  another type than declared. Every comparison with it is false, and therefore its `Not` is true. There is no
  "is not": it is the `Not` of "is", so it holds for people whose value is missing.
- Text is compared as `folding` says.
- A day is compared with a moment as the whole day, in the zone of the `now` the reading is given.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

VARIABLE_PREFIX: Final = "var."
"""What a variable's name carries in a tree, so that it never meets a built-in field's name."""

MOST_DAYS: Final = 36_500
"""The furthest a relative time reaches, in days: a century, which keeps every sum inside Python's dates."""

MOST_DEPTH: Final = 20
"""How deep and/or/not may nest: far more than anybody types, and far below SQLite's limit of 1,000."""


class Kind(StrEnum):
    """What sort of value a field holds. Variables are of the first four."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes/no"
    DATE = "date"
    MOMENT = "moment"
    TAGS = "tags"


class Op(StrEnum):
    """How a field is compared; the value is how the canonical filter text writes it."""

    IS = "="
    ONE_OF = "in"
    CONTAINS = "contains"
    STARTS = "starts with"
    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="
    BETWEEN = "between"  # both ends included
    WITHIN = "in the"  # "in the last 30 days", "in the next 2 hours"
    SET = "is set"


class Unit(StrEnum):
    """The units of relative times. A day here is 24 hours; months and years have no one length."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


MINUTES: Final = {Unit.MINUTE: 1, Unit.HOUR: 60, Unit.DAY: 1_440, Unit.WEEK: 10_080}


@dataclass(frozen=True, slots=True)
class Ago:
    """A moment counted from now: `amount` units ago, or from now on when `ahead`. Zero is now itself."""

    amount: int
    unit: Unit
    ahead: bool = False

    def __post_init__(self) -> None:
        """Refuse what no reading could resolve."""
        if not 0 <= self.amount * MINUTES[self.unit] <= MOST_DAYS * MINUTES[Unit.DAY]:
            raise ValueError(f"a relative time lies within {MOST_DAYS} days of now")
        if self.ahead and not self.amount:
            raise ValueError("now has one form, and it is not ahead")
        if not self.amount:  # of no unit as good as of another
            object.__setattr__(self, "unit", Unit.MINUTE)


@dataclass(frozen=True, slots=True)
class Today:
    """A calendar day counted from today: 0 is today, -1 yesterday, 1 tomorrow."""

    days: int = 0

    def __post_init__(self) -> None:
        """Refuse days that have no word; further ones are `Ago`."""
        if self.days not in {-1, 0, 1}:
            raise ValueError("only yesterday, today and tomorrow have words")


Value = str | int | float | bool | date | Ago | Today


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field compared with its values: none for SET, two for BETWEEN, some for ONE_OF, else one.

    `field` is a built-in field's name, or `var.` and a variable's name. `kind` is that field's kind, kept here
    so that a tree can be read without asking what was declared when it was made.
    """

    field: str
    kind: Kind
    op: Op
    values: tuple[Value, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a wrong number of values, and the empty text, which is the missing value."""
        fits = {Op.SET: not self.values, Op.BETWEEN: len(self.values) == 2, Op.ONE_OF: bool(self.values)}
        if not fits.get(self.op, len(self.values) == 1):
            raise ValueError(f"{self.op.value} does not take {len(self.values)} values")
        if "" in self.values:
            raise ValueError("an empty text is a missing value: ask with SET")


class FlowEvent(StrEnum):
    """What may be asked about a flow; the value is the canonical filter text."""

    STARTED = "started"
    COMPLETED = "completed"
    IN = "in"
    DROPPED = "dropped out of"


@dataclass(frozen=True, slots=True)
class FlowCondition:
    """True for people to whom `event` happened in the flow, lately if `within` is given."""

    event: FlowEvent
    flow: str
    within: Ago | None = None


class BroadcastEvent(StrEnum):
    """What may be asked about earlier broadcasts; the value is the canonical filter text."""

    GOT = "got"
    CLICKED = "clicked"


@dataclass(frozen=True, slots=True)
class BroadcastCondition:
    """True for people to whom `event` happened with the named broadcast, or with any when it is None."""

    event: BroadcastEvent
    broadcast: str | None = None
    within: Ago | None = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """True when every part is. With no parts it is everyone."""

    parts: tuple["Node", ...] = ()

    def __post_init__(self) -> None:
        """Refuse a lone part, which has a shorter form: itself."""
        if len(self.parts) == 1:
            raise ValueError("one part needs no AllOf")


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when at least one part is."""

    parts: tuple["Node", ...]

    def __post_init__(self) -> None:
        """Refuse fewer than two parts."""
        if len(self.parts) < 2:
            raise ValueError("AnyOf needs two parts")


@dataclass(frozen=True, slots=True)
class Not:
    """True when the part is not: also when it is false only because a value is missing."""

    part: "Node"


Node = Comparison | FlowCondition | BroadcastCondition | AllOf | AnyOf | Not

EVERYONE: Final = AllOf()


def depth(node: Node) -> int:
    """Return how many and/or/not lie above the deepest condition."""
    match node:
        case AllOf(parts) | AnyOf(parts):
            return 1 + max(map(depth, parts), default=0)
        case Not(part):
            return 1 + depth(part)
        case _:
            return 0
