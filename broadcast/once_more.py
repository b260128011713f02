"""The same once more to those a broadcast did not reach, or may not have: a draft like any other."""

from broadcast import unreached, who
from broadcast.draft import Draft
from broadcast.service import Desk
from storage import subscribers

_AT_ONCE = {"canary": None, "canary_goes_on": False}
"""What a second try has: the first people have seen it already."""


def may_retry(desk: Desk, draft: Draft) -> bool:
    """Say whether a broadcast did not reach somebody who still wants to hear from us."""
    matching = who.matching(desk.channel_id, unreached.audience(draft.id), desk.now(), desk.zone)
    return subscribers.anybody(desk.channel_id, matching)


def retry(desk: Desk, draft: Draft, by: str) -> Draft:
    """Make a draft that says the same to exactly those a broadcast did not reach."""
    return desk.edit(desk.clone(draft, by), audience=unreached.audience(draft.id), **_AT_ONCE)


def doubtful(desk: Desk, draft: Draft) -> int:
    """Count those of whom no evidence says whether a broadcast reached them, and who were not asked again."""
    return desk.count(unreached.audience(draft.id, in_doubt=True))


def resend(desk: Desk, draft: Draft, by: str) -> Draft:
    """Make a draft that says the same to exactly those in doubt; some of them may then get it twice."""
    return desk.edit(desk.clone(draft, by), audience=unreached.audience(draft.id, in_doubt=True), **_AT_ONCE)
