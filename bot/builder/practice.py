"""Practice: the builder as it is, with a word of explanation at each question, and nothing that can be sent."""

from collections.abc import Mapping

from bot.builder.states import State
from bot.conversation.memory import Memory
from bot.conversation.rule import Did, Question
from bot.conversation.turn import Say, Turn
from bot.texts import N_
from broadcast.draft import Draft

TIPS: Mapping[State, str] = {
    State.NAME: N_(
        "Practice: everything works as it really does, and nothing is sent. First a name; keep this one if you like."
    ),
    State.WHEN: N_("Practice: the time is only a plan until you confirm it on the card. Try: tomorrow 9"),
    State.WHO: N_("Practice: these are your real subscribers, counted and not written to. Try: everyone"),
    State.MESSAGES: N_(
        "Practice: write what they would read, for example: Hello {{first_name|there}}! preview shows it to you alone."
    ),
    State.REVIEW: N_(
        "Practice: this card is the last look before anything leaves. Try edit to change a part, then send."
    ),
}
"""Said once, before the question of the state."""


def explained(question: Question, here: State, turn: Turn) -> Question:
    """Return the question with its tip before it, the first time it is asked in practice."""
    memory = question.memory
    if not memory.practice or here in memory.explained or here not in TIPS:
        return question
    text = turn.say(TIPS[here]) + "\n\n" + question.say.text
    return Question(memory.but(explained=(*memory.explained, here.value)), Say(text, question.say.choices))


def finish(turn: Turn, draft: Draft, count: int) -> Did:
    """End the practice where a broadcast would leave."""
    turn.desk.cancel(draft, turn.person)
    text = turn.plural(
        "Well done. For real, “{name}” would leave now for {n} person; you would have {time} to say undo, and then see"
        " it go: /broadcast shows how far it is, /broadcast report what came of it. This was practice and nothing was"
        " sent. Begin your own: /broadcast new",
        "Well done. For real, “{name}” would leave now for {n} people; you would have {time} to say undo, and then see"
        " it go: /broadcast shows how far it is, /broadcast report what came of it. This was practice and nothing was"
        " sent. Begin your own: /broadcast new",
        count,
        name=draft.name,
        time=turn.distance(turn.desk.undo.total_seconds()),
    )
    return Did(Memory(), (Say(text),), to=State.IDLE)
