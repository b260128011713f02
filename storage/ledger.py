"""The delivery ledger: plan, claim, mark, record, release, count.

Every statement is guarded by the state it may start from and, once a worker holds a row, by that worker's
id; a worker that lost its rows while it was stopped finds that its marks change nothing. Words are written
literally in the SQL because both databases use a partial index only when they can see them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import peewee as pw

from storage.database import execute, execute_many, is_postgres, transaction
from storage.fields import from_ms, to_ms
from storage.lifecycle import RecipientState
from storage.models import Recipient, Subscriber
from storage.subscribers import all_of


@dataclass(frozen=True, slots=True)
class Claim:
    """A recipient this worker holds: whom to write to, which message is next, with which values."""

    subscriber_id: int
    to: str
    step: int
    attempts: int
    fills: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What may have changed about a person since the broadcast started, read just before the call."""

    subscriber_id: int
    opted_out: bool
    unreachable: bool
    window_expires_at: datetime | None


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


def plan(
    broadcast_id: int,
    channel_id: int,
    matching: pw.Expression | None,
    fills: Mapping[str, pw.Node],
    now: datetime,
) -> int:
    """Make one row per subscriber that matches, in one statement; planning twice changes nothing.

    Those who opted out or cannot be reached stand in the ledger as skipped. `fills` names the values
    to freeze for the personalisation. Returns how many rows were made.
    """
    out = (Subscriber.consent == "opted_out", "opted_out")
    away = (Subscriber.unreachable, "unreachable")
    who = all_of(channel_id)
    if matching is not None:
        who &= matching
    source = Subscriber.select(
        pw.Value(broadcast_id),
        Subscriber.id,
        pw.Case(None, ((out[0], "skipped"), (away[0], "skipped")), "pending"),
        pw.Case(None, (out, away), ""),
        _frozen(fills),
        pw.Value(to_ms(now)),
    ).where(who)
    fields = [
        Recipient.broadcast, Recipient.subscriber, Recipient.state, Recipient.reason, Recipient.fills,
        Recipient.updated_at,
    ]  # fmt: skip
    return int(Recipient.insert_from(source, fields).on_conflict_ignore().as_rowcount().execute())


def _frozen(fills: Mapping[str, pw.Node]) -> pw.Node:
    if not fills:
        return pw.Value("")
    parts: list[object] = []
    for name, column in fills.items():
        parts += [pw.Value(name), column]
    if is_postgres():
        parts[::2] = [pw.Cast(part, "text") for part in parts[::2]]
        return pw.Cast(pw.fn.json_build_object(*parts), "text")
    return pw.fn.json_object(*parts)


def refresh_statistics() -> None:
    """Tell PostgreSQL about a large plan; without it claims are an order of magnitude slower."""
    if is_postgres():
        execute("ANALYZE recipients")


def claim(broadcast_id: int, worker: str, at_most: int, now: datetime) -> list[Claim]:
    """Take up to `at_most` pending rows that are due, for this worker."""
    lock = "FOR UPDATE SKIP LOCKED" if is_postgres() else ""
    with transaction():
        # Materialized: PostgreSQL would otherwise run the limited subquery again for other rows.
        taken = execute(
            "WITH mine AS MATERIALIZED (SELECT subscriber_id FROM recipients WHERE broadcast_id = ?"
            f" AND state = 'pending' AND not_before <= ? ORDER BY not_before, subscriber_id LIMIT ? {lock})"
            " UPDATE recipients SET state = 'claimed', worker = ?, updated_at = ? WHERE broadcast_id = ?"
            " AND state = 'pending' AND subscriber_id IN (SELECT subscriber_id FROM mine) RETURNING subscriber_id",
            (broadcast_id, to_ms(now), at_most, worker, to_ms(now), broadcast_id),
        )
        if not taken:
            return []
        ids = [row[0] for row in taken]
        rows = execute(
            "SELECT r.subscriber_id, s.platform_user_id, r.step, r.attempts, r.fills FROM recipients r"
            " JOIN subscribers s ON s.id = r.subscriber_id"
            f" WHERE r.broadcast_id = ? AND r.subscriber_id IN ({_marks(ids)}) ORDER BY r.subscriber_id",
            (broadcast_id, *ids),
        )
    return [Claim(*row) for row in rows]


def standing(broadcast_id: int, worker: str, subscriber_ids: Sequence[int]) -> list[Standing] | None:
    """Read, inside the transaction that will mark them, how these people stand.

    None when the broadcast is no longer sending: its row is locked until that transaction ends, so a
    pause waits for marks under way, and no mark is made once a pause has been answered.
    """
    lock = "FOR SHARE" if is_postgres() else ""
    if not execute(f"SELECT 1 FROM broadcasts WHERE id = ? AND status = 'sending' {lock}", (broadcast_id,)):
        return None
    rows = execute(
        "SELECT r.subscriber_id, s.consent, s.unreachable, s.window_expires_at FROM recipients r"
        " JOIN subscribers s ON s.id = r.subscriber_id WHERE r.broadcast_id = ? AND r.state = 'claimed'"
        f" AND r.worker = ? AND r.subscriber_id IN ({_marks(subscriber_ids)})",
        (broadcast_id, worker, *subscriber_ids),
    )
    return [
        Standing(row[0], row[1] == "opted_out", bool(row[2]), None if row[3] is None else from_ms(row[3]))
        for row in rows
    ]


def mark_sending(broadcast_id: int, worker: str, subscriber_ids: Sequence[int], now: datetime) -> None:
    """Commit the intent to write to these people, before any call leaves."""
    execute(
        "UPDATE recipients SET state = 'sending', sent_at = ?, updated_at = ? WHERE broadcast_id = ?"
        f" AND state = 'claimed' AND worker = ? AND subscriber_id IN ({_marks(subscriber_ids)})",
        (to_ms(now), to_ms(now), broadcast_id, worker, *subscriber_ids),
    )


def record_accepted(broadcast_id: int, steps: int, accepted: Iterable[tuple[int, int, str]], now: datetime) -> None:
    """Record the platform's yes: rows of (subscriber id, step, message id), `steps` messages in all.

    After the last message a row is sent (or further, when the person's watermarks say so); before that it
    goes back to `claimed` for the next message. A row moved to `unknown` meanwhile is settled by this late
    answer (as `failed`, `incomplete`, when messages were to follow and the broadcast is over); one that an echo
    has advanced already is left alone. An echo is the same evidence and is recorded here too.
    """
    at = to_ms(now)
    last = [(mid, step + 1, at, broadcast_id, person, step) for person, step, mid in accepted if step + 1 >= steps]
    more = [(mid, step + 1, at, broadcast_id, person, step) for person, step, mid in accepted if step + 1 < steps]
    execute_many(
        "UPDATE recipients SET message_ids = ltrim(message_ids || ' ' || ?), step = ?, worker = NULL, reason = '',"
        f" code = '', updated_at = ?, state = {_ARRIVED}"
        " WHERE broadcast_id = ? AND subscriber_id = ? AND step = ? AND state IN ('sending', 'unknown', 'failed')",
        last,
    )
    execute_many(
        "UPDATE recipients SET message_ids = ltrim(message_ids || ' ' || ?), step = ?, updated_at = ?, attempts = 0,"
        " state = CASE WHEN state = 'sending' THEN 'claimed' WHEN (SELECT status FROM broadcasts b"
        " WHERE b.id = broadcast_id) IN ('sending', 'paused') THEN 'pending' ELSE 'failed' END,"
        " worker = CASE state WHEN 'sending' THEN worker END,"
        " reason = CASE state WHEN 'sending' THEN '' ELSE 'incomplete' END"
        " WHERE broadcast_id = ? AND subscriber_id = ? AND step = ? AND state IN ('sending', 'unknown')",
        more,
    )


_ARRIVED = (
    "CASE WHEN (SELECT read_until FROM subscribers s WHERE s.id = subscriber_id) >= sent_at THEN 'read'"
    " WHEN (SELECT delivered_until FROM subscribers s WHERE s.id = subscriber_id) >= sent_at THEN 'delivered'"
    " ELSE 'sent' END"
)


def record_refused(
    broadcast_id: int, worker: str, to: RecipientState, rows: Iterable[tuple[int, str, str]], now: datetime
) -> None:
    """Record a final no (`failed`, `skipped`) or a lost answer (`unknown`): (subscriber id, reason, code)."""
    execute_many(
        "UPDATE recipients SET state = ?, reason = ?, code = ?, worker = NULL, updated_at = ?"
        " WHERE broadcast_id = ? AND subscriber_id = ? AND worker = ? AND state IN ('claimed', 'sending')",
        [(to.value, reason, code, to_ms(now), broadcast_id, person, worker) for person, reason, code in rows],
    )


def put_back(
    broadcast_id: int,
    worker: str,
    rows: Iterable[tuple[int, datetime, str, str]],
    now: datetime,
    *,
    tried: bool,
) -> None:
    """Return rows to `pending` for later: (subscriber id, not before, reason, code); a try is counted if `tried`."""
    execute_many(
        "UPDATE recipients SET state = 'pending', worker = NULL, not_before = ?, reason = ?, code = ?,"
        " attempts = attempts + ?, updated_at = ?"
        " WHERE broadcast_id = ? AND subscriber_id = ? AND worker = ? AND state IN ('claimed', 'sending')",
        [
            (to_ms(due), reason, code, int(tried), to_ms(now), broadcast_id, person, worker)
            for person, due, reason, code in rows
        ],
    )


def release(living: Sequence[str], now: datetime) -> tuple[int, int]:
    """Take rows from workers that are not `living`: unspoken ones go back, spoken ones become unknown.

    Returns (how many went back, how many became unknown).
    """
    gone = f"AND worker NOT IN ({_marks(living)})" if living else ""
    back = execute(
        "UPDATE recipients SET state = 'pending', worker = NULL, updated_at = ?"
        f" WHERE state IN ('claimed', 'sending') AND state = 'claimed' {gone} RETURNING 1",
        (to_ms(now), *living),
    )
    doubtful = execute(
        "UPDATE recipients SET state = 'unknown', reason = 'worker_lost', worker = NULL, updated_at = ?"
        f" WHERE state IN ('claimed', 'sending') AND state = 'sending' {gone} RETURNING 1",
        (to_ms(now), *living),
    )
    return len(back), len(doubtful)


def skip_rest(broadcast_id: int, reason: str, now: datetime) -> int:
    """Skip everybody nothing was said to yet; calls in flight still land. Returns how many."""
    rows = execute(
        "UPDATE recipients SET state = 'skipped', reason = ?, worker = NULL, updated_at = ?"
        " WHERE broadcast_id = ? AND state IN ('pending', 'claimed') RETURNING 1",
        (reason, to_ms(now), broadcast_id),
    )
    return len(rows)


def forget(broadcast_id: int) -> None:
    """Remove the plan of a broadcast that was taken back before anything was said."""
    execute("DELETE FROM recipients WHERE broadcast_id = ?", (broadcast_id,))


def unfinished(broadcast_id: int) -> bool:
    """Say whether anybody is still to be written to, or being written to."""
    pending = execute("SELECT 1 FROM recipients WHERE broadcast_id = ? AND state = 'pending' LIMIT 1", (broadcast_id,))
    held = execute(
        "SELECT 1 FROM recipients WHERE broadcast_id = ? AND state IN ('claimed', 'sending') LIMIT 1",
        (broadcast_id,),
    )
    return bool(pending or held)


def next_due(broadcast_id: int) -> datetime | None:
    """When the first pending row may be written to; None when there is none."""
    rows = execute(
        "SELECT not_before FROM recipients WHERE broadcast_id = ? AND state = 'pending' ORDER BY not_before LIMIT 1",
        (broadcast_id,),
    )
    return from_ms(rows[0][0]) if rows else None


def settle_by_watermark(channel_id: int, marks: Mapping[str, tuple[int, int]]) -> None:
    """Apply watermarks (platform user id → delivered until, read until, in ms; 0 for none) in bulk."""
    execute_many(
        "UPDATE subscribers SET delivered_until = CASE WHEN delivered_until < ? THEN ? ELSE delivered_until END,"
        " read_until = CASE WHEN read_until < ? THEN ? ELSE read_until END"
        " WHERE channel_id = ? AND platform_user_id = ?",
        [(until, until, seen, seen, channel_id, person) for person, (until, seen) in marks.items()],
    )
    execute_many(
        f"UPDATE recipients SET state = {_ARRIVED}"
        " WHERE state IN ('sent', 'delivered') AND sent_at <= ? AND subscriber_id ="
        " (SELECT id FROM subscribers WHERE channel_id = ? AND platform_user_id = ?)",
        [(max(until, seen), channel_id, person) for person, (until, seen) in marks.items()],
    )


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


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


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
