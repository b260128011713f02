"""The messages of a broadcast: added one by one, counted back, moved, replaced and removed."""

import re
from collections.abc import Sequence

from bot.builder.open import change, open_draft
from bot.builder.states import State
from bot.conversation.answer import Answer, word_value
from bot.conversation.edits import read_edit
from bot.conversation.memory import Memory
from bot.conversation.rule import Did, Question, stays
from bot.conversation.turn import Say, Turn
from broadcast.personalise import places
from handlers.content import Content, Image, Message, Text
from handlers.contract import render_preview

SHOWN = 60
"""Characters of a message shown in a list."""


def ask(turn: Turn, memory: Memory) -> Question:
    """Ask for the next message, showing what is there."""
    content = open_draft(turn, memory).content
    back = turn.choice("Back", word_value("back"))
    if not content.messages:
        text = turn.say("What should they read? Send me a text or a picture, one message at a time.")
        return Question(memory, Say(text, (back,)))
    lines = (say_messages(turn, content), turn.say("Send another, or say done."))
    choices = (turn.choice("Done", word_value("done")), turn.choice("Preview", word_value("preview")), back)
    return Question(memory, Say("\n".join(lines), choices))


def say_messages(turn: Turn, content: Content) -> str:
    """Return the messages as a numbered list, each cut to one line."""
    return "\n".join(f"{number}. {say_message(turn, one)}" for number, one in enumerate(content.messages, 1))


def say_message(turn: Turn, message: Message) -> str:
    """Return one line that names a message."""
    if isinstance(message, Image):
        return turn.say("[picture]")
    line = " ".join(render_preview(message).split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1].rstrip() + "…"


def add(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Add what was sent, or replace the message that was to be replaced, if the platform would take it."""
    if bare := next((place.name for place in places(answer.text) if place.fallback is None), None):
        return _ask_fallback(turn, memory, answer, bare)
    new: list[Message] = [Image(url=url) for url in answer.images]
    if answer.text.strip():
        new.insert(0, Text(text=answer.text))
    if not new:
        return stays(memory, State.MESSAGES, turn.say("I can send texts and pictures. Please send one of those."))
    before = list(open_draft(turn, memory).content.messages)
    at = memory.replacing - 1 if memory.replacing else len(before)
    after = [*before[:at], *new, *before[at + bool(memory.replacing) :]]
    return _put(turn, memory.but(replacing=0), after, turn.say("Got it."), personal=answer.text)


def _without_value(turn: Turn, memory: Memory, text: str) -> list[str]:
    """Say, for each value the text speaks of, how many of the audience have none and will read the fallback."""
    if not places(text):
        return []
    audience = open_draft(turn, memory).audience
    whole = turn.desk.count(audience)
    lines = []
    for place in dict.fromkeys(places(text)):
        without = turn.desk.count(
            f"({audience}) and {place.name} is not set" if audience else f"{place.name} is not set"
        )
        if without:
            lines.append(
                turn.say(
                    "{n} of {whole} have no {name} and will read “{fallback}”.",
                    n=without,
                    whole=whole,
                    name=place.name,
                    fallback=place.fallback or "",
                )
            )
    return lines


def _ask_fallback(turn: Turn, memory: Memory, answer: Answer, name: str) -> Did:
    """Ask for the missing words, unless the name itself is one nobody has."""
    written = _fill(answer.text, name, "-")
    unknown = [
        one for one in turn.desk.problems(Content(messages=(Text(text=written),))) if one.code == "unknown_value"
    ]
    if unknown:
        return stays(memory, State.MESSAGES, turn.problems(unknown))
    return Did(memory.but(pending=answer.text), to=State.FALLBACK)


def ask_fallback(turn: Turn, memory: Memory) -> Question:
    """Ask what people read who have no such value."""
    name = _missing(memory.pending)
    text = turn.say("Some people have no {name}. What should they read instead? For example: there", name=name)
    return Question(memory, Say(text, (turn.choice("Back", word_value("back")),)))


def keep_fallback(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Put the words in, and go on with the text that waited for them."""
    words = answer.text.strip()
    if not words or set(words) & set("{}|") or "\n" in words:
        return stays(memory, State.FALLBACK, turn.say("Send a word or two, without brackets, for example: there"))
    name = _missing(memory.pending)
    filled = _fill(memory.pending, name, words)
    did = add(turn, memory.but(pending=""), Answer(text=filled))
    return did if did.to is not None else Did(did.memory, did.says, to=State.MESSAGES, ask=did.ask)


def forget_pending(_turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Drop the text that waited."""
    return Did(memory.but(pending=""))


def _missing(text: str) -> str:
    return next((place.name for place in places(text) if place.fallback is None), "")


def _fill(text: str, name: str, words: str) -> str:
    return re.sub(rf"\{{\s*{re.escape(name)}\s*\}}", lambda _: f"{{{name}|{words}}}", text)


def order(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Carry out `remove 2`, `move 2 up`, `edit 2`."""
    edit = read_edit(answer.text)
    assert edit is not None
    messages = list(open_draft(turn, memory).content.messages)
    here, last = edit.number - 1, len(messages) - 1
    if not 0 <= here <= last:
        return stays(memory, State.MESSAGES, turn.say("There is no message {number}.", number=edit.number), ask=True)
    if edit.verb == "replace":
        text = turn.say("Send me the new message {number}.", number=edit.number)
        return Did(memory.but(replacing=edit.number), (Say(text),), to=State.MESSAGES, ask=False)
    moved = messages.pop(here)
    if edit.verb == "remove":
        return _put(turn, memory.but(replacing=0), messages, turn.say("Removed message {number}.", number=edit.number))
    there = max(0, here - 1) if edit.verb == "up" else min(last, here + 1)
    messages.insert(there, moved)
    said = turn.say("Message {number} is now number {there}.", number=edit.number, there=there + 1)
    return _put(turn, memory.but(replacing=0), messages, said)


def _put(turn: Turn, memory: Memory, messages: Sequence[Message], said: str, personal: str = "") -> Did:
    content = open_draft(turn, memory).content.model_copy(update={"messages": tuple(messages)})
    found = turn.desk.problems(content) if messages else []
    if found:
        text = turn.problems(found) + "\n" + turn.say("I left it out. Please send it another way.")
        return stays(memory, State.MESSAGES, text)
    lines = (said, *_without_value(turn, memory, personal))
    return Did(change(turn, memory, content=content), (Say("\n".join(lines)),))


def finish(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Go on to the review card, if there is something to send."""
    if not open_draft(turn, memory).content.messages:
        return stays(memory, State.MESSAGES, turn.say("It has no message yet. Send me what it should say."))
    return Did(memory.but(replacing=0))
