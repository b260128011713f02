"""`{first_name|there}` in an admin's words: which values a text needs, and the text with them filled in."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from handlers.content import Article, Articles, Button, Card, Carousel, Content, Image, Message, Template, Text

_PLACE = re.compile(r"\{(?P<two>\{)?\s*(?P<name>[A-Za-z_][\w.]*)\s*(?:\|(?P<fallback>[^{}]*))?\}(?(two)\})")
"""A place; with doubled braces too, as other tools have it, where nobody means to show a brace."""

_BRACES = re.compile(r"\{\{[^{}\n]*\}\}|\{[^{}\n]*\}?")
"""Whatever looks as if it was meant to be a place, `{first name}` and `{first_name` too."""

_SLOT = re.compile(r"\{\{\s*(\w+)\s*\}\}")
"""A place in a template's text, as Messenger writes it."""


@dataclass(frozen=True, slots=True)
class Place:
    """One placeholder: the name of a value, and what to say when a person has none (None: not given)."""

    name: str
    fallback: str | None


def places(text: str) -> tuple[Place, ...]:
    """Return the placeholders of a text in their order."""
    return tuple(map(_place, _PLACE.finditer(text)))


def mistaken(message: Message) -> tuple[str, ...]:
    """Return what stands in braces in anything a person would read, has words in it, and is no placeholder."""
    return tuple(
        found[0]
        for text in _texts(message)
        for found in _BRACES.finditer(text)
        if re.search(r"\w", found[0]) and not _PLACE.fullmatch(found[0])
    )


def read_as(value: object) -> str:
    """Return the words for a stored value of any of the four types; '' for a missing one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put a person's values in; a missing one reads as its fallback."""

    def value(match: re.Match[str]) -> str:
        place = _place(match)
        return values.get(place.name) or place.fallback or ""

    return _PLACE.sub(value, text)


def places_in(content: Content) -> tuple[Place, ...]:
    """Return every placeholder in anything a person would read."""
    template = () if content.template is None else tuple(value.text for value in content.template.values)
    texts = (*(text for message in content.messages for text in _texts(message)), *template)
    return tuple(place for text in texts for place in places(text))


def fill_message(message: Message, values: Mapping[str, str]) -> Message:
    """Return the message as one person reads it."""
    return reworded(message, lambda text: fill(text, values))


def fill_template(template: Template, values: Mapping[str, str]) -> Template:
    """Return the template as one person reads it."""
    return _reworded(template, lambda text: fill(text, values))


def with_fallback(content: Content, name: str, words: str) -> Content:
    """Return the content with `words` for those who have no `name`, wherever it says nothing for them."""
    bare = Place(name, None)

    def put(text: str) -> str:
        return _PLACE.sub(lambda match: f"{{{name}|{words}}}" if _place(match) == bare else match[0], text)

    messages = tuple(reworded(one, put) for one in content.messages)
    template = content.template and _reworded(content.template, put)
    return content.model_copy(update={"messages": messages, "template": template})


def reworded(message: Message, put: Callable[[str], str]) -> Message:
    """Return the message with everything a person would read in it changed by `put`."""

    def buttons(given: tuple[Button, ...]) -> tuple[Button, ...]:
        return tuple(button.model_copy(update={"title": put(button.title)}) for button in given)

    def card(given: Card) -> Card:
        return given.model_copy(
            update={"title": put(given.title), "subtitle": put(given.subtitle), "buttons": buttons(given.buttons)}
        )

    def article(given: Article) -> Article:
        return given.model_copy(
            update={"title": put(given.title), "digest": put(given.digest), "body": put(given.body)}
        )

    match message:
        case Text():
            return message.model_copy(update={"text": put(message.text), "buttons": buttons(message.buttons)})
        case Card():
            return card(message)
        case Carousel():
            return message.model_copy(update={"cards": tuple(card(one) for one in message.cards)})
        case Articles():
            return message.model_copy(update={"articles": tuple(article(one) for one in message.articles)})
        case Image():
            return message


def _reworded(template: Template, put: Callable[[str], str]) -> Template:
    changed = tuple(value.model_copy(update={"text": put(value.text)}) for value in template.values)
    return template.model_copy(update={"values": changed})


def said_by(template: Template) -> str:
    """Return the text of a template with its values in their places; a place without one stays as it is."""
    known = {value.name: value.text for value in template.values}
    return _SLOT.sub(lambda match: known.get(match[1], match[0]), template.body)


def _texts(message: Message) -> tuple[str, ...]:
    match message:
        case Text():
            return (message.text, *(button.title for button in message.buttons))
        case Card():
            return (message.title, message.subtitle, *(button.title for button in message.buttons))
        case Carousel():
            return tuple(text for card in message.cards for text in _texts(card))
        case Articles():
            return tuple(text for one in message.articles for text in (one.title, one.digest, one.body))
        case Image():
            return ()


def _place(match: re.Match[str]) -> Place:
    return Place(match["name"], None if match["fallback"] is None else match["fallback"].strip())
