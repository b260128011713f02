"""Command that walks a new admin through everything and sends nothing."""

from bot.builder.states import State
from bot.builder.switch import kept, settled
from bot.commands.command import Command
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Turn
from bot.texts import N_


def _practice(turn: Turn, memory: Memory, _rest: str) -> Did:
    stays = kept(turn, settled(turn, memory), 0)
    draft = turn.desk.practise(turn.say("Practice"), turn.person)
    return Did(Memory(draft=draft.id, version=draft.version, practice=True), stays, to=State.NAME)


COMMANDS = (
    Command(
        "/broadcast practice",
        N_("Try everything out; nothing is sent."),
        "/broadcast practice",
        "writer",
        _practice,
    ),
)
