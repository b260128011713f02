"""What may be said in any state: save, cancel and its three ways, preview, help, undo."""

from collections.abc import Mapping

from bot.builder.card import draft_of
from bot.builder.open import open_draft
from bot.builder.parts import settle
from bot.builder.review import enter
from bot.builder.shown import show
from bot.builder.states import State
from bot.commands.card import card
from bot.conversation.answer import Answer, word_value
from bot.conversation.memory import Memory
from bot.conversation.rule import Did, Question
from bot.conversation.turn import Say, Turn
from bot.texts import N_
from broadcast import group
from broadcast.draft import Draft
from storage import approvals
from storage.lifecycle import BroadcastStatus

_RUNNING = (BroadcastStatus.STARTING, BroadcastStatus.SENDING, BroadcastStatus.PAUSED, BroadcastStatus.SENT)

HELP: Mapping[State, str] = {
    State.NAME: N_("The name is for you and the other admins; subscribers never see it. Say cancel to leave."),
    State.WHEN: N_(
        "Say now, later, or a time: in 2 hours, 18:30, tomorrow 9, fri 9am, 24 dec 18:00. Nothing leaves before you"
        " confirm it on the review card. late: 2 hours lets it leave that much later, should I not be running at its"
        " time. 18:30 for each lets it reach each of them at that time where they live. Say back for the question"
        " before, cancel to leave."
    ),
    State.WHO: N_(
        "Say everyone, or a filter: plan = pro and not completed onboarding. Fields can be joined with and, or, not"
        " and brackets. Say back for the question before, cancel to leave."
    ),
    State.FIELD: N_(
        "Tap or type what the condition is about. A whole filter, a saved audience or everyone can be typed as well."
    ),
    State.WAY: N_("Tap or type how to look at it, such as is, is not or contains."),
    State.VALUE: N_("Tap a value or type one. Put it in quotes if it looks like a filter."),
    State.PICKED: N_(
        "use it goes on with this filter; and, or add a condition; change 1 and remove 1 change what is there;"
        " leave out leaves out who got a broadcast lately; save audience and a name keeps it for later."
    ),
    State.LEAVE_OUT: N_("Type a number of days: who got any broadcast within them is left out."),
    State.MESSAGES: N_(
        "Every text or picture you send becomes a message. {{first_name|there}} is filled in for each person."
        " A last line like [Read more](https://example.com) becomes a button; card and article ask for their parts."
        " remove 2, edit 2, copy 2, move 2 up and button 2 change what is there; way out: No more news rewords the way"
        " out; done goes on; back, preview, save and cancel do what they say. To send such a word itself, put it in"
        " quotes or a \\ before it: \\done"
    ),
    State.FALLBACK: N_("Send the word that people without a value will read, or back to write the message anew."),
    State.PART: N_("Send what I ask for; skip leaves it out, keep leaves it as it is, back goes one question back."),
    State.TEMPLATE: N_("Send the words for this place of the template, or back to the place before."),
    State.BUTTON: N_(
        "A button opens a web address, calls a number, or starts a flow. In one line: [Read more](https://example.com),"
        " [Call us](tel:+4930123456) or [Take the tour](flow:tour). back goes to the messages."
    ),
    State.REVIEW: N_(
        "send confirms this card, schedule puts it into the calendar, save keeps it as a draft, edit changes a part,"
        " preview shows it to you as subscribers will get it. canary 50 sends it to 50 people first and then asks you."
    ),
    State.CONFIRM: N_("Type the number of people to send it, or back to look at the card again."),
    State.EDIT: N_("Say name, when, who or messages; afterwards you are back at the card."),
    State.LEAVE: N_("save keeps the draft for another day, discard throws it away, go on takes you back."),
}


def say_help(turn: Turn, memory: Memory, _answer: Answer, here: State) -> Did:
    """Explain the question that is open."""
    lines = [turn.say(HELP[here])]
    if here in {State.MESSAGES, State.REVIEW} and turn.desk.has_templates:
        lines.append(turn.say("templates lists what people can get whose window is closed; template off takes none."))
    lines.append(turn.say("All commands: /help"))
    return Did(memory, (Say("\n".join(lines), memory.choices),), ask=False)


def save(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Leave, keeping the draft as it is."""
    if not memory.draft:
        return Did(memory, (Say(turn.say("There is nothing to save yet.")),))
    memory = settle(turn, memory)
    draft = open_draft(turn, memory)
    if draft.status is BroadcastStatus.SCHEDULED:
        text = turn.say("“{name}” stays in the calendar as it was.", name=draft.name)
    else:
        text = turn.say(
            "“{name}” is saved as a draft. Go on any day: /broadcast edit {id}", name=draft.name, id=str(draft.id)
        )
    return Did(memory.over(), (Say(text),), to=State.IDLE)


def leave(turn: Turn, memory: Memory) -> Did:
    """Ask what is to become of the draft; without one there is nothing to ask."""
    if not memory.draft:
        return Did(memory.over(), (Say(turn.say("All right, nothing was begun.")),), to=State.IDLE)
    return Did(memory, to=State.LEAVE)


def ask_leave(turn: Turn, memory: Memory) -> Question:
    """Ask whether to save, discard or go on."""
    name = open_draft(turn, memory).name
    choices = (
        turn.choice("Save draft", word_value("save")),
        turn.choice("Discard", word_value("discard")),
        turn.choice("Go on", word_value("go on")),
    )
    return Question(memory, Say(turn.say("Save “{name}” as a draft, discard it, or go on?", name=name), choices))


def discard(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Throw the draft away; it can still be cloned, with what was half made."""
    memory = settle(turn, memory)
    draft = open_draft(turn, memory)
    group.cancel(turn.desk, draft, turn.person)
    text = turn.say(
        "“{name}” is discarded. Should you miss it: /broadcast clone {id}", name=draft.name, id=str(draft.id)
    )
    return Did(memory.over(), (Say(text),), to=State.IDLE)


def go_on(_turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Go back to where cancel was said."""
    return Did(memory.but(left=""), to=State(memory.left))


def preview(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Show the messages as a subscriber would get them."""
    content = open_draft(turn, memory).content if memory.draft else None
    if content is None or not content.messages:
        return Did(memory, (Say(turn.say("There is no message to show yet.")),))
    if found := turn.desk.problems(content):
        return Did(memory, (Say(turn.problems(found)),))
    return Did(memory, show(turn, content, turn.person))


def undo(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Take back what was just sent, if its grace period still runs."""
    draft = turn.desk.get(memory.sent)
    if draft is not None and draft.status is BroadcastStatus.SCHEDULED:
        draft = group.unschedule(turn.desk, draft, turn.person)
        text = turn.say("“{name}” is out of the calendar, a draft again.", name=draft.name)
        return _taken_back(memory, draft, text, when="at")
    if draft is not None and group.undo_send(turn.desk, draft, turn.person):
        text = turn.say("Taken back: nobody got “{name}”. It is a draft again.", name=draft.name)
        return _taken_back(memory, draft, text, when="now")
    if draft is not None and draft.status is BroadcastStatus.DRAFT and _asked_by(turn, draft):
        approvals.withdraw(draft.id, turn.person, turn.now)
        text = turn.say("“{name}” no longer waits for anybody; it is your draft again.", name=draft.name)
        return _taken_back(memory, draft, text, when="at" if draft.scheduled_for else "now")
    says = [Say(turn.say("It is too late to undo that."))]
    if draft is not None:
        says.append(card(turn, draft))
    return Did(memory, tuple(says))


def _asked_by(turn: Turn, draft: Draft) -> bool:
    asked = approvals.open_for(draft.id)
    return asked is not None and asked.asked_by == turn.person


def _taken_back(memory: Memory, draft: Draft, text: str, when: str) -> Did:
    """Show its review card, unless another broadcast is being built."""
    if memory.draft:
        return Did(memory.but(sent=0), (Say(text),))
    return Did(enter(draft, memory).but(sent=0, when=when), (Say(text),), to=State.REVIEW)


def nothing_to_undo(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Answer an undo that nothing was sent before."""
    text = turn.say("There is nothing to undo. To change a message say remove 1 or edit 1; back goes a question back.")
    return Did(memory, (Say(text),))


def on_its_way(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Answer a second Send or Schedule."""
    return Did(memory, _already(turn, memory.sent))


def _already(turn: Turn, broadcast_id: int) -> tuple[Say, ...]:
    draft = turn.desk.get(broadcast_id)
    if draft is None:
        return (Say(turn.say("That broadcast is no longer there.")),)
    if draft.status is BroadcastStatus.STARTING:
        undo_it = turn.choice("Undo", word_value("undo"))
        text = turn.say("“{name}” is already on its way; nothing was sent twice.", name=draft.name)
        return (Say(text, (undo_it,)),)
    if draft.status in _RUNNING:
        text = turn.say("“{name}” is already on its way; nothing was sent twice.", name=draft.name)
        return (Say(text), card(turn, draft))
    return (card(turn, draft),)


def old_button(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Answer a button of another card than the one that is open: with how that broadcast stands now."""
    if not answer.card:
        return Did(memory, (Say(turn.say("That button belongs to an earlier question.")),))
    draft = turn.desk.get(draft_of(answer.card))
    if draft is None or draft.status is not BroadcastStatus.DRAFT:
        return Did(memory, _already(turn, draft_of(answer.card)))
    text = turn.say("That button stood on an older card. Here is how it stands now.")
    return Did(enter(draft, memory), (Say(text),), to=State.REVIEW)
