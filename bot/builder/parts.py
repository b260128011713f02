"""A card or an article, filled in field by field; what goes into it is checked as it comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.builder.messages import limit
from bot.builder.open import change, open_draft
from bot.builder.put import ASKED, fresh, put
from bot.builder.states import State
from bot.conversation.answer import Answer, word_value
from bot.conversation.memory import Making, Memory
from bot.conversation.rule import Did, Question, stays
from bot.conversation.turn import Say, Turn
from bot.texts import N_
from broadcast.arrange import NoSuchPlace, Part, Place, part_at, parts, put_part
from handlers.content import Article, Card, Content
from handlers.contract import Problem

Kind = Literal["card", "article"]


@dataclass(frozen=True, slots=True)
class Field:
    """One question about a card or an article.

    `name`: what it fills in. `codes`: the problems that are about it. `limit`: the platform's limit of its length.
    `native`: asked only where the platform has that limit, which is where it shows the field at all.
    """

    name: str
    ask: str
    codes: frozenset[str]
    limit: str = ""
    native: bool = False
    picture: bool = False


FORMS: Mapping[Kind, tuple[Field, ...]] = {
    "card": (
        Field("image_url", N_("Send the picture of the card."), frozenset({"picture_elsewhere"}), picture=True),
        Field("title", N_("What is its title?"), frozenset({"blank_title", "card_title_too_long"}), "card_title"),
        Field("subtitle", N_("And the line under it?"), frozenset({"card_subtitle_too_long"}), "card_subtitle"),
        Field("link", N_("What does a tap on the card open? Send an address."), frozenset({"bare_card"})),
    ),
    "article": (
        Field(
            "cover_url",
            N_("Send the cover of the article: a picture."),
            frozenset({"article_without_cover", "picture_elsewhere"}),
            picture=True,
        ),
        Field("title", N_("What is its title?"), frozenset({"blank_title", "article_title_too_long"}), "article_title"),
        Field(
            "author",
            N_("Who wrote it?"),
            frozenset({"article_author_too_long"}),
            "article_author",
            native=True,
        ),
        Field("digest", N_("A line or two to sum it up?"), frozenset({"article_digest_too_long"}), "article_digest"),
        Field(
            "body",
            N_("Send the text of the article, whole."),
            frozenset({"article_without_body", "article_body_too_long", "article_picture_stripped"}),
            "article_body",
            native=True,
        ),
        Field("source_url", N_("Which page does it lead to? Send an address."), frozenset({"article_without_link"})),
    ),
}
"""The questions of each form, in their order."""

_ABOUT_THE_VALUE = frozenset({"bad_address", "bad_link", "link_with_user", "link_too_long"})
"""Problems that are about whichever field holds the value they name."""


def start(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Begin a card or an article; where there are no cards, an article is what can be shown."""
    if answer.word == "card" and "card" not in turn.desk.platform.capabilities.kinds:
        text = turn.say("{platform} has no cards; an article shows the same. Let us make one.", platform=turn.platform)
        return _begin(turn, memory, Making(kind="article"), text)
    if answer.word == "article" and limit(turn, "article_body") is None:
        text = turn.say("{platform} shows an article as a card that opens its page.", platform=turn.platform)
        return _begin(turn, memory, Making(kind="article"), text)
    return _begin(turn, memory, Making(kind="card" if answer.word == "card" else "article"))


def another(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Begin one more beside the last one."""
    content = open_draft(turn, memory).content
    found = parts(content.messages[-1]) if content.messages else ()
    if not found:
        return stays(memory, State.MESSAGES, turn.say("Another one goes beside a card or an article. Begin one first."))
    making = Making(kind="card" if isinstance(found[-1], Card) else "article", spot=(len(content.messages), 0))
    return _begin(turn, memory, making)


def again(turn: Turn, memory: Memory, place: Place) -> Did:
    """Go through what is there once more, each field to be kept or changed. Raises `NoSuchPlace`."""
    part = part_at(open_draft(turn, memory).content, place)
    kind: Kind = "card" if isinstance(part, Card) else "article"
    values = {one.name: str(getattr(part, one.name)) for one in FORMS[kind] if getattr(part, one.name)}
    return _begin(turn, memory, Making(kind=kind, spot=place, values=values))


def _begin(turn: Turn, memory: Memory, making: Making, said: str = "") -> Did:
    content = open_draft(turn, memory).content
    sample = put_part(content, making.spot, _sample(content, making))
    counted = [one for one in fresh(turn, memory, sample) if one.code.startswith("too_many")]
    if counted:
        return stays(memory, State.MESSAGES, turn.problems(counted), ask=True)
    return Did(memory.but(making=making, replacing=0), (Say(said),) if said else (), to=State.PART)


def _sample(content: Content, making: Making) -> Part:
    return _built(content, making.model_copy(update={"values": {"title": "-"} | dict(making.values)}))


def ask(turn: Turn, memory: Memory) -> Question:
    """Ask for the field that is open, with what it holds and how long it may be."""
    making = _making(memory)
    field = _fields(turn, making)[making.field]
    text = turn.say(field.ask)
    if field.limit and (most := limit(turn, field.limit)):
        text += " " + turn.say("({most} {unit} at most)", most=most.most, unit=turn.say(most.unit))
    choices = []
    if present := making.values.get(field.name):
        text = turn.say("Now: {value}", value=turn.say("[picture]") if field.picture else present) + "\n" + text
        choices.append(turn.choice("Keep it", word_value("keep")))
    if not _problems(turn, memory, field, ""):
        choices.append(turn.choice("Skip", word_value("skip")))
    return Question(memory, Say(text, (*choices, turn.choice("Back", word_value("back")))))


def keep(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Leave the field as it is."""
    making = _making(memory)
    field = _fields(turn, making)[making.field]
    return _take(turn, memory, field, making.values.get(field.name, ""))


def skip(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Leave the field empty."""
    making = _making(memory)
    return _take(turn, memory, _fields(turn, making)[making.field], "")


def fill(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Take what was sent for the field that is open."""
    making = _making(memory)
    field = _fields(turn, making)[making.field]
    if field.picture:
        value = answer.images[0] if answer.images else answer.text.strip()
        if not answer.images and not value.casefold().startswith(("https://", "http://")):
            text = turn.say("I need a picture here: send it as a picture, or send its https address.")
            return stays(memory, State.PART, text)
    else:
        value = answer.text if field.name == "body" else " ".join(answer.text.split())
        if not value.strip():
            return stays(memory, State.PART, turn.say("I need words here."))
    return _take(turn, memory, field, value)


def _take(turn: Turn, memory: Memory, field: Field, value: str) -> Did:
    if found := _problems(turn, memory, field, value):
        return stays(memory, State.PART, turn.problems(found))
    making = _making(memory)
    values = {**making.values, field.name: value}
    making = making.model_copy(update={"values": values, "field": making.field + 1})
    if making.field < len(_fields(turn, making)):
        return Did(memory.but(making=making), to=State.PART)
    content = open_draft(turn, memory).content
    after = put_part(content, making.spot, _built(content, making))
    if found := fresh(turn, memory, after):
        return stays(memory, State.PART, turn.problems(found))
    return put(turn, memory.but(making=None), after, turn.say("Got it."))


def back(_turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Go to the field before, or to the messages."""
    making = _making(memory)
    if not making.field:
        return Did(memory.but(making=None), to=State.MESSAGES)
    return Did(memory.but(making=making.model_copy(update={"field": making.field - 1})), to=State.PART)


def settle(turn: Turn, memory: Memory) -> Memory:
    """Put what is half made into the draft as it is, so that leaving loses nothing; Send asks for the rest."""
    if memory.making is None or not any(memory.making.values.values()):
        return memory.but(making=None)
    content = open_draft(turn, memory).content
    after = put_part(content, memory.making.spot, _built(content, memory.making))
    return change(turn, memory.but(making=None), content=after)


def _problems(turn: Turn, memory: Memory, field: Field, value: str) -> list[Problem]:
    """Return what is wrong with this value of this field."""
    making = _making(memory)
    draft = open_draft(turn, memory)
    named = {} if field.name == "title" else {"title": making.values.get("title") or "…"}
    trial = making.model_copy(update={"values": {**making.values, **named, field.name: value}})
    alone = Content(messages=put_part(Content(), (0, 0), _built(draft.content, trial)).messages)
    found = turn.desk.problems(alone, draft.road)
    return [
        one
        for one in found
        if one.code in field.codes
        or (value and one.code in _ABOUT_THE_VALUE and one.facts["value"] == value)
        or (one.code != ASKED and f"{{{one.facts.get('name')}" in value)
    ]


def _built(content: Content, making: Making) -> Part:
    """Return the part as far as it is known; a card that is made anew keeps its buttons."""
    if making.kind == "article":
        return Article(**{"title": "", **making.values})
    try:
        present = part_at(content, making.spot) if making.spot[1] else None
    except NoSuchPlace:
        present = None
    buttons = present.buttons if isinstance(present, Card) else ()
    return Card(**{"title": "", **making.values}, buttons=buttons)


def _fields(turn: Turn, making: Making) -> tuple[Field, ...]:
    return tuple(field for field in FORMS[making.kind] if not field.native or limit(turn, field.limit))


def _making(memory: Memory) -> Making:
    assert memory.making is not None
    return memory.making
