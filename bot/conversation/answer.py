"""Reads one message of an admin: a number, a label, a tapped button, a word, a command, or just what it says."""

from dataclasses import dataclass, replace

from bot.conversation.edits import read_edit, read_save, read_template, read_way_out
from bot.conversation.memory import Memory
from bot.conversation.turn import Turn
from bot.conversation.words import agrees, meaning, number, plain
from handlers.content import Choice

OURS = "b:"
"""Begins the value of every choice the conversation offers, so that others can tell its buttons from theirs."""

TYPED = "="
"""After `OURS`: the rest is as if it had been typed. Otherwise it is a word, with `#` and the card it stood on."""

_QUOTES = (('"', '"'), ("“", "”"), ("「", "」"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What was meant: a word of the builder, a command, or text and pictures; `card` is where a button stood.

    `text` is what counts as content, `typed` what was really typed. `escaped`: it was marked to be taken as it
    is. `stale`: the button belongs to a question that is no longer open.
    """

    text: str = ""
    typed: str = ""
    word: str = ""
    card: str = ""
    command: str = ""
    images: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    escaped: bool = False
    stale: bool = False


def word_value(word: str, card: str = "") -> str:
    """Return the value of a choice that says `word`, bound to a card where one is given."""
    return f"{OURS}{word}#{card}" if card else f"{OURS}{word}"


def typed_value(text: str) -> str:
    """Return the value of a choice that stands for typing `text`."""
    return f"{OURS}{TYPED}{text}"


def is_foreign(turn: Turn) -> bool:
    """Say whether a button was tapped that is not the conversation's, such as one in a preview that leads into a flow.

    Its title is no answer to an open question: the tap means to an admin what it means to any subscriber.
    """
    return bool(turn.payload) and not turn.payload.startswith(OURS) and not as_command(turn.payload)


def read(turn: Turn, memory: Memory) -> Answer:
    """Return what a message that is not `is_foreign` means, given the choices that were offered last."""
    if turn.payload.startswith(OURS):
        offered = any(choice.value == turn.payload for choice in memory.choices)
        return _of_value(turn.payload, offered=offered)
    if command := as_command(turn.payload):
        return Answer(command=command)
    text = turn.text.strip()
    if turn.images or turn.other or not text:
        return Answer(text=turn.text, images=turn.images, other=turn.other)
    if (choice := _chosen(text, memory.choices)) is not None:
        return replace(_of_value(choice.value, offered=True), typed=text)
    if memory.proposed and agrees(text):
        return replace(_of_value(memory.choices[0].value, offered=True), typed=text)
    if command := as_command(text):
        return Answer(text=turn.text, command=command)
    if word := meaning(text):
        return Answer(text=turn.text, typed=text, word=word)
    bare = _unescaped(turn.text, memory)
    return Answer(text=bare, typed=text, escaped=bare != turn.text)


def as_command(text: str) -> str:
    """Return the text as a command with its slash, '' when it is none; Chinese keyboards type a wide slash."""
    return "/" + text[1:] if text[:1] in {"/", "／"} else ""


def _chosen(text: str, choices: tuple[Choice, ...]) -> Choice | None:
    said = number(text)
    if said is not None and 1 <= said <= len(choices):
        return choices[said - 1]
    return next((choice for choice in choices if plain(choice.title) == plain(text)), None)


def _of_value(value: str, *, offered: bool) -> Answer:
    said = value.removeprefix(OURS)
    if said.startswith("/"):
        return Answer(command=said)
    if said.startswith(TYPED):
        return Answer(text=said.removeprefix(TYPED), stale=not offered)
    word, _, card = said.partition("#")
    # A button of a review card says by itself which card it stood on; any other one is only good while it is offered.
    return Answer(word=word, text=word, card=card, stale=not offered and not card)


def _unescaped(text: str, memory: Memory) -> str:
    """Take away the backslash or the quotes that keep a word from being taken for a command."""
    bare = text.strip()
    inside = bare[1:] if bare.startswith("\\") else ""
    for left, right in _QUOTES:
        if len(bare) > 2 and bare.startswith(left) and bare.endswith(right):
            inside = bare[1:-1]
    return inside if inside and would_be_taken(inside, memory) else text


def would_be_taken(text: str, memory: Memory) -> bool:
    """Say whether this text, sent plainly, would mean something else than itself."""
    order = any(read(text) is not None for read in (read_edit, read_save, read_template, read_way_out))
    return bool(order or as_command(text) or meaning(text) or _chosen(text, memory.choices))
