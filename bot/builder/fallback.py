"""What people read who have no such value. The text that lacks it is in the draft already: nothing can be lost."""

import re

from bot.builder.open import open_draft
from bot.builder.put import lacking, put
from bot.builder.states import State
from bot.conversation.answer import Answer, word_value
from bot.conversation.memory import Memory
from bot.conversation.rule import Did, Question, stays
from bot.conversation.turn import Say, Turn
from broadcast.actions import read_buttons
from broadcast.draft import Draft
from broadcast.personalise import with_fallback
from handlers.content import Content

LONGEST = 40
"""Characters: a fallback stands in the middle of a sentence."""

_ADDRESS = re.compile(r"https?:|www\.|://", re.IGNORECASE)


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
    content = open_draft(turn, memory).content
    if answer.images or not _is_short(words):
        return stays(memory, State.FALLBACK, _not_that(turn, content, _name(turn, memory)))
    return put(turn, memory, with_fallback(content, _name(turn, memory), words), turn.say("Got it."))


def anew(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Let the message be written anew instead."""
    number = _number(open_draft(turn, memory).content)
    if not number:
        text = turn.say("It is the template that lacks it. Choose the template anew: say templates.")
        return Did(memory, (Say(text),), to=State.MESSAGES, ask=False)
    return Did(memory.but(replacing=number), to=State.MESSAGES)


def _is_short(words: str) -> bool:
    """Say whether these are a word or two, and not what was meant as a message, a button or a link."""
    if not 0 < len(words) <= LONGEST or set(words) & set("{}|\n"):
        return False
    return not read_buttons(words)[1] and not _ADDRESS.search(words)


def _not_that(turn: Turn, content: Content, name: str) -> str:
    number = _number(content)
    if not number:
        return turn.say(
            "I am still asking about the template: what should those without a {name} read there? Send a word or two"
            " ({most} characters at most), for example: there. To choose a template anew, say back.",
            name=name,
            most=LONGEST,
        )
    return turn.say(
        "I am still asking about message {number}: what should those without a {name} read there? Send a word or two"
        " ({most} characters at most), for example: there. To write that message anew, say back.",
        number=number,
        name=name,
        most=LONGEST,
    )


def _number(content: Content) -> int:
    """Return the number of the message that lacks a fallback, 0 where it is the template."""
    return next((at for at, one in enumerate(content.messages, 1) if lacking(Content(messages=(one,)))), 0)


def _all_have(turn: Turn, draft: Draft, name: str) -> bool:
    """Say whether nobody in the audience lacks a value; with further channels, which count for themselves, never."""
    return draft.group_id is None and not turn.desk.count(draft.audience, lacking=name)


def _name(turn: Turn, memory: Memory) -> str:
    place = lacking(open_draft(turn, memory).content)
    return place.name if place else ""
