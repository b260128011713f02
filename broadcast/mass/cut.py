"""Turns the audience of a mass broadcast into the calls that reach it, when it starts to send."""

import secrets
from datetime import datetime

from broadcast import quota
from broadcast.draft import Draft
from broadcast.mass.allowance import month_start
from handlers.many import MassSending
from storage import entries, mass_jobs, mass_people
from storage.database import transaction
from storage.models import Subscriber


def cut(draft: Draft, mass: MassSending, now: datetime) -> None:
    """Make a broadcast's mass jobs, unless they are made already; people who may get no more are skipped.

    An account that may name people gets lists of them; one that may not reaches everyone at once, or some by a
    temporary tag. A single person makes no list and is written to by another road.
    """
    with transaction():
        if mass_jobs.of(draft.id):
            return
        if mass.monthly_most is not None:
            mass_people.skip_those(
                draft.id,
                mass_people.had_their_share(draft.channel_id, month_start(now), mass.monthly_most),
                "quota",
                now,
            )
        had_enough = quota.had_enough(draft, now)
        if had_enough is not None:
            people = Subscriber.select(Subscriber.id).where(had_enough)
            mass_people.skip_those(draft.id, people, "frequency_cap", now)
        kind, sizes = _plan(draft, mass)
        mass_jobs.make(draft.id, kind, sizes, f"c{draft.id}-{secrets.token_hex(4)}", now)


def _plan(draft: Draft, mass: MassSending) -> tuple[str, tuple[int, ...]]:
    sums = entries.sums(draft.id)
    people = sums.by_state.get("pending", 0)
    if people == 0:
        return "list", ()
    if mass.lists_allowed:
        sizes = mass.list_sizes(people)
        return ("list", sizes) if sizes else ("single", (people,))
    # To everyone at once only if that is nobody more than the ledger says: a STOP must hold.
    stopped = any(state == "skipped" and reason != "unreachable" for state, reason, _, _ in entries.reasons(draft.id))
    return ("tag" if draft.audience or stopped else "everyone"), (people,)
