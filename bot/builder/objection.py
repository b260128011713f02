"""What there is to say against sending or scheduling what a card showed: the same, in the same order, for each way."""

from bot.builder.card import why_nobody
from bot.builder.cost import no_room, say_refusal
from bot.builder.seen import Seen, is_timed
from bot.builder.states import State
from bot.conversation.memory import Memory
from bot.conversation.rule import Did, stays
from bot.conversation.turn import Say, Turn
from broadcast import group
from broadcast.service import Unsendable


def objection(turn: Turn, memory: Memory, seen: Seen, card: str) -> Did | None:
    """Return the refusal of what is `seen` now, confirmed from the card with the binding `card`; None to go ahead.

    In this order: draft or reach have changed since that card; the person may not; the content has problems; nobody
    would get it, or not in its month; another channel objects, for lack of an approval there too. Whether a second
    person is needed here is no objection: they are asked, once nothing else is wrong.
    """
    draft = seen.draft
    if seen.binding != card:
        return _moved_on(turn, memory)
    if (problem := group.reserved(turn.desk, draft, turn.person)) is not None:
        return stays(memory, State.REVIEW, turn.problem(problem))
    if found := turn.desk.problems(draft.content, draft.road):
        return stays(memory, State.REVIEW, turn.problems(found))
    if not draft.practice and (taken := turn.desk.month_is_taken(draft, seen.reach)) is not None:
        return no_room(turn, memory, Unsendable([taken.problem], taken.slot))
    # Until a time to come, people whose window is closed may write to us; and in practice nobody is needed.
    if not (seen.reach.matched if is_timed(turn, draft) else seen.reach.can_get) and not draft.practice:
        return stays(memory, State.REVIEW, why_nobody(turn, seen.reach))
    if (refused := group.refusal(turn.desk, draft, turn.person)) is not None:
        return stays(memory, State.REVIEW, say_refusal(turn, refused))
    return None


def _moved_on(turn: Turn, memory: Memory) -> Did:
    """Say that the card is an old one; the present one follows."""
    text = turn.say("Something changed since that card was shown. Here is how it stands now.")
    return Did(memory, (Say(text),), to=State.REVIEW)
