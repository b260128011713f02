"""A button in two answers: what stands on it, and what it does. Or in one line: [Words](https://…)."""

from bot.builder.open import open_draft
from bot.builder.put import fresh, put
from bot.builder.states import State
from bot.conversation.answer import Answer, typed_value, word_value
from bot.conversation.memory import Memory
from bot.conversation.rule import Did, Question, stays
from bot.conversation.turn import Say, Turn
from bot.conversation.words import plain
from broadcast.actions import button, read_button
from broadcast.arrange import Place, buttons_at, last_for_buttons, with_buttons
from handlers.content import Button, Choice

_OFFERED = 8
"""Flows offered to be tapped; any other can be typed."""

_SOMEWHERE = "https://example.com"
"""Stands for what a button does while only its words are known."""


def start(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Begin a button under what stands at the end."""
    place = last_for_buttons(open_draft(turn, memory).content)
    if place is None:
        return stays(memory, State.MESSAGES, turn.say("A button needs a text or a card above it. Send that first."))
    return begin(turn, memory, place)


def begin(turn: Turn, memory: Memory, place: Place) -> Did:
    """Begin a button at a place, if there is room. Raises `broadcast.arrange.NoSuchPlace`."""
    content = open_draft(turn, memory).content
    one_more = Button(kind="url", title="-", value=_SOMEWHERE)
    after = with_buttons(content, place, (*buttons_at(content, place), one_more))
    if found := fresh(turn, memory, after):
        return stays(memory, State.MESSAGES, turn.problems(found), ask=True)
    return Did(memory.but(spot=place, title=""), to=State.BUTTON)


def ask(turn: Turn, memory: Memory) -> Question:
    """Ask for the words, then for what happens."""
    back = turn.choice("Back", word_value("back"))
    if not memory.title:
        text = turn.say(
            "What should stand on the button? Or send it whole: {example}", example="[Read more](https://example.com)"
        )
        return Question(memory, Say(text, (back,)))
    flows = [
        Choice(title=title, value=typed_value(f"flow:{name}")) for name, title in [*turn.desk.flows.items()][:_OFFERED]
    ]
    if flows:
        text = turn.say(
            "What does “{title}” do? Send an address (https://…), a phone number (+49…) or a flow.", title=memory.title
        )
    else:
        text = turn.say(
            "What does “{title}” do? Send an address (https://…) or a phone number (+49…).", title=memory.title
        )
    return Question(memory, Say(text, (*flows, back)))


def keep(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Take the words, or what the button does."""
    said = " ".join(answer.text.split())
    if not said:
        return stays(memory, State.BUTTON, turn.say("I need words here."))
    if not memory.title:
        whole = read_button(said)
        return _put(turn, memory, whole) if whole else _title(turn, memory, said)
    return _put(turn, memory, button(memory.title, _flow(turn, said) or said))


def back(_turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Go back to the words, or to the messages."""
    return Did(memory.but(title=""), to=State.BUTTON if memory.title else State.MESSAGES)


def _title(turn: Turn, memory: Memory, title: str) -> Did:
    content = open_draft(turn, memory).content
    new = Button(kind="url", title=title, value=_SOMEWHERE)
    found = fresh(turn, memory, with_buttons(content, memory.spot, (*buttons_at(content, memory.spot), new)))
    return stays(memory, State.BUTTON, turn.problems(found)) if found else Did(memory.but(title=title))


def _flow(turn: Turn, said: str) -> str:
    """Return the flow that is meant by its name or its title, as a target; '' when it is none."""
    known = {plain(called): name for name, title in turn.desk.flows.items() for called in (title, name)}
    found = known.get(plain(said))
    return f"flow:{found}" if found else ""


def _put(turn: Turn, memory: Memory, new: Button) -> Did:
    content = open_draft(turn, memory).content
    after = with_buttons(content, memory.spot, (*buttons_at(content, memory.spot), new))
    if found := fresh(turn, memory, after):
        return stays(memory, State.BUTTON, turn.problems(found))
    return put(turn, memory.but(title="", spot=(0, 0)), after, turn.say("Got it."))
