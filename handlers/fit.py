"""Compares what is to be said with what a platform can show, and lists every problem in a sentence.

Limits are found by name in the platform's table. A name that is not there is not limited:

| name | what is measured |
| --- | --- |
| `messages` | messages of one broadcast |
| `text`, `text_with_buttons` | the words of a text, without and with buttons under it |
| `buttons`, `button_title` | buttons under one message or card; the words on one |
| `choices`, `choice_title`, `choice_value` | quick replies; the words on one; what comes back from it |
| `way_out` | the words of the opt-out line, where there are no quick replies |
| `cards`, `card_title`, `card_subtitle` | cards of a carousel; their lines |
| `articles`, `article_title`, `article_author`, `article_digest`, `article_body` | articles; their parts |

Lengths are measured in the limit's own unit: `characters` (Unicode code points) or `bytes` (UTF-8).
In a problem's facts, `unit` and `kind` are themselves messages to translate, and `message` is the number of the
message in its broadcast, from 1.
"""

from collections.abc import Iterator, Sized
from dataclasses import dataclass, replace

from handlers.content import Article, Button, Card, Choice, Content, Message
from handlers.contract import Capabilities, Limit, Problem

EMPTY = Problem("empty", "There is nothing to send yet. Add a message first.")
KIND_UNSUPPORTED = Problem("kind_unsupported", "{platform} cannot show this kind of message ({kind}).")
BLANK_TEXT = Problem("blank_text", "The text is empty. Write something, or remove the message.")
BLANK_TITLE = Problem("blank_title", "A card or an article needs a title.")
BLANK_BUTTON = Problem("blank_button", "A button needs words on it and something to do when it is tapped.")
BLANK_CHOICE = Problem("blank_choice", "A quick reply needs words on it.")
NO_CARDS = Problem("no_cards", "The carousel has no cards. Add one, or remove the message.")
NO_ARTICLES = Problem("no_articles", "There is no article in this message. Add one, or remove the message.")

# One row for each limited thing; `Problem` is positional everywhere, for the extraction of messages.
TOO_MUCH = {
    "messages": Problem("too_many_messages", "The broadcast has {size} messages; {platform} takes at most {most}."),
    "text": Problem("text_too_long", "The text is {size} {unit} long; {platform} takes at most {most}."),
    "text_with_buttons": Problem(
        "text_too_long",
        "The text above the buttons is {size} {unit} long; {platform} takes at most {most} where there are buttons.",
    ),
    "buttons": Problem("too_many_buttons", "There are {size} buttons; {platform} takes at most {most}."),
    "button_title": Problem(
        "button_title_too_long",
        "The button “{value}” is {size} {unit} long; {platform} takes at most {most}.",
    ),
    "choices": Problem("too_many_choices", "There are {size} quick replies; {platform} takes at most {most}."),
    "choice_title": Problem(
        "choice_title_too_long",
        "The quick reply “{value}” is {size} {unit} long; {platform} takes at most {most}.",
    ),
    "choice_value": Problem(
        "choice_value_too_long",
        "What comes back from a quick reply is {size} {unit} long; {platform} takes at most {most}.",
    ),
    "way_out": Problem("way_out_too_long", "The opt-out line is {size} {unit} long; {platform} takes at most {most}."),
    "cards": Problem("too_many_cards", "There are {size} cards; {platform} takes at most {most} side by side."),
    "card_title": Problem(
        "card_title_too_long", "The card title “{value}” is {size} {unit} long; {platform} takes at most {most}."
    ),
    "card_subtitle": Problem(
        "card_subtitle_too_long",
        "The line under a card's title is {size} {unit} long; {platform} takes at most {most}.",
    ),
    "articles": Problem("too_many_articles", "There are {size} articles; {platform} takes at most {most}."),
    "article_title": Problem(
        "article_title_too_long",
        "The article title “{value}” is {size} {unit} long; {platform} takes at most {most}.",
    ),
    "article_author": Problem(
        "article_author_too_long", "The author's name is {size} {unit} long; {platform} takes at most {most}."
    ),
    "article_digest": Problem(
        "article_digest_too_long", "The article's summary is {size} {unit} long; {platform} takes at most {most}."
    ),
    "article_body": Problem(
        "article_body_too_long", "The article is {size} {unit} long; {platform} takes at most {most}."
    ),
}


@dataclass(frozen=True, slots=True)
class _Found:
    """Something to compare: a thing to measure under a limit's name, or a problem whatever the platform."""

    what: str = ""
    value: Sized = ()
    problem: Problem | None = None


def fit(content: Content, capabilities: Capabilities) -> list[Problem]:
    """List everything in `content` that the platform's table rules out; empty where all is well.

    The way out counts as a quick reply of the last message where the platform has quick replies.
    """
    if not content.messages:
        return [EMPTY]
    problems = _judge(_Found("messages", content.messages), capabilities)
    way_out: tuple[Choice, ...] = ()
    if content.way_out and capabilities.choices:
        way_out = (Choice(title=content.way_out, value=""),)
    elif content.way_out:
        problems += _judge(_Found("way_out", content.way_out), capabilities)
    for number, message in enumerate(content.messages, 1):
        choices = way_out if number == len(content.messages) else ()
        problems += [with_facts(problem, message=number) for problem in fit_message(message, choices, capabilities)]
    return problems


def fit_message(message: Message, choices: tuple[Choice, ...], capabilities: Capabilities) -> list[Problem]:
    """List everything in one message and the quick replies under it that the platform's table rules out."""
    if message.kind not in capabilities.kinds:
        return [with_facts(KIND_UNSUPPORTED, platform=capabilities.title or capabilities.name, kind=message.kind)]
    found = [*_in_message(message), *_in_choices(choices)]
    return [problem for each in found for problem in _judge(each, capabilities)]


def measure(what: str, value: Sized, capabilities: Capabilities) -> tuple[int, Limit] | None:
    """Return the size of `value` in the unit of the limit `what`, and the limit; None where there is none."""
    limit = next((limit for limit in capabilities.limits if limit.what == what), None)
    if limit is None:
        return None
    in_bytes = limit.unit == "bytes" and isinstance(value, str)
    return len(value.encode() if in_bytes and isinstance(value, str) else value), limit


def with_facts(problem: Problem, **facts: str | int) -> Problem:
    """Return `problem` with more facts for its sentence."""
    return replace(problem, facts={**problem.facts, **facts})


def _judge(found: _Found, capabilities: Capabilities) -> list[Problem]:
    if found.problem is not None:
        return [found.problem]
    measured = measure(found.what, found.value, capabilities)
    if measured is None or measured[0] <= measured[1].most:
        return []
    size, limit = measured
    value = found.value if isinstance(found.value, str) else ""
    return [
        with_facts(
            TOO_MUCH[found.what],
            size=size,
            most=limit.most,
            unit=limit.unit,
            platform=capabilities.title or capabilities.name,
            value=value,
        )
    ]


def _in_message(message: Message) -> Iterator[_Found]:
    match message.kind:
        case "text":
            if not message.text.strip():
                yield _Found(problem=BLANK_TEXT)
            yield _Found("text_with_buttons" if message.buttons else "text", message.text)
            yield from _in_buttons(message.buttons)
        case "card":
            yield from _in_card(message)
        case "carousel":
            if not message.cards:
                yield _Found(problem=NO_CARDS)
            yield _Found("cards", message.cards)
            for card in message.cards:
                yield from _in_card(card)
        case "articles":
            if not message.articles:
                yield _Found(problem=NO_ARTICLES)
            yield _Found("articles", message.articles)
            for article in message.articles:
                yield from _in_article(article)


def _in_card(card: Card) -> Iterator[_Found]:
    if not card.title.strip():
        yield _Found(problem=BLANK_TITLE)
    yield _Found("card_title", card.title)
    yield _Found("card_subtitle", card.subtitle)
    yield from _in_buttons(card.buttons)


def _in_article(article: Article) -> Iterator[_Found]:
    if not article.title.strip():
        yield _Found(problem=BLANK_TITLE)
    yield _Found("article_title", article.title)
    yield _Found("article_author", article.author)
    yield _Found("article_digest", article.digest)
    yield _Found("article_body", article.body)


def _in_buttons(buttons: tuple[Button, ...]) -> Iterator[_Found]:
    yield _Found("buttons", buttons)
    for button in buttons:
        if not button.title.strip() or not button.value.strip():
            yield _Found(problem=BLANK_BUTTON)
        yield _Found("button_title", button.title)


def _in_choices(choices: tuple[Choice, ...]) -> Iterator[_Found]:
    yield _Found("choices", choices)
    for choice in choices:
        if not choice.title.strip():
            yield _Found(problem=BLANK_CHOICE)
        yield _Found("choice_title", choice.title)
        yield _Found("choice_value", choice.value)
