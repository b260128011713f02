"""What a send came to, and what that means for the recipient, the broadcast and the channel."""

from dataclasses import dataclass, field
from enum import StrEnum


class Fate(StrEnum):
    """What to do about a refusal; the engine reads this and never a platform's code."""

    RETRY = "retry"  # this message, later
    PAUSE = "pause"  # everything on this channel, until it may go on
    SKIP = "skip"  # this person, this time
    UNSUBSCRIBE = "unsubscribe"  # this person, from now on
    GIVE_UP = "give_up"  # this message, for good
    STOP = "stop"  # this broadcast: what it says or how it is set up is wrong for everybody
    UNKNOWN = "unknown"  # it may have been sent: wait for evidence, do not repeat


@dataclass(frozen=True, slots=True)
class Failure:
    """One row of a platform's table of errors.

    `reason` is the machine word kept in the ledger (`outside_window`, `unreachable`, ...), `sentence`
    is for the admin. `wait_seconds` is how long a retry or a pause should last at least; None means
    until somebody has mended it (a pause) or the engine's own backoff (a retry). `retries`: how often it is
    done again.
    """

    reason: str
    fate: Fate
    sentence: str
    wait_seconds: float | None = None
    retries: int = 3


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of its allowance a channel has spent, as the platform said beside its last answer.

    `percent` is the fullest of its gauges (100 and above: throttled). `regain_seconds` is how long
    until calls are taken again, where the platform says so.
    """

    percent: float
    regain_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The platform's explicit yes; `again`: it had taken this message before, and has not taken it twice."""

    message_id: str
    usage: Usage | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform's explicit no: nothing was sent. `code` is the platform's own code, for the report.

    `said` is the platform's own sentence, for `check` alone: it may name what has no place in a log or a ledger.
    """

    failure: Failure
    code: str = ""
    trace: str = ""
    usage: Usage | None = None
    said: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Uncertain:
    """We spoke and did not hear: the message may be out. Settled by evidence, never by repeating."""

    why: str


Outcome = Accepted | Refused | Uncertain
