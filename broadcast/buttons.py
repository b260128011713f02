"""The buttons of a broadcast as one person gets them: each knows whose it is, so that a tap can be counted.

A button's place is "message.button", or "message.card.button" in a carousel, counted from 0. A flow's button comes
back as `flow:NAME|BROADCAST.PLACE`; what comes back is looked up, never believed.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

from broadcast.links import Links, Tap
from handlers.content import Button, Card, Carousel, Content, Message, Text

FLOW = "flow:"
_MARK = "|"

Change = Callable[[str, Button], Button]
Holder = TypeVar("Holder", Text, Card)


def has_buttons(content: Content) -> bool:
    """Say whether anything in a content can be tapped, apart from the way out."""
    return any(True for _ in places(content))


def places(content: Content) -> Iterator[tuple[str, Button]]:
    """Yield every button with its place."""
    found: list[tuple[str, Button]] = []

    def note(place: str, button: Button) -> Button:
        found.append((place, button))
        return button

    for step, message in enumerate(content.messages):
        _changed(message, str(step), note)
    yield from found


def button_at(content: Content, place: str) -> Button | None:
    """Return the button at a place; None when there is none."""
    return dict(places(content)).get(place)


def addressed(
    message: Message, step: int, broadcast_id: int, subscriber_id: int, links: Links | None, *, taps: bool = True
) -> Message:
    """Return the message with its buttons marked for one person.

    Without `links` addresses stay as they are, without `taps` the flows' buttons.
    """

    def mark(place: str, button: Button) -> Button:
        if button.kind == "flow" and taps:
            value = f"{FLOW}{button.value}{_MARK}{broadcast_id}.{place}"
            return button.model_copy(update={"kind": "reply", "value": value})
        if button.kind == "url" and links is not None:
            return button.model_copy(update={"value": links.address(Tap(broadcast_id, subscriber_id, place))})
        return button

    return _changed(message, str(step), mark)


def read_payload(payload: str) -> tuple[str, int, str]:
    """Return (payload without its mark, broadcast id or 0, place or '') of a tapped button."""
    plain, found, mark = payload.partition(_MARK)
    number, _, place = mark.partition(".")
    if not (found and plain.startswith(FLOW) and number.isascii() and number.isdigit() and len(number) < 10):
        return payload, 0, ""
    return plain, int(number), place


def _changed(message: Message, place: str, change: Change) -> Message:
    match message:
        case Text():
            return _with(message, place, change)
        case Card():
            return _with(message, place, change)
        case Carousel():
            cards = tuple(_with(card, f"{place}.{number}", change) for number, card in enumerate(message.cards))
            return message.model_copy(update={"cards": cards})
        case _:
            return message


def _with(holder: Holder, place: str, change: Change) -> Holder:
    buttons = tuple(change(f"{place}.{number}", button) for number, button in enumerate(holder.buttons))
    return holder.model_copy(update={"buttons": buttons})
