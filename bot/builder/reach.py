"""Who would get a broadcast, in words."""

from bot.conversation.turn import Turn
from broadcast.reach import Reach


def say_reach(turn: Turn, reach: Reach) -> str:
    """Return the reach as a sum that adds up; parts that are nobody are left out."""
    matched = turn.plural("{n} matches", "{n} match", reach.matched)
    parts = [
        turn.say("{n} can get it", n=reach.can_get - reach.by_template),
        *([turn.say("{n} by template", n=reach.by_template)] if reach.by_template else []),
        *([turn.say("{n} window closed", n=reach.window_closed)] if reach.window_closed else []),
        *([_capped(turn, reach)] if reach.capped else []),
        *([turn.say("{n} opted out", n=reach.opted_out)] if reach.opted_out else []),
        *([turn.say("{n} cannot be reached", n=reach.unreachable)] if reach.unreachable else []),
    ]
    return turn.say("{matched}: {parts}", matched=matched, parts=" · ".join(parts))


def _capped(turn: Turn, reach: Reach) -> str:
    match reach.capped_by:
        case "month":
            return turn.say("{n} had theirs this month", n=reach.capped)
        case "either":
            return turn.say("{n} had theirs today or this month", n=reach.capped)
    return turn.say("{n} had theirs today", n=reach.capped)
