"""The command that says what a channel may still send."""

from bot.commands.command import Command, answered
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from bot.texts import N_
from broadcast import quota


def _quota(turn: Turn, memory: Memory, _rest: str) -> Did:
    cost = quota.today(turn.desk.channel_id, turn.now)
    limits = cost.limits
    lines = [
        turn.say("{channel}: its own limits, broadcasts in the calendar included.", channel=turn.desk.channel_name)
    ]
    if most := limits.broadcasts_per_day:
        left = max(0, most - cost.day.broadcasts)
        lines.append(
            turn.say("Today: {n} of {most} broadcasts; {left} left.", n=cost.day.broadcasts, most=most, left=left)
        )
    else:
        lines.append(turn.say("Today: {n} broadcasts; no limit.", n=cost.day.broadcasts))
    if most := limits.messages_per_month:
        left = max(0, most - cost.month.messages)
        lines.append(
            turn.say("This month: {n} of {most} messages; {left} left.", n=cost.month.messages, most=most, left=left)
        )
    else:
        lines.append(turn.say("This month: {n} messages; no limit.", n=cost.month.messages))
    if most := limits.messages_per_person_per_day:
        lines.append(turn.say("Each person gets at most {n} messages a day.", n=most))
    return answered(memory, Say("\n".join(lines)))


COMMANDS = (Command("/quota", N_("What is left to send today and this month."), "/quota", "writer", _quota),)
