"""What an outcome means for one row of the ledger: the one place where fates become states."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.outcomes import Accepted, Failure, Fate, Outcome, Refused, Uncertain

FIRST_RETRY_SECONDS = 2.0
LONGEST_RETRY_SECONDS = 300.0

EXPIRED_PICTURE = "attachment_expired"
"""The reason platforms give when a picture's handle is no longer good."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform said yes."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The platform said no for good, or we may have been heard: `state` is a word of the ledger."""

    state: str
    reason: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: back into the queue, not before `due`."""

    due: datetime
    reason: str
    code: str
    tried: bool


Verdict = Sent | Ended | Later


def judge(outcome: Outcome, attempts: int, now: datetime) -> Verdict:
    """Return what becomes of the row; `attempts` is how many tries came before this one."""
    if isinstance(outcome, Accepted):
        return Sent(outcome.message_id)
    if isinstance(outcome, Uncertain):
        return Ended("unknown", "no_answer", outcome.why)
    failure, code = outcome.failure, outcome.code
    match failure.fate:
        case Fate.RETRY if failure.reason == EXPIRED_PICTURE and attempts == 0:
            return Later(now, failure.reason, code, tried=True)  # once, with the picture uploaded anew
        case Fate.RETRY if attempts < failure.retries:
            return Later(now + backoff(failure, attempts), failure.reason, code, tried=True)
        case Fate.PAUSE | Fate.STOP:
            # Nothing is wrong with this person: the row waits until the channel or the broadcast goes on.
            return Later(now, failure.reason, code, tried=False)
        case Fate.SKIP | Fate.UNSUBSCRIBE:
            return Ended("skipped", failure.reason, code)
        case Fate.UNKNOWN:
            return Ended("unknown", failure.reason, code)
        case _:
            return Ended("failed", failure.reason, code)


def expired(outcome: Outcome) -> bool:
    """Say whether a picture's handle was refused because it is too old."""
    return isinstance(outcome, Refused) and outcome.failure.reason == EXPIRED_PICTURE


def backoff(failure: Failure, attempts: int) -> timedelta:
    """How long until the next try: doubling, at least what the platform asks for, spread by a fifth either way.

    Without the spread everybody who was refused in one bad second would come back in one second.
    """
    seconds = min(FIRST_RETRY_SECONDS * 2**attempts, LONGEST_RETRY_SECONDS)
    spread = random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, guards nothing
    return timedelta(seconds=max(seconds, failure.wait_seconds or 0.0) * spread)
