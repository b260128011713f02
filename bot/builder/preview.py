"""`preview`: the messages as a subscriber would get them, in the middle of building."""

from bot.builder.open import open_draft
from bot.builder.shown import show
from bot.conversation.answer import Answer
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn


def preview(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Show the messages as a subscriber would get them."""
    draft = open_draft(turn, memory) if memory.draft else None
    if draft is None or not draft.content.messages:
        return Did(memory, (Say(turn.say("There is no message to show yet.")),))
    if found := turn.desk.problems(draft.content, draft.road):
        return Did(memory, (Say(turn.problems(found)),))
    return Did(memory, show(turn, draft.content, turn.person))
