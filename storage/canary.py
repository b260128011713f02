"""The first few of a broadcast, who get it before anybody else: choosing them, and what became of them.

Only their rows are marked. The others stay as they are, so that a million of them cost nothing, now or when it goes on.
"""

from dataclasses import dataclass
from datetime import datetime

from storage.database import execute, execute_many
from storage.fields import to_ms
from storage.lifecycle import REACHED, UNFINISHED, RecipientState


@dataclass(frozen=True, slots=True)
class First:
    """How many were chosen as the first; of them, still wait or are being written to, were called, and have got it."""

    chosen: int
    waiting: int
    called: int
    reached: int


_OPEN = (
    "AND (SELECT window_expires_at FROM subscribers s WHERE s.id = subscriber_id)"
    " > CASE WHEN not_before > ? THEN not_before ELSE ? END"
)


def choose(broadcast_id: int, at_most: int, open_at: datetime | None) -> int:
    """Add up to `at_most` people to the first of a broadcast, in the order of the ledger; return how many.

    Only those whose window is open at `open_at`, or at their own time if that is later; None: whoever it is.
    """
    condition = "" if open_at is None else _OPEN
    values = () if open_at is None else (to_ms(open_at), to_ms(open_at))
    # Found first and marked by key: in one statement PostgreSQL, which knows nothing yet of the rows planned a moment
    # ago, compares each of them with each that was found (77 s for a thousand of a million).
    rows = execute(
        "SELECT subscriber_id FROM recipients WHERE broadcast_id = ? AND state = 'pending' AND NOT canary"
        f" {condition} ORDER BY not_before, subscriber_id LIMIT ?",
        (broadcast_id, *values, at_most),
    )
    return execute_many(
        "UPDATE recipients SET canary = TRUE WHERE broadcast_id = ? AND subscriber_id = ? AND state = 'pending'",
        [(broadcast_id, row[0]) for row in rows],
    )


def is_on(broadcast_id: int) -> bool:
    """Say whether nobody but the first may be written to yet."""
    rows = execute(
        "SELECT 1 FROM broadcasts WHERE id = ? AND canary IS NOT NULL AND canary_done_at IS NULL", (broadcast_id,)
    )
    return bool(rows)


def results(broadcast_id: int) -> First:
    """Count the first of a broadcast, in one statement, so that the numbers are of one moment."""
    rows = execute(
        "SELECT state, count(*), count(sent_at) FROM recipients WHERE broadcast_id = ? AND canary GROUP BY state",
        (broadcast_id,),
    )
    states = {RecipientState(state): number for state, number, _ in rows}
    return First(
        chosen=sum(states.values()),
        waiting=sum(states.get(state, 0) for state in UNFINISHED),
        called=sum(row[2] for row in rows),
        reached=sum(states.get(state, 0) for state in REACHED),
    )
