"""What was typed, before anybody asked what it means at this moment: the nodes the grammar builds."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as typed. `part` names a row of `parts.PARTS`; `hour` None means only the part was said."""

    hour: int | None = None
    minute: int = 0
    second: int = 0
    part: str = ""


@dataclass(frozen=True, slots=True)
class Midnight:
    """Midnight, which of a named day is either its start or its end."""


@dataclass(frozen=True, slots=True)
class InDays:
    """So many days from today; -1 is yesterday."""

    days: int


@dataclass(frozen=True, slots=True)
class OnWeekday:
    """A weekday (0 is Monday): the coming one, or that of the week `week` weeks after this one.

    `asks`: an English "next", which people use for the coming one and for the one after.
    """

    weekday: int
    week: int | None = None
    asks: bool = False


@dataclass(frozen=True, slots=True)
class OnDate:
    """A calendar date, with or without its year."""

    year: int | None
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class OnNumbers:
    """Two numbers whose order is not known. `dotted`: they may also have been a time of day ("18.30")."""

    first: int
    second: int
    year: int | None
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class OnDayOfMonth:
    """The coming such day of a month."""

    day: int


Day = InDays | OnWeekday | OnDate | OnNumbers | OnDayOfMonth


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the calendar: at least one of day and clock. `weekday` is one said beside a date."""

    day: Day | None = None
    clock: Clock | Midnight | None = None
    weekday: int | None = None
    part: str = ""  # of the day word itself: tonight, 明早


@dataclass(frozen=True, slots=True)
class Moment:
    """A spot with what was said about its zone; empty and None where nothing was."""

    spot: Spot
    offset: timedelta | None = None
    zone: str = ""


@dataclass(frozen=True, slots=True)
class After:
    """A length of time from now, as days and the rest; with `clock`, at that time of the day it leads to."""

    days: int
    rest: timedelta
    clock: Clock | Midnight | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """One of the words that are no time: `now` or `later`."""

    word: str


Said = Word | After | Moment
