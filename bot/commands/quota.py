"""The command that says what a channel may still send."""

from bot.commands.command import Command, answered
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from bot.texts import N_
from broadcast import quota
from broadcast.mass.allowance import allowance, month_start
from broadcast.service import Desk
from handlers.many import SendsToMany
from storage import admins, mass_people


def _quota(turn: Turn, memory: Memory, _rest: str) -> Did:
    """Say it for this channel, and for the others that this admin runs too."""
    selves = {one.channel_id for one in admins.elsewhere(turn.desk.channel_id, turn.person)}
    desks = [turn.desk, *(desk for desk in turn.desk.elsewhere() if desk.channel_id in selves)]
    return answered(memory, Say("\n\n".join("\n".join(_say(turn, desk)) for desk in desks)))


def _say(turn: Turn, desk: Desk) -> list[str]:
    cost = quota.today(desk.channel_id, turn.now)
    limits = cost.limits
    lines = [turn.say("{channel}: its own limits, broadcasts in the calendar included.", channel=desk.channel_name)]
    if most := limits.broadcasts_per_day:
        left = max(0, most - cost.day.broadcasts)
        lines.append(
            turn.say("Today: {n} of {most} broadcasts; {left} left.", n=cost.day.broadcasts, most=most, left=left)
        )
    else:
        n = cost.day.broadcasts
        lines.append(turn.plural("Today: {n} broadcast; no limit.", "Today: {n} broadcasts; no limit.", n))
    if most := limits.messages_per_month:
        left = max(0, most - cost.month.messages)
        lines.append(
            turn.say("This month: {n} of {most} messages; {left} left.", n=cost.month.messages, most=most, left=left)
        )
    else:
        n = cost.month.messages
        lines.append(turn.plural("This month: {n} message; no limit.", "This month: {n} messages; no limit.", n))
    if most := limits.messages_per_person_per_day:
        lines.append(turn.say("Each person gets at most {n} messages a day.", n=most))
    return [*lines, *_say_mass(turn, desk)]


def _say_mass(turn: Turn, desk: Desk) -> list[str]:
    """Say what the platform itself lets be mass-sent; nothing where it counts no mass messages."""
    if not isinstance(desk.platform, SendsToMany):
        return []
    left = allowance(desk.channel_id, desk.platform.mass, turn.now)
    if left.daily is not None:
        return [turn.say("WeChat today: {n} of {most} mass messages left.", n=left.left or 0, most=left.daily)]
    if left.monthly is None:
        return []
    capped = mass_people.had_their_share(desk.channel_id, month_start(turn.now), left.monthly).count()
    return [
        turn.say(
            "WeChat this month: {most} mass messages for each follower; {n} have had theirs.",
            most=left.monthly,
            n=capped,
        )
    ]


COMMANDS = (Command("/quota", N_("What is left to send today and this month."), "/quota", "writer", _quota),)
