"""Pure changes to what a broadcast says: messages, and the cards or articles in them, added, moved, copied, removed.

A place is (message, part), both counted from 1; part 0 is the whole message. Cards side by side are one message, and
so are the articles of one push: a card that gets company becomes a carousel, and a carousel of one a card again.
"""

from collections.abc import Sequence

from handlers.content import Article, Articles, Button, Card, Carousel, Content, Message, Text

Place = tuple[int, int]
Part = Card | Article


class NoSuchPlace(Exception):
    """There is no message, or no part of it, with this number."""


def message_at(content: Content, number: int) -> Message:
    """Return message `number`. Raises `NoSuchPlace`."""
    if not 1 <= number <= len(content.messages):
        raise NoSuchPlace
    return content.messages[number - 1]


def parts(message: Message) -> tuple[Part, ...]:
    """Return the cards or articles a message is made of; none for a text or a picture."""
    match message:
        case Card():
            return (message,)
        case Carousel():
            return message.cards
        case Articles():
            return message.articles
        case _:
            return ()


def part_at(content: Content, place: Place) -> Part:
    """Return the part at a place, the first where the place is the whole message. Raises `NoSuchPlace`."""
    found = parts(message_at(content, place[0]))
    at = max(place[1], 1)
    if at > len(found):
        raise NoSuchPlace
    return found[at - 1]


def added(content: Content, new: Sequence[Message]) -> Content:
    """Return the content with messages at its end."""
    return _with(content, [*content.messages, *new])


def replaced(content: Content, number: int, new: Sequence[Message]) -> Content:
    """Return the content with other messages in the place of message `number`. Raises `NoSuchPlace`."""
    message_at(content, number)
    return _with(content, [*content.messages[: number - 1], *new, *content.messages[number:]])


def put_part(content: Content, place: Place, part: Part) -> Content:
    """Return the content with a card or an article in it: new, beside others, or instead of one of them.

    `place` is (0, 0) for a new message, (2, 0) for one more in message 2, (2, 1) for the first of message 2 anew.
    Raises `NoSuchPlace`.
    """
    number, at = place
    if not number:
        return added(content, [_joined([part])])
    present = [*parts(message_at(content, number))]
    if at > len(present):
        raise NoSuchPlace
    if at:
        present[at - 1] = part
    else:
        present.append(part)
    return replaced(content, number, [_joined(present)])


def removed(content: Content, place: Place) -> Content:
    """Return the content without what is there; a message goes with its last part. Raises `NoSuchPlace`."""
    number, at = place
    if not at:
        return replaced(content, number, [])
    part_at(content, place)
    left = [part for here, part in enumerate(parts(message_at(content, number)), 1) if here != at]
    return replaced(content, number, [_joined(left)] if left else [])


def copied(content: Content, place: Place) -> Content:
    """Return the content with what is there once more, right behind it. Raises `NoSuchPlace`."""
    number, at = place
    if not at:
        return replaced(content, number, [message_at(content, number)] * 2)
    part = part_at(content, place)
    present = [*parts(message_at(content, number))]
    present.insert(at, part)
    return replaced(content, number, [_joined(present)])


def moved(content: Content, place: Place, to: int) -> tuple[Content, int]:
    """Return the content with what is there as number `to` among its own kind, and the number it really got.

    Raises `NoSuchPlace`.
    """
    number, at = place
    if not at:
        messages = [*content.messages]
        message_at(content, number)
        there = min(max(to, 1), len(messages))
        messages.insert(there - 1, messages.pop(number - 1))
        return _with(content, messages), there
    part_at(content, place)
    present = [*parts(message_at(content, number))]
    there = min(max(to, 1), len(present))
    present.insert(there - 1, present.pop(at - 1))
    return replaced(content, number, [_joined(present)]), there


def with_buttons(content: Content, place: Place, buttons: Sequence[Button]) -> Content:
    """Return the content with these buttons under the text or card at a place. Raises `NoSuchPlace`.

    Raises it too where there can be no button: under a picture or an article.
    """
    message = message_at(content, place[0])
    if isinstance(message, Text) and not place[1]:
        return replaced(content, place[0], [message.model_copy(update={"buttons": tuple(buttons)})])
    part = part_at(content, place)
    if not isinstance(part, Card):
        raise NoSuchPlace
    return put_part(content, (place[0], max(place[1], 1)), part.model_copy(update={"buttons": tuple(buttons)}))


def buttons_at(content: Content, place: Place) -> tuple[Button, ...]:
    """Return the buttons at a place. Raises `NoSuchPlace` where there can be none."""
    message = message_at(content, place[0])
    if isinstance(message, Text) and not place[1]:
        return message.buttons
    part = part_at(content, place)
    if not isinstance(part, Card):
        raise NoSuchPlace
    return part.buttons


def last_for_buttons(content: Content) -> Place | None:
    """Return the place a new button belongs to, at the end of the content; None where it can have none."""
    if not content.messages:
        return None
    number = len(content.messages)
    match content.messages[-1]:
        case Text():
            return number, 0
        case Card():
            return number, 1
        case Carousel(cards=cards):
            return number, len(cards)
        case _:
            return None


def _joined(found: Sequence[Part]) -> Message:
    articles = tuple(part for part in found if isinstance(part, Article))
    if articles:
        return Articles(articles=articles)
    cards = tuple(part for part in found if isinstance(part, Card))
    return cards[0] if len(cards) == 1 else Carousel(cards=cards)


def _with(content: Content, messages: Sequence[Message]) -> Content:
    return content.model_copy(update={"messages": tuple(messages)})
