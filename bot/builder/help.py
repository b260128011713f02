"""`help`: what each question of the builder is about, and what may be said there."""

from collections.abc import Mapping

from bot.builder.states import State
from bot.conversation.answer import Answer
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from bot.texts import N_

HELP: Mapping[State, str] = {
    State.NAME: N_("The name is for you and the other admins; subscribers never see it. Say cancel to leave."),
    State.WHEN: N_(
        "Say now, later, or a time: in 2 hours, 18:30, tomorrow 9, fri 9am, 24 dec 18:00. Nothing leaves before you"
        " confirm it on the review card. late: 2 hours lets it leave up to that much later if I am not running at its"
        " time. 18:30 for each reaches everyone at that time where they live. Say back for the previous question,"
        " cancel to leave."
    ),
    State.WHO: N_(
        "Say everyone, or a filter: plan = pro and not completed onboarding. Fields can be joined with and, or, not"
        " and brackets. Say back for the previous question, cancel to leave."
    ),
    State.FIELD: N_(
        "Tap or type what the condition is about. A whole filter, a saved audience or everyone can be typed as well."
    ),
    State.WAY: N_("Tap or type a comparison, such as is, is not or contains."),
    State.VALUE: N_("Tap a value or type one. Put it in quotes if it looks like a filter."),
    State.PICKED: N_(
        "use it goes on with this filter; and, or add a condition; change 1 and remove 1 change what is there;"
        " leave out skips people who got a broadcast lately; save audience and a name keeps it for later."
    ),
    State.LEAVE_OUT: N_("Type a number of days: anyone who got a broadcast in that time is left out."),
    State.MESSAGES: N_(
        "Every text or picture you send becomes a message. {{first_name|there}} is filled in for each person."
        " A last line like [Read more](https://example.com) becomes a button; card and article ask for their parts."
        " remove 2, edit 2, copy 2, move 2 up and button 2 change what is there; way out: No more news rewords the way"
        " out; done goes on; back, preview, save and cancel do what they say. To send such a word itself, put it in"
        " quotes or a \\ before it: \\done"
    ),
    State.FALLBACK: N_("Send the word that people without a value will read, or back to write the message anew."),
    State.PART: N_("Send what I ask for; skip leaves it out, keep leaves it as it is, back goes one question back."),
    State.TEMPLATE: N_("Send the words for this place of the template, or back for the previous place."),
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
        lines.append(turn.say("templates lists what people with a closed window can get; template off removes it."))
    lines.append(turn.say("All commands: /help"))
    return Did(memory, (Say("\n".join(lines), memory.choices, memory.proposed),), ask=False)
