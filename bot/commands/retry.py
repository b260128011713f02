"""Commands that make a new broadcast to exactly those an earlier one did not reach, or may not have."""

from bot.builder.states import State
from bot.builder.switch import before_opening, enter, kept
from bot.commands.command import Command, answered
from bot.commands.which import which
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from bot.texts import N_
from broadcast import once_more
from storage.lifecycle import BroadcastStatus

_OVER = (BroadcastStatus.SENT, BroadcastStatus.CANCELLED)


def _retry(turn: Turn, memory: Memory, rest: str) -> Did:
    found = which(turn, memory, rest, "retry", *_OVER)
    if isinstance(found, Say):
        return answered(memory, found)
    if found.status not in _OVER:
        return answered(memory, Say(turn.say("“{name}” is not over yet; afterwards I can try again.", name=found.name)))
    if not once_more.may_retry(turn.desk, found):
        return answered(memory, Say(turn.say("“{name}” reached everybody who may be written to.", name=found.name)))
    memory, found = before_opening(turn, memory, found)
    copy = once_more.retry(turn.desk, found, turn.person)
    text = turn.say(
        "“{copy}” goes to exactly those “{name}” did not reach; it is a draft like any other.",
        copy=copy.name,
        name=found.name,
    )
    return Did(enter(copy, memory), (*kept(turn, memory, copy.id), Say(text)), to=State.REVIEW)


def _resend(turn: Turn, memory: Memory, rest: str) -> Did:
    found = which(turn, memory, rest, "resend", *_OVER)
    if isinstance(found, Say):
        return answered(memory, found)
    if not once_more.doubtful(turn.desk, found):
        return answered(memory, Say(turn.say("Nobody is in doubt about “{name}”.", name=found.name)))
    memory, found = before_opening(turn, memory, found)
    copy = once_more.resend(turn.desk, found, turn.person)
    text = turn.say(
        "“{copy}” goes only to the people “{name}” may or may not have reached. Some of them may then get it twice.",
        copy=copy.name,
        name=found.name,
    )
    return Did(enter(copy, memory), (*kept(turn, memory, copy.id), Say(text)), to=State.REVIEW)


COMMANDS = (
    Command(
        "/broadcast resend",
        N_("Begin a new broadcast to the people one may not have reached."),
        "/broadcast resend 12",
        "writer",
        _resend,
    ),
    Command(
        "/broadcast retry",
        N_("Begin a new broadcast to the people one did not reach."),
        "/broadcast retry 12",
        "writer",
        _retry,
    ),
)
