"""Carries out the short orders about messages: remove, edit, move, copy, and buttons."""

from bot.builder import buttons, parts
from bot.builder.open import open_draft
from bot.builder.put import put
from bot.builder.states import State
from bot.conversation.answer import Answer
from bot.conversation.edits import Edit, read_edit
from bot.conversation.memory import Memory
from bot.conversation.rule import Did, stays
from bot.conversation.turn import Turn
from broadcast import arrange
from broadcast.arrange import NoSuchPlace
from handlers.content import Content


def order(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Do what `remove 2`, `move 2 up`, `edit 2.1` say."""
    edit = read_edit(answer.text)
    assert edit is not None
    content, place = open_draft(turn, memory).content, say_place(edit.number, edit.part)
    memory = memory.but(replacing=0)
    try:
        return _carried_out(turn, memory, content, edit)
    except NoSuchPlace:
        if edit.verb in {"button", "bare"} and 1 <= edit.number <= len(content.messages) and not edit.part:
            return stays(memory, State.MESSAGES, turn.say("Buttons go under a text or a card."), ask=True)
        return stays(memory, State.MESSAGES, turn.say("There is no message {number}.", number=place), ask=True)


def say_place(number: int, part: int) -> str:
    """Return a place as people write it: 2, or 2.1."""
    return f"{number}.{part}" if part else str(number)


def _carried_out(turn: Turn, memory: Memory, content: Content, edit: Edit) -> Did:
    spot, said = (edit.number, edit.part), say_place(edit.number, edit.part)
    match edit.verb:
        case "replace":
            return _replace(turn, memory, content, edit)
        case "remove":
            text = turn.say("Removed message {number}.", number=said)
            return put(turn, memory, arrange.removed(content, spot), text)
        case "copy":
            text = turn.say("Message {number} is there twice now.", number=said)
            return put(turn, memory, arrange.copied(content, spot), text)
        case "bare":
            text = turn.say("The buttons of message {number} are gone.", number=said)
            return put(turn, memory, arrange.with_buttons(content, spot, ()), text)
        case "button":
            return buttons.begin(turn, memory, spot)
        case _:
            return _move(turn, memory, content, edit)


def _replace(turn: Turn, memory: Memory, content: Content, edit: Edit) -> Did:
    found = arrange.parts(arrange.message_at(content, edit.number))
    if edit.part or found:
        if len(found) > 1 and not edit.part:
            text = turn.say("Which of them? For example: edit {number}", number=say_place(edit.number, 1))
            return stays(memory, State.MESSAGES, text)
        return parts.again(turn, memory, (edit.number, max(edit.part, 1)))
    return Did(memory.but(replacing=edit.number), to=State.MESSAGES)


def _move(turn: Turn, memory: Memory, content: Content, edit: Edit) -> Did:
    here = edit.part or edit.number
    to = edit.to or (here - 1 if edit.verb == "up" else here + 1)
    after, there = arrange.moved(content, (edit.number, edit.part), to)
    text = turn.say(
        "Message {number} is now number {there}.",
        number=say_place(edit.number, edit.part),
        there=say_place(edit.number, there) if edit.part else say_place(there, 0),
    )
    return put(turn, memory, after, text)
