"""What people read who have no such value. The text that lacks it is in the draft already: nothing can be lost."""

from bot.builder.open import open_draft
from bot.builder.put import lacking, put
from bot.builder.states import State
from bot.conversation.answer import Answer, word_value
from bot.conversation.memory import Memory
from bot.conversation.rule import Did, Question, stays
from bot.conversation.turn import Say, Turn
from broadcast.draft import Draft
from broadcast.personalise import with_fallback
from handlers.content import Content


def ask(turn: Turn, memory: Memory) -> Question:
    """Ask what people read who have no such value."""
    name = _name(turn, memory)
    text = turn.say("Some people have no {name}. What should they read instead? For example: there", name=name)
    if name and _all_have(turn, open_draft(turn, memory), name):
        text = turn.say(
            "Everybody who matches now has a {name}, but that may change. What should somebody without one read?"
            " For example: there",
            name=name,
        )
    return Question(memory, Say(text, (turn.choice("Back", word_value("back")),)))


def keep(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Put the words in wherever they were missing."""
    words = answer.text.strip()
    if not words or set(words) & set("{}|") or "\n" in words:
        return stays(memory, State.FALLBACK, turn.say("Send a word or two, without brackets, for example: there"))
    content = open_draft(turn, memory).content
    return put(turn, memory, with_fallback(content, _name(turn, memory), words), turn.say("Got it."))


def anew(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Let the message be written anew instead."""
    messages = open_draft(turn, memory).content.messages
    number = next((at for at, one in enumerate(messages, 1) if lacking(Content(messages=(one,)))), 0)
    if not number:
        text = turn.say("It is the template that lacks it. Choose the template anew: say templates.")
        return Did(memory, (Say(text),), to=State.MESSAGES, ask=False)
    text = turn.say("Send me the new message {number}.", number=number)
    return Did(memory.but(replacing=number), (Say(text),), to=State.MESSAGES, ask=False)


def _all_have(turn: Turn, draft: Draft, name: str) -> bool:
    """Say whether nobody in the audience lacks a value; with further channels, which count for themselves, never."""
    return draft.group_id is None and not turn.desk.count(draft.audience, lacking=name)


def _name(turn: Turn, memory: Memory) -> str:
    place = lacking(open_draft(turn, memory).content)
    return place.name if place else ""
