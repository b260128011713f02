"""`undo`: typed, it takes back what was sent or scheduled just before; an Undo button, what it was offered with."""

from bot.builder.seen import draft_of
from bot.builder.states import State
from bot.builder.switch import enter
from bot.commands.card import card
from bot.conversation.answer import Answer, word_value
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from broadcast import group
from broadcast.draft import Draft
from handlers.content import Choice
from storage import approvals, audit
from storage.lifecycle import BroadcastStatus


def undo_button(turn: Turn, draft: Draft) -> Choice:
    """Return the choice that takes back this broadcast and no other, whatever was begun meanwhile."""
    return turn.choice("Undo", word_value("undo", str(draft.id)))


def undo(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Take back the broadcast of the button, or the one just sent, if its grace period still runs."""
    draft = turn.desk.get(draft_of(answer.card) or memory.sent)
    if draft is None:
        return Did(memory, (Say(turn.say("That broadcast is no longer there.")),))
    if draft.status is BroadcastStatus.SCHEDULED:
        return _unschedule(turn, memory, draft)
    if group.undo_send(turn.desk, draft, turn.person):
        text = turn.say("Taken back: nobody got “{name}”. It is a draft again.", name=draft.name)
        return _taken_back(memory, draft, text, when="now")
    if draft.status is BroadcastStatus.DRAFT and _asked_by(turn, draft):
        approvals.withdraw(draft.id, turn.person, turn.now)
        text = turn.say("“{name}” no longer waits for anybody; it is your draft again.", name=draft.name)
        return _taken_back(memory, draft, text, when="at" if draft.scheduled_for else "now")
    if draft.status is BroadcastStatus.DRAFT:
        return Did(memory, (Say(turn.say("“{name}” is a draft; there is nothing to take back.", name=draft.name)),))
    return Did(memory, (Say(turn.say("It is too late to undo that.")), card(turn, draft)))


def _unschedule(turn: Turn, memory: Memory, draft: Draft) -> Did:
    """Take it out of the calendar; a writer may, whose request it was that was approved, and not another's."""
    problem = group.reserved(turn.desk, draft, turn.person)
    if problem is not None and not _scheduled_by(turn, draft):
        return Did(memory, (Say(turn.problem(problem)),))
    back = group.unschedule(turn.desk, draft, turn.person)
    text = turn.say("“{name}” is out of the calendar, a draft again.", name=draft.name)
    return _taken_back(memory, back, text, when="at")


def _scheduled_by(turn: Turn, draft: Draft) -> bool:
    deeds = [one for one in audit.about(draft.channel_id, str(draft.id)) if one.action == BroadcastStatus.SCHEDULED]
    return bool(deeds) and deeds[-1].actor == turn.person


def _asked_by(turn: Turn, draft: Draft) -> bool:
    asked = approvals.open_for(draft.id)
    return asked is not None and asked.asked_by == turn.person


def _taken_back(memory: Memory, draft: Draft, text: str, when: str) -> Did:
    """Show its review card, unless another broadcast is being built."""
    if memory.draft:
        return Did(memory.but(sent=0), (Say(text),))
    return Did(enter(draft, memory).but(when=when), (Say(text),), to=State.REVIEW)


def nothing_to_undo(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Answer an undo that nothing was sent before."""
    text = turn.say("There is nothing to undo. To change a message say remove 1 or edit 1; back goes a question back.")
    return Did(memory, (Say(text),))
