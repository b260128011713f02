"""What a typed time turned out to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.contract import Problem


@dataclass(frozen=True, slots=True)
class Now:
    """As soon as it is confirmed."""


@dataclass(frozen=True, slots=True)
class Later:
    """To be decided at the end."""


@dataclass(frozen=True, slots=True)
class At:
    """One instant in the future: aware, in UTC, whole seconds; `zone` is where it is said back."""

    moment: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Option:
    """One of several meanings: `text` typed again means exactly `moment` (aware, in UTC)."""

    text: str
    moment: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The text has several meanings in the future and has to be asked about.

    `code` is for tests, `question` a gettext message with named fields, `facts` their values, and `options`
    (two or more, soonest first) the possible answers.
    """

    code: str
    question: str
    options: tuple[Option, ...]
    facts: Mapping[str, str | int] = field(default_factory=dict)


Reading = Now | Later | At | Ambiguous | Problem
