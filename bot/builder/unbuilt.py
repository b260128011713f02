"""What belongs to the builder, written while nothing is being built."""

from bot.conversation.answer import Answer, would_be_taken
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from bot.conversation.words import agrees, number


def is_left_over(turn: Turn, memory: Memory, answer: Answer) -> bool:
    """Match a word, an order or a bare number that would mean something in the builder and that nobody else wanted."""
    text = answer.typed or answer.text
    ours = number(text) is not None or agrees(text) or would_be_taken(text, memory)
    return turn.unwanted and bool(text.strip()) and ours


def say_nothing_built(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Say that there is nothing it could be about; what was offered last still is."""
    said = turn.say("Nothing is being built right now. /broadcast shows what can be done.")
    return Did(memory, (Say(said, memory.choices),))
