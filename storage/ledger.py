"""The delivery ledger: plan, claim, mark, record, release, count.

Every statement is guarded by the state it may start from and, once a worker holds a row, by that worker's
id; a worker that lost its rows while it was stopped finds that its marks change nothing. Words are written
literally in the SQL because both databases use a partial index only when they can see them.

One long file on purpose: whoever changes one of these statements has to see the others that guard the same rows.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import peewee as pw

from storage import canary
from storage.database import execute, execute_many, is_postgres, transaction
from storage.fields import from_ms, to_ms
from storage.lifecycle import RecipientState
from storage.models import Recipient, Subscriber
from storage.subscribers import all_of


@dataclass(frozen=True, slots=True)
class Claim:
    """A recipient this worker holds: whom to write to, which message is next, with which values.

    Known once the intent is committed: `by_template`, that they get the broadcast's template instead of its messages,
    and `marked_at`, which with the row tells this call from any other.
    """

    subscriber_id: int
    to: str
    step: int
    attempts: int
    fills: str
    timezone: str
    by_template: bool = False
    marked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What may have changed about a person since the broadcast started, read just before the call."""

    subscriber_id: int
    step: int
    opted_out: bool
    unreachable: bool
    window_expires_at: datetime | None
    timezone: str = ""


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
    """Take up to `at_most` pending rows that are due, for this worker; while a canary is on, only of the first."""
    lock = "FOR UPDATE SKIP LOCKED" if is_postgres() else ""
    with transaction():
        first = "AND canary" if canary.is_on(broadcast_id) else ""
        # Materialized: PostgreSQL would otherwise run the limited subquery again for other rows.
        taken = execute(
            "WITH mine AS MATERIALIZED (SELECT subscriber_id FROM recipients WHERE broadcast_id = ?"
            f" AND state = 'pending' {first} AND not_before <= ? ORDER BY not_before, subscriber_id LIMIT ? {lock})"
            " UPDATE recipients SET state = 'claimed', not_before = 0, worker = ?, updated_at = ?"
            " WHERE broadcast_id = ? AND state = 'pending' AND subscriber_id IN (SELECT subscriber_id FROM mine)"
            " RETURNING subscriber_id",
            (broadcast_id, to_ms(now), at_most, worker, to_ms(now), broadcast_id),
        )
        if not taken:
            return []
        ids = [row[0] for row in taken]
        rows = execute(
            "SELECT r.subscriber_id, s.platform_user_id, r.step, r.attempts, r.fills, s.timezone FROM recipients r"
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
        "SELECT r.subscriber_id, r.step, s.consent, s.unreachable, s.window_expires_at, s.timezone FROM recipients r"
        " JOIN subscribers s ON s.id = r.subscriber_id WHERE r.broadcast_id = ? AND r.state = 'claimed'"
        f" AND r.worker = ? AND r.subscriber_id IN ({_marks(subscriber_ids)})",
        (broadcast_id, worker, *subscriber_ids),
    )
    return [
        Standing(
            row[0], row[1], row[2] == "opted_out", bool(row[3]), None if row[4] is None else from_ms(row[4]), row[5]
        )
        for row in rows
    ]


def mark_sending(
    broadcast_id: int, worker: str, subscriber_ids: Sequence[int], now: datetime, *, by_template: bool = False
) -> set[int]:
    """Commit the intent to write to these people, and with what, before any call leaves; return to whom it may.

    Whoever is not returned was taken from this worker since it looked: PostgreSQL lets others change a row between
    two statements of a transaction, and a cable may be pulled there. Somebody else writes to them.
    """
    marked = execute(
        "UPDATE recipients SET state = 'sending', sent_at = ?, updated_at = ?, by_template = ? WHERE broadcast_id = ?"
        f" AND state = 'claimed' AND worker = ? AND subscriber_id IN ({_marks(subscriber_ids)})"
        " RETURNING subscriber_id",
        (to_ms(now), to_ms(now), by_template, broadcast_id, worker, *subscriber_ids),
    )
    return {row[0] for row in marked}


def skip(broadcast_id: int, worker: str, rows: Iterable[tuple[int, str]], now: datetime) -> None:
    """Skip people this worker holds and has not begun with: rows of (subscriber id, reason)."""
    execute_many(
        "UPDATE recipients SET state = 'skipped', reason = ?, code = '', worker = NULL, updated_at = ?"
        " WHERE broadcast_id = ? AND subscriber_id = ? AND worker = ? AND state = 'claimed'",
        [(reason, to_ms(now), broadcast_id, person, worker) for person, reason in rows],
    )


def put_off(broadcast_id: int, worker: str, rows: Iterable[tuple[int, datetime]], reason: str, now: datetime) -> None:
    """Let people this worker holds and has not begun with wait: rows of (subscriber id, until when). No try counts."""
    execute_many(
        "UPDATE recipients SET state = 'pending', worker = NULL, not_before = ?, reason = ?, updated_at = ?"
        " WHERE broadcast_id = ? AND subscriber_id = ? AND worker = ? AND state = 'claimed'",
        [(to_ms(until), reason, to_ms(now), broadcast_id, person, worker) for person, until in rows],
    )


def give_back(broadcast_id: int, worker: str, subscriber_ids: Iterable[int], now: datetime) -> None:
    """Return rows this worker holds and has not begun with to `pending`, as they were."""
    execute_many(
        "UPDATE recipients SET state = 'pending', worker = NULL, updated_at = ?"
        " WHERE broadcast_id = ? AND subscriber_id = ? AND worker = ? AND state = 'claimed'",
        [(to_ms(now), broadcast_id, person, worker) for person in sorted(subscriber_ids)],
    )


def record_accepted(
    broadcast_id: int, steps: int, accepted: Iterable[tuple[int, int, str]], now: datetime, *, worker: str = ""
) -> None:
    """Record the platform's yes: rows of (subscriber id, step, message id), `steps` messages in all.

    After the last message, or the template that stands for all of them, a row is sent (or further, when the person's
    watermarks say so). Before that it waits
    for the next one: in the hands of the `worker` that made the call, or, when the platform's echo is what tells
    us (no worker), for whoever claims it. A row moved to `unknown` meanwhile is settled; one that earlier evidence
    has advanced already is left alone.
    """
    at = to_ms(now)
    rows = sorted(accepted)
    execute_many(
        "UPDATE recipients SET message_ids = ltrim(message_ids || ' ' || ?), step = ?, worker = NULL, reason = '',"
        f" code = '', updated_at = ?, state = {_ARRIVED}"
        " WHERE broadcast_id = ? AND subscriber_id = ? AND step = ? AND state IN ('sending', 'unknown', 'failed')"
        " AND (step + 1 >= ? OR by_template)",
        # A template goes out first or not at all, so rows further on need not be asked.
        [
            (mid, step + 1, at, broadcast_id, person, step, steps)
            for person, step, mid in rows
            if step + 1 >= steps or not step
        ],
    )
    execute_many(
        "UPDATE recipients SET message_ids = ltrim(message_ids || ' ' || ?), step = ?, updated_at = ?, attempts = 0,"
        " reason = '', code = '', state = CASE WHEN state = 'sending' AND worker = ? THEN 'claimed' ELSE 'pending' END,"
        " worker = CASE WHEN state = 'sending' AND worker = ? THEN worker END"
        " WHERE broadcast_id = ? AND subscriber_id = ? AND step = ? AND state IN ('sending', 'unknown')"
        " AND NOT by_template",
        [
            (mid, step + 1, at, worker, worker, broadcast_id, person, step)
            for person, step, mid in rows
            if step + 1 < steps
        ],
    )


_ARRIVED = (
    "CASE WHEN (SELECT read_until FROM subscribers s WHERE s.id = subscriber_id) >= sent_at THEN 'read'"
    " WHEN (SELECT delivered_until FROM subscribers s WHERE s.id = subscriber_id) >= sent_at THEN 'delivered'"
    " ELSE 'sent' END"
)


_OWN_CALL = (
    "step = ? AND sent_at = ? AND (state = 'sending' AND worker = ? OR state = 'unknown' AND reason = 'worker_lost')"
)
"""The row a worker made this call for: still its own, or taken from it while it was thought dead.

The moment it was marked tells it from a later call for the same message: an outcome is written again when the answer
to a commit is lost, and the worker may have begun with the row anew by then.
"""


def record_refused(
    broadcast_id: int,
    worker: str,
    to: RecipientState,
    rows: Iterable[tuple[int, int, datetime, str, str]],
    now: datetime,
) -> None:
    """Record a final no (`failed`, `skipped`) or a lost answer (`unknown`).

    Rows of (subscriber id, step, marked at, reason, code).
    """
    execute_many(
        "UPDATE recipients SET state = ?, reason = ?, code = ?, worker = NULL, updated_at = ?"
        f" WHERE broadcast_id = ? AND subscriber_id = ? AND {_OWN_CALL}",
        [
            (to.value, reason, code, to_ms(now), broadcast_id, person, step, to_ms(marked_at), worker)
            for person, step, marked_at, reason, code in sorted(rows)
        ],
    )


def put_back(
    broadcast_id: int,
    worker: str,
    rows: Iterable[tuple[int, int, datetime, datetime, str, str]],
    now: datetime,
    *,
    tried: bool,
) -> None:
    """Return refused rows to `pending` for later: (subscriber id, step, marked at, not before, reason, code).

    A try is counted if `tried`.
    """
    execute_many(
        "UPDATE recipients SET state = 'pending', worker = NULL, not_before = ?, reason = ?, code = ?,"
        " attempts = attempts + ?, updated_at = ?"
        f" WHERE broadcast_id = ? AND subscriber_id = ? AND {_OWN_CALL}",
        [
            (to_ms(due), reason, code, int(tried), to_ms(now), broadcast_id, person, step, to_ms(marked_at), worker)
            for person, step, marked_at, due, reason, code in sorted(rows)
        ],
    )


def recover(broadcast_id: int, worker: str, held: Collection[int], now: datetime) -> int:
    """Return to `pending` what stands under a worker's name and is not among the `held`; return how many rows.

    A worker that lost its database in the middle of a commit does not know whether it claimed or marked rows. It
    does know for which it has made a call: those it holds. For the others nothing was said.
    """
    with transaction():
        rows = execute(
            "SELECT subscriber_id FROM recipients WHERE broadcast_id = ? AND worker = ?"
            " AND state IN ('claimed', 'sending')",
            (broadcast_id, worker),
        )
        lost = sorted({row[0] for row in rows}.difference(held))
        return execute_many(
            "UPDATE recipients SET state = 'pending', worker = NULL, updated_at = ?"
            " WHERE broadcast_id = ? AND subscriber_id = ? AND worker = ? AND state IN ('claimed', 'sending')",
            [(to_ms(now), broadcast_id, person, worker) for person in lost],
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


def settle_strays(since: datetime, now: datetime) -> int:
    """Settle rows that came back to `pending` after their broadcast had ended (after `since`); return how many.

    A call in flight may be refused, or an answer may come, when a cancel was answered already; evidence for the
    first of several messages may come when the broadcast is over. Nothing more is sent to these people.
    """
    settled = 0
    for status, state, reason in (
        ("cancelled", "skipped", "'cancelled'"),
        ("sent", "failed", "CASE reason WHEN '' THEN 'incomplete' ELSE reason END"),
    ):
        for held in ("state = 'pending'", "state IN ('claimed', 'sending') AND state = 'claimed'"):
            rows = execute(
                f"UPDATE recipients SET state = '{state}', reason = {reason}, worker = NULL, updated_at = ?"
                f" WHERE {held} AND broadcast_id IN (SELECT id FROM broadcasts WHERE status = '{status}'"
                " AND finished_at > ?) RETURNING 1",
                (to_ms(now), to_ms(since)),
            )
            settled += len(rows)
    return settled


def follow_clock(now: datetime, least: timedelta) -> int:
    """Keep waits before a next try as long as they were when the clock was set back; return how many rows.

    Rows written more than `least` in the future tell of it. Those that wait for a time of day have no reason, or
    `quiet_hours`, and still wait for it.
    """
    rows = execute(
        "UPDATE recipients SET not_before = not_before - (updated_at - ?), updated_at = ? WHERE state = 'pending'"
        " AND not_before > ? AND updated_at > ? AND reason NOT IN ('', 'quiet_hours') AND broadcast_id IN"
        " (SELECT id FROM broadcasts WHERE status IN ('sending', 'paused')) RETURNING 1",
        (to_ms(now), to_ms(now), to_ms(now), to_ms(now + least)),
    )
    return len(rows)


def settle_by_watermark(channel_id: int, marks: Mapping[str, tuple[int, int]]) -> None:
    """Apply watermarks (platform user id → delivered until, read until, in ms; 0 for none) in bulk."""
    ordered = sorted(marks.items())  # the same order in every process, so that two never wait for each other
    execute_many(
        "UPDATE subscribers SET delivered_until = CASE WHEN delivered_until < ? THEN ? ELSE delivered_until END,"
        " read_until = CASE WHEN read_until < ? THEN ? ELSE read_until END"
        " WHERE channel_id = ? AND platform_user_id = ?",
        [(until, until, seen, seen, channel_id, person) for person, (until, seen) in ordered],
    )
    execute_many(
        f"UPDATE recipients SET state = {_ARRIVED}"
        " WHERE state IN ('sent', 'delivered') AND sent_at <= ? AND subscriber_id ="
        " (SELECT id FROM subscribers WHERE channel_id = ? AND platform_user_id = ?)",
        [(max(until, seen), channel_id, person) for person, (until, seen) in ordered],
    )


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
