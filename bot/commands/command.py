"""What a command is, and the fields every family of commands fills in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Said, Turn


@dataclass(frozen=True, slots=True)
class Command:
    """One command: `name` as it is typed, `help` in a sentence, an `example`, and the least role that may say it.

    `names` says of what follows the command whether that names something, or nearly: then it is no longer command
    with a typing error in it.
    """

    name: str
    help: str
    example: str
    role: Literal["owner", "sender", "writer"]
    run: Callable[[Turn, Memory, str], Did]
    names: Callable[[Turn, str], bool] = lambda _turn, _rest: False


def answered(memory: Memory, *says: Said) -> Did:
    """Answer a command; the question that was open, if any, follows."""
    return Did(memory, says)
