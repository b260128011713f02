"""The messages of a broadcast: added one by one, counted back, and finished."""

from bot.builder.open import change, open_draft
from bot.builder.put import fresh, lacking, put
from bot.builder.shown import say_messages
from bot.builder.states import State
from bot.consent import STOP_WORDS
from bot.conversation.answer import Answer, word_value
from bot.conversation.edits import read_way_out
from bot.conversation.memory import Memory
from bot.conversation.rule import Did, Question, stays
from bot.conversation.turn import Say, Turn
from broadcast.actions import read_buttons
from broadcast.arrange import added, buttons_at, last_for_buttons, parts, replaced, with_buttons
from handlers.content import Article, Button, Choice, Content, Image, Message, Text
from handlers.contract import Limit


def ask(turn: Turn, memory: Memory) -> Question:
    """Ask for the next message, showing what is there."""
    content = open_draft(turn, memory).content
    if memory.replacing:
        text = turn.say("Send me the new message {number}.", number=memory.replacing)
        return Question(memory, Say(text, (turn.choice("Back", word_value("back")),)))
    turn.desk.templates()  # asked for now, so that they are known by the time somebody wants one
    choices = tuple(_choices(turn, content))
    if not content.messages:
        text = turn.say("What should they read? Send me a text or a picture, one message at a time.")
        if (most := limit(turn, "messages")) and most.most == 1:
            text = turn.say("What should they read? One broadcast is one message here: a text, a picture or articles.")
        return Question(memory, Say(text, choices))
    if _full(turn, content):
        onward = turn.say("That is all one broadcast may say here. edit 1 changes it; done goes on.")
    else:
        onward = turn.say("Send another, or say done.")
    return Question(memory, Say("\n".join((say_messages(turn, content), onward)), choices))


def _choices(turn: Turn, content: Content) -> list[Choice]:
    found = []
    if content.messages:
        found.append(turn.choice("Done", word_value("done")))
        found.append(turn.choice("Preview", word_value("preview")))
        if room_for_button(turn, content):
            found.append(turn.choice("Add a button", word_value("button")))
        if room_for_another(turn, content):
            article = isinstance(parts(content.messages[-1])[0], Article)
            title = turn.say("Another article") if article else turn.say("Another card")
            found.append(Choice(title=title, value=word_value("another")))
    if not _full(turn, content):
        if "card" in turn.desk.platform.capabilities.kinds:
            found.append(turn.choice("Card", word_value("card")))
        found.append(turn.choice("Article", word_value("article")))
    return [*found, turn.choice("Back", word_value("back"))]


def limit(turn: Turn, what: str) -> Limit | None:
    """Return the platform's limit of this name, None where there is none."""
    return next((one for one in turn.desk.platform.capabilities.limits if one.what == what), None)


def _full(turn: Turn, content: Content) -> bool:
    most = limit(turn, "messages")
    return most is not None and len(content.messages) >= most.most


def room_for_button(turn: Turn, content: Content) -> bool:
    """Say whether what stands at the end can have one more button."""
    place, most = last_for_buttons(content), limit(turn, "buttons")
    return place is not None and (most is None or len(buttons_at(content, place)) < most.most)


def room_for_another(turn: Turn, content: Content) -> bool:
    """Say whether the message at the end can have one more card or article."""
    found = parts(content.messages[-1]) if content.messages else ()
    most = limit(turn, "articles" if found and isinstance(found[0], Article) else "cards")
    return bool(found) and (most is None or len(found) < most.most)


def add(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Add what was sent, or replace the message that was to be replaced, if the platform would take it."""
    text, buttons = (answer.text, ()) if answer.escaped else read_buttons(answer.text)
    content = open_draft(turn, memory).content
    if buttons and not text.strip() and not answer.images:
        return _under_the_last(turn, memory, content, buttons)
    new: list[Message] = [Text(text=text, buttons=buttons)] if text.strip() else []
    new += [Image(url=url) for url in answer.images]
    if not new:
        return stays(memory, State.MESSAGES, turn.say("I can send texts and pictures. Please send one of those."))
    after = replaced(content, memory.replacing, new) if memory.replacing else added(content, new)
    return put(turn, memory, after, turn.say("Got it."))


def back(_turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Go back to the messages as they are, where one was to be replaced; else to the question who."""
    if memory.replacing:
        return Did(memory.but(replacing=0), to=State.MESSAGES)
    return Did(memory.but(returning=True))


def _under_the_last(turn: Turn, memory: Memory, content: Content, buttons: tuple[Button, ...]) -> Did:
    place = last_for_buttons(content)
    if place is None:
        text = turn.say("A button needs a text or a card above it. Send that first.")
        return stays(memory, State.MESSAGES, text)
    after = with_buttons(content, place, (*buttons_at(content, place), *buttons))
    return put(turn, memory, after, turn.say("Got it."))


def way_out(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Reword the way out; there always is one."""
    words = read_way_out(answer.text)
    before = open_draft(turn, memory).content
    if not words:
        text = turn.say("Every broadcast carries a way out; it can be reworded, for example: way out: No more news")
        return stays(memory, State.MESSAGES, text)
    said = words.casefold()
    if not turn.desk.platform.capabilities.choices and not any(word in said for word in STOP_WORDS):
        text = turn.say("Here the way out is a line to answer with, so it has to name STOP or 退订.")
        return stays(memory, State.MESSAGES, text)
    after = before.model_copy(update={"way_out": words})
    if found := fresh(turn, memory, after):
        return stays(memory, State.MESSAGES, turn.problems(found))
    text = turn.say("The way out reads “{words}” now.", words=words)
    return Did(change(turn, memory, content=after), (Say(text),))


def finish(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Go on to the review card, if there is something to send and nothing left to ask."""
    content = open_draft(turn, memory).content
    if not content.messages:
        return stays(memory, State.MESSAGES, turn.say("It has no message yet. Send me what it should say."))
    return Did(memory.but(replacing=0), to=State.FALLBACK if lacking(content) else None)
