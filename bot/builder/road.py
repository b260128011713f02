"""The two roads where a platform has both, compared in numbers on the review card, and the choice between them."""

from dataclasses import replace

from bot.builder.open import change, open_draft
from bot.conversation.answer import Answer, word_value
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from broadcast.draft import Draft
from broadcast.mass.at_once import at_once_problems
from broadcast.mass.roads import MASS, SINGLE
from broadcast.reach import Reach
from handlers.content import Choice


def say_roads(turn: Turn, draft: Draft, reach: Reach) -> list[str]:
    """Return the comparison, the draft's own road first; nothing where there is only one."""
    if len(turn.desk.roads) < 2:
        return []
    other = _other(draft)
    there = turn.desk.reach(replace(draft, road=other))
    return [
        turn.say("Road: {road}", road=_say_road(turn, draft, draft.road, reach.can_get)),
        turn.say("Or: {road}", road=_say_road(turn, draft, other, there.can_get)),
    ]


def road_choices(turn: Turn, draft: Draft) -> list[Choice]:
    """Return the choice of the other road; nothing where there is only one."""
    if len(turn.desk.roads) < 2:
        return []
    if _other(draft) == MASS:
        return [turn.choice("Road mass", word_value("road mass"))]
    return [turn.choice("Road one by one", word_value("road one by one"))]


def mass(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Take the mass road."""
    return _take(turn, memory, MASS)


def one_by_one(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Take the road of single messages."""
    return _take(turn, memory, SINGLE)


def _take(turn: Turn, memory: Memory, road: str) -> Did:
    if road not in turn.desk.roads:
        return Did(memory, (Say(turn.say("There is only one road here.")),))
    if open_draft(turn, memory).road == road:
        return Did(memory, (Say(turn.say("It takes that road already.")),))
    if road == MASS and (found := at_once_problems(open_draft(turn, memory))):
        return Did(memory, (Say(turn.problems(found)),))
    to_all = turn.say("It goes to everybody at once now, as a mass message.")
    single = turn.say("It goes one by one now, to those whose window is open; a first name can be filled in.")
    return Did(change(turn, memory, road=road), (Say(to_all if road == MASS else single),))


def _other(draft: Draft) -> str:
    return SINGLE if draft.road == MASS else MASS


def _say_road(turn: Turn, draft: Draft, road: str, people: int) -> str:
    if road != MASS:
        return turn.plural(
            "one by one, reaches {n} with an open window",
            "one by one, reaches {n} with an open window",
            people,
        )
    allowance = turn.desk.mass_allowance(draft)
    if allowance.daily is not None:
        if not allowance.left:
            return turn.say("mass, reaches {n}, but none of that day's {most} is left", n=people, most=allowance.daily)
        return turn.say(
            "mass, reaches {n}, uses 1 of {left} left that day (limit {most})",
            n=people,
            left=allowance.left,
            most=allowance.daily,
        )
    if allowance.monthly is not None:
        return turn.say(
            "mass, reaches {n}, uses 1 of the {most} each person may get a month", n=people, most=allowance.monthly
        )
    return turn.say("mass, reaches {n}", n=people)
