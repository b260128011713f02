"""What was confirmed already, and buttons of a question or a card that is no longer open."""

from bot.builder.seen import draft_of
from bot.builder.states import State
from bot.builder.switch import before_opening, enter, kept
from bot.builder.undo import undo_button
from bot.commands.card import card
from bot.conversation.answer import Answer
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from storage.lifecycle import BroadcastStatus

_RUNNING = (BroadcastStatus.STARTING, BroadcastStatus.SENDING, BroadcastStatus.PAUSED, BroadcastStatus.SENT)


def on_its_way(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Answer a second Send or Schedule."""
    return Did(memory, _already(turn, memory.sent))


def _already(turn: Turn, broadcast_id: int) -> tuple[Say, ...]:
    draft = turn.desk.get(broadcast_id)
    if draft is None:
        return (Say(turn.say("That broadcast is no longer there.")),)
    if draft.status is BroadcastStatus.STARTING:
        text = turn.say("“{name}” is already on its way; nothing was sent twice.", name=draft.name)
        return (Say(text, (undo_button(turn, draft),)),)
    if draft.status in _RUNNING:
        text = turn.say("“{name}” is already on its way; nothing was sent twice.", name=draft.name)
        return (Say(text), card(turn, draft))
    return (card(turn, draft),)


def old_button(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Answer a button of another card than the one that is open: with how that broadcast stands now."""
    if not answer.card:
        return Did(memory, (Say(turn.say("That button belongs to an earlier question.")),))
    broadcast_id = draft_of(answer.card)
    draft = turn.desk.get(broadcast_id)
    if draft is None or draft.status is not BroadcastStatus.DRAFT:
        return Did(memory, _already(turn, broadcast_id))
    memory, draft = before_opening(turn, memory, draft)
    text = turn.say("That button belongs to an older card. Here is how it stands now.")
    return Did(enter(draft, memory), (*kept(turn, memory, draft.id), Say(text)), to=State.REVIEW)
