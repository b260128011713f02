"""The first few people of a broadcast: `canary 50`, `canary 50 then go`, `canary off`, and what the cards say of it."""

from bot.builder.open import change, open_draft
from bot.conversation.answer import Answer
from bot.conversation.edits import read_canary
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from broadcast.canary import MISSED_MOST_PERCENT
from broadcast.draft import Draft
from broadcast.mass.roads import MASS

_DIGITS = 9
"""No longer number of people is read; more than fit into the database's integers are nowhere."""


def choose(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Let so many people get it first, or everybody at once after all."""
    asked = read_canary(answer.text)
    assert asked is not None
    draft = open_draft(turn, memory)
    if asked.off:
        if draft.canary is None:
            return Did(memory, (Say(turn.say("It goes to everybody at once already.")),))
        memory = change(turn, memory, canary=None, canary_goes_on=False)
        return Did(memory, (Say(turn.say("It goes to everybody at once.")),))
    if draft.road == MASS:
        said = turn.say(
            "A mass message leaves for everybody in one call, so nobody can be first. Change the road first: road one"
            " by one"
        )
        return Did(memory, (Say(said),))
    digits = asked.people.replace(",", "")
    number = int(digits) if digits.isdecimal() and len(digits) <= _DIGITS else 0
    if not number:
        return Did(memory, (Say(_how(turn, asked.people)),))
    if (most := _most(turn, draft)) <= number:
        return Did(memory, (Say(_too_many(turn, most)),))
    return Did(change(turn, memory, canary=number, canary_goes_on=asked.goes_on))


def _how(turn: Turn, people: str) -> str:
    """Say how a number of people is given."""
    example = turn.say("Say for example: canary 50, canary 50 then go, or canary off")
    if not people:
        return turn.say("How many people should get it first?") + " " + example
    return turn.say("“{people}” is not a number of people; give 1 or more.", people=people[:40]) + " " + example


def _too_many(turn: Turn, most: int) -> str:
    if not most:
        return turn.say("Nobody can get it now, so nobody can be first.")
    return turn.plural(
        "Only {n} person can get it, so there is nobody to come after the first.",
        "Only {n} people can get it; let fewer than that be the first.",
        most,
    )


def _most(turn: Turn, draft: Draft) -> int:
    """Return how many could get it; until a later time, people whose window is closed may write."""
    reach = turn.desk.reach(draft)
    timed = draft.scheduled_for is not None and draft.scheduled_for > turn.now
    return reach.can_get + (reach.window_closed if timed else 0)


def say_canary(turn: Turn, draft: Draft) -> list[str]:
    """Return a line about those who get it first; none where there are none, or that is over."""
    if draft.canary is None or draft.canary_done_at is not None or draft.finished_at is not None:
        return []
    if not draft.canary_goes_on:
        return [turn.plural("First: {n} person, then it asks", "First: {n} people, then it asks", draft.canary)]
    return [
        turn.plural(
            "First: {n} person; then it goes on if they got it, and asks if not",
            "First: {n} people; then it goes on if at least {share} of them got it, and asks if not",
            draft.canary,
            share=turn.share(100 - MISSED_MOST_PERCENT, 100),
        )
    ]
