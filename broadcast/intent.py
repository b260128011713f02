"""What a worker commits before it calls: these rows are mine, and to these people I am about to write.

Runs in the thread of the delivery's database, each in one transaction.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from broadcast import quota
from broadcast.plan import TOO_LATE
from broadcast.queue import Queue
from broadcast.quiet import REASON as QUIET
from broadcast.sendable import why_not, window_open
from broadcast.surroundings import Surroundings
from broadcast.when.late import too_late
from handlers.templates import HasTemplates
from storage import broadcasts, entries, ledger
from storage.database import transaction
from storage.ledger import Claim, Standing


def claim(around: Surroundings, queue: Queue, most: int) -> tuple[int, list[Claim]]:
    """Claim rows; return how many, and those who need not wait: it would be a pity about their slots."""
    now = around.now()
    with transaction():
        claims = ledger.claim(queue.draft.id, around.worker, most, now)
        late = _leave_out(around, queue, claims, now)
        rest = [one for one in claims if one.due not in late]
        waiting = _put_off(around, queue, rest, now)
    return len(claims), [one for one in rest if one.subscriber_id not in waiting]


def _leave_out(around: Surroundings, queue: Queue, claims: Sequence[Claim], now: datetime) -> Collection[datetime]:
    """Leave those out whose time of day passed, by more than the broadcast may be late, while no worker was at work.

    Return their moments. As for the start of any broadcast, what counts is when it was begun with: those whose turn
    comes late because there are many before them get it. So do those whose moment came during a pause, when it is over.
    """
    draft, late = queue.draft, timedelta(seconds=queue.draft.late_seconds)
    if draft.local_time is None:
        return ()
    passed = {one.due for one in claims if one.due is not None and too_late(one.due, now, late)}
    if not passed:
        return ()
    since = broadcasts.sending_since(draft.id)
    missed = {
        due
        for due in passed
        if too_late(max(due, since), now, late)
        and not entries.called_between(draft.id, max(due, since), max(due, since) + late)
    }
    ledger.skip(draft.id, around.worker, [(one.subscriber_id, TOO_LATE) for one in claims if one.due in missed], now)
    for due in missed:
        ledger.skip_due(draft.id, due, TOO_LATE, now)
    return missed


def mark(around: Surroundings, queue: Queue, block: Sequence[Claim]) -> list[Claim] | None:
    """Mark those of a block who may still be written to and return them as calls; None when it is not sending any more.

    A claim counts only while the row stands where it stood when it was taken: a lost answer that an echo
    settled may have brought the same row here a second time.
    """
    broadcast_id, worker, now = queue.draft.id, around.worker, around.now()
    facts = around.platform.capabilities
    template = queue.composer.has_template and isinstance(around.platform, HasTemplates)
    claims = {(claim.subscriber_id, claim.step): claim for claim in block}
    with transaction():
        standings = ledger.standing(broadcast_id, worker, [claim.subscriber_id for claim in block])
        if standings is None:
            return None
        standings = [one for one in standings if (one.subscriber_id, one.step) in claims]
        capped = quota.capped(queue.draft, [one.subscriber_id for one in standings if not one.step], now)
        reasons = {one.subscriber_id: why_not(one, facts, now, capped, template=template) for one in standings}
        ledger.skip(broadcast_id, worker, [row for row in reasons.items() if row[1]], now)
        go = [one for one in standings if not reasons[one.subscriber_id]]
        waiting = _put_off(around, queue, go, now)
        go = [one for one in go if one.subscriber_id not in waiting]
        marked: list[Claim] = []
        for by_template in (False, True):
            these = [one for one in go if window_open(one, facts, now) is not by_template]
            if not these:
                continue
            people = [one.subscriber_id for one in these]
            ours = ledger.mark_sending(broadcast_id, worker, people, now, by_template=by_template)
            marked += [
                replace(claims[one.subscriber_id, one.step], by_template=by_template, marked_at=now)
                for one in these
                if one.subscriber_id in ours
            ]
    return marked


def _put_off(around: Surroundings, queue: Queue, people: Sequence[Claim | Standing], now: datetime) -> Collection[int]:
    """Let those wait whose quiet hours it is; return who."""
    if around.quiet is None:
        return ()
    until = {one.subscriber_id: around.quiet.until(now, one.timezone) for one in people}
    rows = {person: moment for person, moment in until.items() if moment is not None}
    ledger.put_off(queue.draft.id, around.worker, rows.items(), QUIET, now)
    return rows.keys()
