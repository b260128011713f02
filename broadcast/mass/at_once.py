"""What keeps a draft off the mass road whatever it says: there everybody gets it in one call, at one moment."""

from broadcast.draft import Draft
from handlers.contract import Problem

NOT_FOR_EACH = Problem(
    "mass_at_once", "A mass message leaves for everybody at the same moment; give it such a time first."
)
NOT_A_FEW_FIRST = Problem(
    "mass_canary", "A mass message leaves for everybody in one call, so nobody can be first. Say: canary off"
)


def at_once_problems(draft: Draft) -> list[Problem]:
    """List what of a draft a mass message cannot do."""
    found = [NOT_FOR_EACH] if draft.local_time is not None else []
    return [*found, NOT_A_FEW_FIRST] if draft.canary is not None else found
