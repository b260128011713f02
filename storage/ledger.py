"""The delivery ledger: plan, claim, mark, record, release, count.

Every statement is guarded by the state it may start from and, once a worker holds a row, by that worker's
id; a worker that lost its rows while it was stopped finds that its marks change nothing. Words are written
literally in the SQL because both databases use a partial index only when they can see them.

One long file on purpose: whoever changes one of these statements has to see the others that guard the same rows.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import peewee as pw

from storage import canary, subscribers
from storage.database import execute, execute_many, is_postgres, transaction
from storage.fields import from_ms, to_ms
from storage.lifecycle import RecipientState
from storage.models import Recipient, Subscriber


@dataclass(frozen=True, slots=True)
class Claim:
    """A recipient this worker holds: whom to write to, which message is next, with which values.

    `due` is the moment of their own they waited for, None where there was none.

    Known once the intent is committed: `by_template`, that they get the broadcast's template instead of its messages,
    and `marked_at`, which with the row tells this call from any other.
    """

    subscriber_id: int
    to: str
    step: int
    attempts: int
    fills: str
    timezone: str
    due: datetime | None = None
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
    who = subscribers.all_of(channel_id)
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
            " UPDATE recipients SET state = 'claimed', worker = ?, updated_at = ?,"
            # A row that is given back is still due when it was; but not when its next try was, by a clock since moved.
            " not_before = CASE reason WHEN '' THEN not_before ELSE 0 END"
            " WHERE broadcast_id = ? AND state = 'pending' AND subscriber_id IN (SELECT subscriber_id FROM mine)"
            " RETURNING subscriber_id",
            (broadcast_id, to_ms(now), at_most, worker, to_ms(now), broadcast_id),
        )
        if not taken:
            return []
        ids = [row[0] for row in taken]
        rows = execute(
            "SELECT r.subscriber_id, s.platform_user_id, r.step, r.attempts, r.fills, s.timezone, r.not_before"
            " FROM recipients r JOIN subscribers s ON s.id = r.subscriber_id"
            f" WHERE r.broadcast_id = ? AND r.subscriber_id IN ({_marks(ids)}) ORDER BY r.subscriber_id",
            (broadcast_id, *ids),
        )
    return [
        Claim(person, to, step, attempts, fills, timezone, from_ms(due) if due else None)
        for person, to, step, attempts, fills, timezone, due in rows
    ]


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
    broadcast_id: int, worker: str, steps: int, accepted: Iterable[tuple[int, int, str]], now: datetime
) -> None:
    """Record the platform's yes to our own calls: rows of (subscriber id, step, message id), `steps` messages in all.

    After the last message, or the template that stands for all of them, a row is sent. Before that the next message
    follows from the hands of the `worker` that made the call; where it was taken for dead meanwhile, and the row is in
    doubt, whoever claims it goes on. A row that evidence has advanced already is left alone. Part of the caller's
    transaction.
    """
    rows = sorted(accepted)
    _arrive(broadcast_id, steps, rows, now)
    execute_many(
        f"UPDATE recipients SET {_NEXT},"
        " state = CASE WHEN state = 'sending' AND worker = ? THEN 'claimed' ELSE 'pending' END,"
        " worker = CASE WHEN state = 'sending' AND worker = ? THEN worker END"
        f" WHERE {_BETWEEN} AND state IN ('sending', 'unknown')",
        [
            (mid, step + 1, to_ms(now), worker, worker, broadcast_id, person, step)
            for person, step, mid in rows
            if step + 1 < steps
        ],
    )


def record_evidence(broadcast_id: int, steps: int, proven: Iterable[tuple[int, int, str]], now: datetime) -> None:
    """Record what the platform shows of our own messages: rows of (subscriber id, step, message id).

    It proves that a message arrived, whatever we believed of its call: that its answer was lost, that it was refused
    for good, or for now (some codes say nothing of whether it was sent all the same, and it waits to be sent again).
    After the last of `steps` messages, or the template, a row is sent; before that the next one follows, in the hands
    of whoever claims it. What was never called, or is further on already, is left alone. Part of the caller's
    transaction.
    """
    rows = sorted(proven)
    _arrive(broadcast_id, steps, rows, now)
    execute_many(
        f"UPDATE recipients SET {_NEXT}, state = 'pending', worker = NULL, not_before = 0"
        f" WHERE {_BETWEEN} AND state IN ('pending', 'claimed', 'sending', 'unknown') AND sent_at IS NOT NULL",
        [(mid, step + 1, to_ms(now), broadcast_id, person, step) for person, step, mid in rows if step + 1 < steps],
    )


_NEXT = "message_ids = ltrim(message_ids || ' ' || ?), step = ?, updated_at = ?, attempts = 0, reason = '', code = ''"
"""What changes in a row of which a message has arrived and the next one is due."""

_BETWEEN = "broadcast_id = ? AND subscriber_id = ? AND step = ? AND NOT by_template"


def _arrive(broadcast_id: int, steps: int, rows: Sequence[tuple[int, int, str]], now: datetime) -> None:
    """Move rows whose last message, or template, has arrived to `sent`, and on where the person's watermarks say so."""
    # A template goes out first or not at all, so rows further on need not be asked.
    ends = [row for row in rows if row[1] + 1 >= steps or not row[1]]
    if not ends:
        return
    people = sorted({row[0] for row in ends})
    # People before rows, as in `settle_by_watermark`, so that two never wait for each other crosswise.
    subscribers.reached(broadcast_id, people)
    execute_many(
        "UPDATE recipients SET message_ids = ltrim(message_ids || ' ' || ?), step = ?, worker = NULL, reason = '',"
        " code = '', updated_at = ?, state = 'sent'"
        " WHERE broadcast_id = ? AND subscriber_id = ? AND step = ? AND sent_at IS NOT NULL"
        " AND state IN ('pending', 'claimed', 'sending', 'unknown', 'failed', 'skipped')"
        " AND (step + 1 >= ? OR by_template)",
        [(mid, step + 1, to_ms(now), broadcast_id, person, step, steps) for person, step, mid in ends],
    )
    execute(
        f"UPDATE recipients SET state = {_SEEN} WHERE broadcast_id = ? AND subscriber_id IN ({_marks(people)})"
        " AND state = 'sent' AND EXISTS (SELECT 1 FROM subscribers s WHERE s.id = subscriber_id"
        " AND (s.delivered_until >= sent_at OR s.read_until >= sent_at))",
        (broadcast_id, *people),
    )


_SEEN = (
    "CASE WHEN (SELECT read_until FROM subscribers s WHERE s.id = subscriber_id) >= sent_at THEN 'read'"
    " WHEN (SELECT delivered_until FROM subscribers s WHERE s.id = subscriber_id) >= sent_at THEN 'delivered'"
    " ELSE 'sent' END"
)
"""How far a row is that was sent, by its person's watermarks."""


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


def skip_due(broadcast_id: int, due: datetime, reason: str, now: datetime) -> int:
    """Skip all who still wait for this moment of their own and are in nobody's hands; return how many."""
    lock = "FOR UPDATE SKIP LOCKED" if is_postgres() else ""
    rows = execute(
        "WITH theirs AS MATERIALIZED (SELECT subscriber_id FROM recipients WHERE broadcast_id = ?"
        f" AND state = 'pending' AND not_before = ? {lock})"
        " UPDATE recipients SET state = 'skipped', reason = ?, updated_at = ?"
        " WHERE broadcast_id = ? AND state = 'pending' AND subscriber_id IN (SELECT subscriber_id FROM theirs)"
        " RETURNING 1",
        (broadcast_id, to_ms(due), reason, to_ms(now), broadcast_id),
    )
    return len(rows)


def skip_rest(broadcast_id: int, reason: str, now: datetime) -> int:
    """Skip everybody nothing was said to yet; calls in flight still land. Returns how many."""
    rows = execute(
        "UPDATE recipients SET state = 'skipped', reason = ?, worker = NULL, updated_at = ?"
        " WHERE broadcast_id = ? AND state IN ('pending', 'claimed') RETURNING 1",
        (reason, to_ms(now), broadcast_id),
    )
    return len(rows)


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
        f"UPDATE recipients SET state = {_SEEN}"
        " WHERE state IN ('sent', 'delivered') AND sent_at <= ? AND subscriber_id ="
        " (SELECT id FROM subscribers WHERE channel_id = ? AND platform_user_id = ?)",
        [(max(until, seen), channel_id, person) for person, (until, seen) in ordered],
    )


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
