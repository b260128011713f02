"""What the review card says of a channel's own limits, and of people who got another broadcast lately."""

from datetime import timedelta

from bot.builder.states import State
from bot.conversation.answer import typed_value, word_value
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from broadcast.draft import Draft
from broadcast.reach import Reach
from broadcast.service import Unsendable
from handlers.content import Choice

LATELY = timedelta(hours=24)
"""Who got another broadcast within this is pointed out."""


def before_sending(turn: Turn, draft: Draft, reach: Reach) -> tuple[list[str], list[Choice]]:
    """Return lines and choices for the card; none where there are no limits and nobody got one lately."""
    lines, choices = say_cost(turn, draft, reach), []
    timed = draft.scheduled_for is not None and draft.scheduled_for > turn.now
    if reach.can_get and not timed and (lately := turn.desk.recent(draft, LATELY)):
        lines.append(
            turn.plural(
                "{n} of these got another broadcast in the last 24 hours. Leave them out?",
                "{n} of these got another broadcast in the last 24 hours. Leave them out?",
                lately,
            )
        )
        choices.append(turn.choice("Leave them out", word_value("leave out")))
    return lines, choices


def say_cost(turn: Turn, draft: Draft, reach: Reach) -> list[str]:
    """Return what it takes of the channel's own limits, one a line; nothing where there are none."""
    cost = turn.desk.cost(draft, reach)
    lines = []
    if most := cost.limits.messages_per_month:
        facts = {"n": cost.messages, "left": max(0, most - cost.month.messages), "most": most}
        if cost.messages > reach.messages(len(draft.content.messages)):
            lines.append(turn.say("Costs up to {n} of the {left} messages left that month (limit {most}).", **facts))
        else:
            lines.append(turn.say("Costs {n} of the {left} messages left this month (limit {most}).", **facts))
    if cost.day_is_full:
        lines.append(
            turn.say("That day already has all its broadcasts (limit {most}).", most=cost.limits.broadcasts_per_day)
        )
    elif most := cost.limits.broadcasts_per_day:
        number = cost.day.broadcasts + 1
        lines.append(turn.say("This is broadcast {number} of {most} for that day.", number=number, most=most))
    return lines


def no_room(turn: Turn, memory: Memory, error: Unsendable) -> Did | None:
    """Refuse a broadcast that a limit does not allow, with the next free time to tap; None for other problems."""
    if error.slot is None:
        return None
    time = turn.time(error.slot)
    text = (
        say_refusal(turn, error) + "\n" + turn.say("The next free time is {time}. Take it, or say another.", time=time)
    )
    typed = f"{error.slot.astimezone(turn.zone):%Y-%m-%d %H:%M}"
    choices = (Choice(title=typed, value=typed_value(typed)), turn.choice("Back", word_value("back")))
    return Did(memory, (Say(text, choices, proposed=True),), to=State.WHEN, ask=False)


def say_refusal(turn: Turn, error: Unsendable) -> str:
    """Return why a broadcast cannot leave, and which channel says so where there are several."""
    said = turn.problems(error.found)
    return turn.say("On {channel}: {why}", channel=error.channel, why=said) if error.channel else said
