"""What `check` finds: a sentence, and how much it matters."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding matters; the words that `check` prints in front of it."""

    OK = "ok"
    WARN = "warn"  # works, and somebody should know
    FIX = "FIX"  # does not work, or breaks a promise


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `sentence` says what is so and, unless it is fine, what to do and where."""

    level: Level
    sentence: str


def fine(sentence: str) -> Finding:
    """Return a finding that needs nothing."""
    return Finding(Level.OK, sentence)


def warn(sentence: str) -> Finding:
    """Return a finding that somebody should know of."""
    return Finding(Level.WARN, sentence)


def fix(sentence: str) -> Finding:
    """Return a finding that has to be mended."""
    return Finding(Level.FIX, sentence)
