"""The name of a broadcast: what admins call it; subscribers never see it."""

from bot.builder.open import change, open_draft
from bot.builder.states import State
from bot.conversation.answer import Answer, word_value
from bot.conversation.memory import Memory
from bot.conversation.rule import Did, Question, stays
from bot.conversation.turn import Say, Turn

LONGEST = 80
"""Characters: a name has to fit into one line of a list."""


def ask(turn: Turn, memory: Memory) -> Question:
    """Ask for the name, or whether it stays."""
    cancel = turn.choice("Cancel", word_value("cancel"))
    if not memory.draft:
        return Question(memory, Say(turn.say("What shall I call it? Only admins see the name."), (cancel,)))
    draft = open_draft(turn, memory)
    text = turn.say("It is called “{name}”. Send another name, or keep it.", name=draft.name)
    return Question(memory, Say(text, (turn.choice("Keep it", word_value("keep")), cancel)))


def keep(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Take the name; the draft exists from here on."""
    name = " ".join(answer.text.split())
    if wrong := _wrong(turn, name):
        return stays(memory, State.NAME, wrong)
    if not memory.draft:
        draft = turn.desk.create(name, turn.person)
        memory = memory.but(draft=draft.id, version=draft.version, sent=0)
        called = draft.name
    else:
        present = open_draft(turn, memory).name
        called = name if name.casefold() == present.casefold() else turn.desk.free_name(name)
        memory = change(turn, memory, name=called)
    if called.casefold() != name.casefold():
        text = turn.say("There is a “{name}” already, so this one is “{called}”.", name=name, called=called)
    else:
        text = turn.say("“{name}” it is.", name=called)
    return Did(memory, (Say(text),))


def _wrong(turn: Turn, name: str) -> str:
    if not name:
        return turn.say("A name is a few words of text. What shall I call it?")
    if len(name) > LONGEST:
        return turn.say(
            "That name is {size} characters long; {most} is the most. What shall I call it?",
            size=len(name),
            most=LONGEST,
        )
    if name.removeprefix("#").strip().isdecimal():
        return turn.say("A number alone would be taken for an id. What shall I call it?")
    return ""
