"""Takes an account's mass message of a day for one broadcast, where the platform counts days."""

from datetime import datetime

from broadcast.draft import Draft
from broadcast.mass.allowance import allowance
from broadcast.mass.roads import MASS
from broadcast.quota import NoRoom
from handlers.contract import Platform, Problem
from handlers.many import SendsToMany
from storage import channels, mass_jobs


def take_slot(draft: Draft, platform: Platform, at: datetime) -> None:
    """Raise `broadcast.quota.NoRoom` where a broadcast may not go out on the day of `at`; part of a transaction.

    The channel is locked until it ends, so that two admins cannot take the same day. A call that was made already has
    taken its own.
    """
    if draft.road != MASS or not isinstance(platform, SendsToMany) or mass_jobs.called(draft.id):
        return
    channels.lock(draft.channel_id)
    left = allowance(draft.channel_id, platform.mass, at, draft.id)
    if left.left is None or left.left > 0:
        return
    problem = Problem(
        "no_mass_left",
        "This account may send {most} mass message a day, and that day's is taken.",
        {"most": left.daily or 0},
    )
    raise NoRoom(problem, left.next_slot)
