"""Everything about a content that Messenger would refuse: its table of limits, and what no table can say."""

import re
from collections.abc import Iterator

from handlers.address import address_problem
from handlers.content import Article, Button, Card, Content, Message
from handlers.contract import Problem
from handlers.fit import fit, measure, with_facts
from handlers.messenger.capabilities import CAPABILITIES
from handlers.messenger.render import button_payload

BAD_ADDRESS = Problem(
    "bad_address", "“{value}” is not an address Facebook can open. It should look like https://example.com/page."
)
BAD_PHONE = Problem(
    "bad_phone", "“{value}” is not a phone number in international form. It should look like +4930123456."
)
BARE_CARD = Problem(
    "bare_card", "The card “{value}” has only a title. Give it a second line, a picture, a link or a button."
)
ARTICLE_WITHOUT_LINK = Problem(
    "article_without_link",
    "The article “{value}” has no link. Messenger shows an article as a card that opens its page, so it needs one.",
)
PAYLOAD_TOO_LONG = Problem(
    "button_payload_too_long",
    "What comes back from the button “{value}” is {size} {unit} long; Messenger takes at most {most}.",
)

_PHONE = re.compile(r"\+[1-9][0-9]{4,14}")  # E.164: up to 15 digits


def check(content: Content) -> list[Problem]:
    """List every problem of `content`, those of the table first. No I/O."""
    problems = fit(content, CAPABILITIES)
    for number, message in enumerate(content.messages, 1):
        problems += [with_facts(problem, message=number) for problem in _in_message(message)]
    return problems


def _in_message(message: Message) -> Iterator[Problem]:
    match message.kind:
        case "text":
            yield from _in_buttons(message.buttons)
        case "image":
            yield from _addresses(message.url)
        case "card":
            yield from _in_card(message)
        case "carousel":
            for card in message.cards:
                yield from _in_card(card)
        case "articles":
            for article in message.articles:
                yield from _in_article(article)


def _in_card(card: Card) -> Iterator[Problem]:
    if not (card.subtitle or card.image_url or card.link or card.buttons):
        yield with_facts(BARE_CARD, value=card.title)
    yield from _addresses(*filter(None, (card.image_url, card.link)))
    yield from _in_buttons(card.buttons)


def _in_article(article: Article) -> Iterator[Problem]:
    if not article.source_url:
        yield with_facts(ARTICLE_WITHOUT_LINK, value=article.title)
    yield from _addresses(*filter(None, (article.cover_url, article.source_url)))


def _addresses(*addresses: str) -> Iterator[Problem]:
    for address in addresses:
        if (problem := address_problem(address, BAD_ADDRESS)) is not None:
            yield problem


def _in_buttons(buttons: tuple[Button, ...]) -> Iterator[Problem]:
    for button in buttons:
        match button.kind:
            case "url":
                yield from _addresses(button.value)
            case "phone":
                if not _PHONE.fullmatch(button.value):
                    yield with_facts(BAD_PHONE, value=button.value)
            case "flow" | "reply":
                yield from _in_payload(button)


def _in_payload(button: Button) -> Iterator[Problem]:
    measured = measure("button_payload", button_payload(button), CAPABILITIES)
    if measured is not None and measured[0] > measured[1].most:
        size, limit = measured
        yield with_facts(PAYLOAD_TOO_LONG, value=button.title, size=size, most=limit.most, unit=limit.unit)
