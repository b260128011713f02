"""What came of a broadcast beyond its sums: clicks, flows, opt-outs, examples, one person's row."""

from datetime import datetime, timedelta

import peewee as pw

from storage.database import execute
from storage.fields import from_ms, to_ms
from storage.models import Recipient, Subscriber

_TAKEN = "state IN ('sent', 'delivered', 'read') AND sent_at IS NOT NULL"
_NAME = "trim(s.first_name || ' ' || s.last_name)"


def clicks(broadcast_id: int) -> dict[str, int]:
    """Count the people who tapped each button, by its place."""
    rows = execute("SELECT button, count(*) FROM clicks WHERE broadcast_id = ? GROUP BY button", (broadcast_id,))
    return dict(rows)


def tapped(broadcast_id: int) -> int:
    """Count the people who tapped any button."""
    rows = execute("SELECT count(DISTINCT subscriber_id) FROM clicks WHERE broadcast_id = ?", (broadcast_id,))
    return int(rows[0][0])


def last_sent(broadcast_id: int) -> datetime | None:
    """Return when the last message left that the platform took; None when it has taken none."""
    rows = execute(f"SELECT max(sent_at) FROM recipients WHERE broadcast_id = ? AND {_TAKEN}", (broadcast_id,))
    return None if rows[0][0] is None else from_ms(rows[0][0])


def per_slot(broadcast_id: int, start: datetime, slot: timedelta) -> dict[int, int]:
    """Count the people reached in each slot of time since `start`, slots without anybody left out."""
    rows = execute(
        f"SELECT (sent_at - ?) / ? AS slot, count(*) FROM recipients WHERE broadcast_id = ? AND {_TAKEN}"
        " AND sent_at >= ? GROUP BY slot",
        (to_ms(start), slot // timedelta(milliseconds=1), broadcast_id, to_ms(start)),
    )
    return {int(row[0]): int(row[1]) for row in rows}


def flows(broadcast_id: int) -> list[tuple[str, int, int]]:
    """Count, for each flow entered from a broadcast: (flow, runs begun, runs completed)."""
    rows = execute(
        "SELECT flow, count(*), sum(CASE WHEN status = 'completed' THEN 1 ELSE 0 END) FROM flow_runs"
        " WHERE broadcast_id = ? GROUP BY flow ORDER BY flow",
        (broadcast_id,),
    )
    return [(row[0], int(row[1]), int(row[2])) for row in rows]


def opted_out(broadcast_id: int, within: timedelta) -> int:
    """Count who got a broadcast and opted out at most so long after it, and stayed out."""
    rows = execute(
        "SELECT count(*) FROM recipients r JOIN subscribers s ON s.id = r.subscriber_id WHERE r.broadcast_id = ?"
        " AND r.sent_at IS NOT NULL AND s.consent = 'opted_out' AND s.consent_at >= r.sent_at"
        " AND s.consent_at <= r.sent_at + ?",
        (broadcast_id, within // timedelta(milliseconds=1)),
    )
    return int(rows[0][0])


def examples(broadcast_id: int, state: str, reason: str, at_most: int) -> list[str]:
    """Return the names (or platform user ids) of some people with this state and reason; nobody who was erased."""
    rows = execute(
        f"SELECT {_NAME}, s.platform_user_id FROM recipients r JOIN subscribers s ON s.id = r.subscriber_id"
        " WHERE r.broadcast_id = ? AND r.state = ? AND r.reason = ? AND s.channel_id IS NOT NULL"
        " ORDER BY r.subscriber_id LIMIT ?",
        (broadcast_id, state, reason, at_most),
    )
    return [row[0] or row[1] for row in rows]


def by_template(broadcast_id: int) -> int:
    """Count who got the template instead of the messages."""
    rows = execute(
        f"SELECT count(*) FROM recipients WHERE broadcast_id = ? AND by_template AND {_TAKEN}", (broadcast_id,)
    )
    return int(rows[0][0])


def row_of(broadcast_id: int, subscriber_id: int) -> Recipient | None:
    """Return one person's row in the ledger, None when they were not in the audience."""
    return Recipient.get_or_none((Recipient.broadcast == broadcast_id) & (Recipient.subscriber == subscriber_id))


def people(channel_id: int, said: str, at_most: int) -> list[Subscriber]:
    """Return the subscriber with this platform user id, or those with this first, last or whole name."""
    known = Subscriber.get_or_none((Subscriber.channel == channel_id) & (Subscriber.platform_user_id == said))
    if known is not None:
        return [known]
    wanted = pw.fn.LOWER(said)
    first, last = pw.fn.LOWER(Subscriber.first_name), pw.fn.LOWER(Subscriber.last_name)
    space = pw.Value(" ")
    whole = (first.concat(space).concat(last) == wanted) | (last.concat(first) == wanted)
    return list(
        Subscriber.select()
        .where((Subscriber.channel == channel_id) & ((first == wanted) | (last == wanted) | whole))
        .order_by(Subscriber.id)
        .limit(at_most)
    )
