"""What the delivery ledger says: its sums, its reasons, and one row after the other. Nothing here changes it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.database import execute
from storage.fields import from_ms, to_ms
from storage.lifecycle import RecipientState


@dataclass(frozen=True, slots=True)
class Sums:
    """A broadcast's numbers: one per ledger state; `audience` is the rows there are."""

    by_state: Mapping[str, int]

    @property
    def audience(self) -> int:
        """Everybody in the ledger."""
        return sum(self.by_state.values())

    def of(self, *states: RecipientState) -> int:
        """How many rows are in one of these states."""
        return sum(self.by_state.get(state.value, 0) for state in states)


def waiting(broadcast_id: int, reason: str) -> int:
    """Count those who wait for this reason."""
    rows = execute(
        "SELECT count(*) FROM recipients WHERE broadcast_id = ? AND state = 'pending' AND reason = ?",
        (broadcast_id, reason),
    )
    return int(rows[0][0])


def unfinished(broadcast_id: int) -> bool:
    """Say whether anybody is still to be written to, or being written to.

    One statement, so that a row that another worker puts back meanwhile is seen on one side or the other.
    """
    rows = execute(
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM recipients WHERE broadcast_id = ? AND state = 'pending')"
        " OR EXISTS (SELECT 1 FROM recipients WHERE broadcast_id = ? AND state IN ('claimed', 'sending'))",
        (broadcast_id, broadcast_id),
    )
    return bool(rows)


def called_between(broadcast_id: int, start: datetime, end: datetime) -> bool:
    """Say whether anybody's last call was made from `start` to `end`, both included."""
    rows = execute(
        "SELECT 1 FROM recipients WHERE broadcast_id = ? AND sent_at BETWEEN ? AND ? LIMIT 1",
        (broadcast_id, to_ms(start), to_ms(end)),
    )
    return bool(rows)


def doubtful(broadcast_id: int) -> int:
    """Count the rows in doubt."""
    rows = execute("SELECT count(*) FROM recipients WHERE broadcast_id = ? AND state = 'unknown'", (broadcast_id,))
    return int(rows[0][0])


def doubtful_lately(broadcast_id: int, now: datetime, lately: timedelta) -> int:
    """Count the rows that came into doubt `lately`; by the clock, which may have been set back since."""
    rows = execute(
        "SELECT count(*) FROM recipients WHERE broadcast_id = ? AND state = 'unknown'"
        " AND updated_at > ? AND updated_at <= ?",
        (broadcast_id, to_ms(now - lately), to_ms(now + lately)),
    )
    return int(rows[0][0])


def sums(broadcast_id: int) -> Sums:
    """Count a broadcast's rows by state, in one statement, so that the numbers are of one moment."""
    rows = execute("SELECT state, count(*) FROM recipients WHERE broadcast_id = ? GROUP BY state", (broadcast_id,))
    return Sums(dict(rows))


def reasons(broadcast_id: int) -> list[tuple[str, str, str, int]]:
    """Count failures, skips and doubts: (state, reason, code, how many), most frequent first."""
    return [
        (row[0], row[1], row[2], row[3])
        for row in execute(
            "SELECT state, reason, code, count(*) AS n FROM recipients WHERE broadcast_id = ?"
            " AND state IN ('failed', 'skipped', 'unknown') GROUP BY state, reason, code ORDER BY n DESC",
            (broadcast_id,),
        )
    ]


def rows(broadcast_id: int) -> Iterator[tuple[str, str, str, str, int]]:
    """Yield (platform user id, state, reason, message ids, updated at in ms) of each recipient, a page at a time."""
    after = 0
    while True:
        page = execute(
            "SELECT r.subscriber_id, s.platform_user_id, r.state, r.reason, r.message_ids, r.updated_at"
            " FROM recipients r JOIN subscribers s ON s.id = r.subscriber_id"
            " WHERE r.broadcast_id = ? AND r.subscriber_id > ? ORDER BY r.subscriber_id LIMIT 5000",
            (broadcast_id, after),
        )
        if not page:
            return
        for row in page:
            yield row[1], row[2], row[3], row[4], row[5]
        after = page[-1][0]


def of_person(subscriber_id: int) -> list[tuple[int, str, str, str, datetime | None]]:
    """Return (broadcast id, its name, state, reason, sent at) of everything one person was to get, oldest first."""
    found = execute(
        "SELECT b.id, b.name, r.state, r.reason, r.sent_at FROM recipients r JOIN broadcasts b ON b.id = r.broadcast_id"
        " WHERE r.subscriber_id = ? ORDER BY b.id",
        (subscriber_id,),
    )
    return [(row[0], row[1], row[2], row[3], None if row[4] is None else from_ms(row[4])) for row in found]
