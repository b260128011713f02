"""The canary of a broadcast: so many people get it first; then it waits to be told to go on, or goes on by itself."""

from handlers.contract import Problem
from storage.canary import First

MISSED_MOST_PERCENT = 5
"""It goes on by itself if no more than this many of those written to did not get it.

Whoever could be foreseen not to get it was never written to. What remains is people who left lately, of whom a
channel in use has a few in a hundred, and trouble, which is never so rare.
"""

ASKS = Problem("canary", "The first people are done. Look at what came of it, then go on or end it.")
NOT_WELL = Problem("canary", "Too many of the first people did not get it. The report says why; go on or end it.")
"""Why a broadcast stands after its canary."""


def is_well(first: First) -> bool:
    """Say whether a broadcast may go on by itself: somebody got it, and hardly anybody missed it."""
    missed = first.called - first.reached
    return first.reached > 0 and missed * 100 <= MISSED_MOST_PERCENT * first.called
