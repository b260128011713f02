"""The circuit breaker of a broadcast: tells trouble that is everybody's from trouble that is one person's."""

from collections import deque

from broadcast import because
from broadcast.verdict import expired
from handlers.contract import Problem
from handlers.outcomes import Fate, Outcome, Refused, Uncertain

SAME_FAILURES = 20
"""After so many equal failures in a row it is not about one person."""

LOOKED_BACK = 200
MOST_FAILURES = LOOKED_BACK // 2
"""Nor when so many of the last `LOOKED_BACK` calls failed, for whatever reasons."""

_ABOUT_US = frozenset({Fate.GIVE_UP, Fate.RETRY, Fate.UNKNOWN})
"""Fates that speak of the message or the line."""

_ABOUT_ONE = frozenset({Fate.SKIP, Fate.UNSUBSCRIBE})
"""Fates of one person: they say nothing about the others, unless everybody has the same from the very beginning."""

NO_ANSWER = Problem(
    "no_answer", "The platform did not answer any more. Whether the last messages went out will show when it does."
)
TOO_MANY = Problem(
    "too_many_failures", "More than half of the last calls failed. The report says why; go on if that is all right."
)

NOBODY = Problem(
    "nobody_reached",
    "None of the first {n} people could be reached, all for the same reason. The report says why; go on if that is all"
    " right.",
    {"n": SAME_FAILURES},
)


class Trouble:
    """Follows one broadcast's outcomes in one worker; `reason` is set once it should be held and its admin asked."""

    __slots__ = ("_alike", "_calls", "_count", "_first", "_last", "_recent", "reason")

    def __init__(self, *, begins: bool = True) -> None:
        """Begin to follow a broadcast; one that does not begin now was looked at by its admin already."""
        self.reason = because.NO_REASON
        self._alike = begins
        self._calls = 0
        self._first = ""
        self._last = ""
        self._count = 0
        self._recent: deque[bool] = deque(maxlen=LOOKED_BACK)

    def follow(self, outcome: Outcome, attempts: int = 0) -> None:
        """Take note of one more outcome, of a row that was tried `attempts` times before.

        A picture that has expired is put on the platform anew; only if that does not help is it trouble.
        """
        failure = "" if expired(outcome) and not attempts else _failure(outcome)
        self._count = self._count + 1 if failure == self._last else 1
        self._last = failure
        self._recent.append(bool(failure))
        if failure and self._count >= SAME_FAILURES:
            self.reason = because.refusal(outcome) if isinstance(outcome, Refused) else because.problem(NO_ANSWER)
        elif self._recent.count(True) > MOST_FAILURES:
            self.reason = because.problem(TOO_MANY)
        elif self._nobody_reached(outcome):
            self.reason = because.problem(NOBODY)

    def _nobody_reached(self, outcome: Outcome) -> bool:
        """Say whether so many calls were made by now, and every one left its person out for the same reason."""
        skipped = isinstance(outcome, Refused) and outcome.failure.fate in _ABOUT_ONE
        reason = outcome.failure.reason if isinstance(outcome, Refused) and skipped else ""
        self._calls += 1
        self._first = reason if self._calls == 1 else self._first
        self._alike = self._alike and reason == self._first != ""
        return self._alike and self._calls >= SAME_FAILURES


def _failure(outcome: Outcome) -> str:
    """Return what went wrong, to be compared; '' when it says nothing about the other people."""
    if isinstance(outcome, Uncertain):
        return "no_answer"
    if isinstance(outcome, Refused) and outcome.failure.fate in _ABOUT_US:
        return f"{outcome.failure.reason} {outcome.code}".strip()
    return ""
