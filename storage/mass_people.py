"""The people of mass messages: which are in which, who may not be written to any more, what became of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import peewee as pw

from storage.broadcasts import MASS_ROAD
from storage.database import execute
from storage.lifecycle import Consent, RecipientState
from storage.mass_models import MassJob
from storage.models import Broadcast, Recipient, Subscriber
from storage.subscribers import all_of

MOST_PEOPLE = 1_000_000
"""More than any list holds; a bound only so that a statement has one."""

_R = RecipientState
_MARKED_FROM: Mapping[RecipientState, tuple[RecipientState, ...]] = {
    _R.SENT: (_R.SENDING, _R.UNKNOWN),
    _R.UNKNOWN: (_R.SENDING,),
    _R.PENDING: (_R.SENDING,),
    # A review by the platform may fail what it had taken.
    _R.FAILED: (_R.PENDING, _R.SENDING, _R.UNKNOWN, _R.SENT),
    _R.SKIPPED: (_R.PENDING, _R.SENDING),
}


class Member(NamedTuple):
    """One of a job's people: `barred` is why nothing may be said to them now, "" when something may."""

    subscriber_id: int
    person: str
    barred: str


def people(job: MassJob, states: Sequence[str], above: int = 0, at_most: int = MOST_PEOPLE) -> list[Member]:
    """Return a job's people in these ledger states, in the order of their ids, from behind `above`."""
    return _members(job, states, "r.subscriber_id > ?", (above,), f"r.subscriber_id LIMIT {at_most:d}")


def barred(job: MassJob, states: Sequence[str]) -> list[Member]:
    """Return those of a job's people in these ledger states to whom nothing may be said any more."""
    return _members(job, states, "(s.consent <> 'subscribed' OR s.unreachable)", (), "r.subscriber_id")


def tagged_last(job: MassJob, at_most: int) -> list[Member]:
    """Return some of the people who were given the job's tag, the last ones first."""
    every = [state.value for state in RecipientState]
    order = f"r.subscriber_id DESC LIMIT {at_most:d}"
    return _members(job, every, "r.subscriber_id <= ?", (job.tagged,), order)


def _members(
    job: MassJob, states: Sequence[str], condition: str, parameters: Sequence[object], order: str
) -> list[Member]:
    rows = execute(
        "SELECT r.subscriber_id, s.platform_user_id,"
        " CASE WHEN s.consent <> 'subscribed' THEN 'opted_out' WHEN s.unreachable THEN 'unreachable' ELSE '' END"
        " FROM recipients r JOIN subscribers s ON s.id = r.subscriber_id"
        f" WHERE r.broadcast_id = ? AND r.job = ? AND r.state IN ({', '.join('?' * len(states))}) AND {condition}"
        f" ORDER BY {order}",
        (job.broadcast_id, job.number, *states, *parameters),
    )
    return [Member(*row) for row in rows]


def count(job: MassJob, *states: RecipientState) -> int:
    """Count a job's people in these ledger states."""
    return int(Recipient.select().where(_in(job) & Recipient.state.in_([state.value for state in states])).count())


def anybody_stopped(channel_id: int) -> bool:
    """Say whether anybody who may still follow a channel's account does not want its broadcasts."""
    stopped = Subscriber.consent == Consent.OPTED_OUT.value
    return bool(Subscriber.select().where(all_of(channel_id) & stopped & ~Subscriber.unreachable).exists())


def skip(job: MassJob, members: Iterable[tuple[int, str]], now: datetime, of: RecipientState) -> None:
    """Skip people of a job to whom nothing was said and who stand as `of`: (subscriber id, reason)."""
    for subscriber_id, reason in members:
        Recipient.update(state=RecipientState.SKIPPED.value, reason=reason, updated_at=now).where(
            _in(job) & (Recipient.subscriber == subscriber_id) & (Recipient.state == of.value)
        ).execute()


def mark_sending(job: MassJob, now: datetime) -> int:
    """Commit the intent to write to a job's people, before its call leaves; return how many."""
    return int(
        Recipient.update(state=RecipientState.SENDING.value, sent_at=now, updated_at=now)
        .where(_in(job) & (Recipient.state == RecipientState.PENDING.value))
        .execute()
    )


def mark(
    job: MassJob,
    to: RecipientState,
    now: datetime,
    *,
    reason: str = "",
    code: str = "",
    job_id: str = "",
    of: Sequence[RecipientState] = (),
) -> int:
    """Move all of a job's people to whom its outcome applies: one call, many recipients. Return how many.

    Only those in one of the states `of` are moved, where it is given.
    """
    starts = of or _MARKED_FROM[to]
    changes: dict[str, Any] = {"state": to.value, "reason": reason, "code": code, "updated_at": now}
    if to is RecipientState.SENT:
        changes |= {"message_ids": job_id, "step": 1}
    if to is RecipientState.PENDING:
        changes |= {"sent_at": None}
    return int(
        Recipient.update(**changes).where(_in(job) & Recipient.state.in_([start.value for start in starts])).execute()
    )


def _in(job: MassJob) -> pw.Expression:
    return (Recipient.broadcast == job.broadcast_id) & (Recipient.job == job.number)


def skip_those(broadcast_id: int, subscribers: pw.SelectQuery, reason: str, now: datetime) -> None:
    """Skip the pending people of a broadcast that a subquery names."""
    Recipient.update(state=RecipientState.SKIPPED.value, reason=reason, updated_at=now).where(
        (Recipient.broadcast == broadcast_id)
        & (Recipient.state == RecipientState.PENDING.value)
        & Recipient.subscriber.in_(subscribers)
    ).execute()


def had_their_share(channel_id: int, since: datetime, most: int) -> "pw.ModelSelect[Recipient]":
    """Return a subquery of the subscribers who got `most` or more mass messages since a moment."""
    return (
        Recipient.select(Recipient.subscriber)
        .join(Broadcast)
        .where(
            (Broadcast.channel == channel_id)
            & (Broadcast.road == MASS_ROAD)
            & (Recipient.sent_at >= since)
            & Recipient.state.in_(["sending", "sent", "delivered", "read", "unknown"])
        )
        .group_by(Recipient.subscriber)
        .having(pw.fn.COUNT(Recipient.broadcast) >= most)
    )
