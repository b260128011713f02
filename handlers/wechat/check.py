"""Everything about a content that WeChat would refuse: its table of limits, and what no table can say."""

from collections.abc import Callable, Iterator

from handlers.address import address_problem
from handlers.content import Article, Articles, Content, Message, Text
from handlers.contract import Problem
from handlers.fit import fit, measure, with_facts
from handlers.wechat.capabilities import CAPABILITIES, HTML_BYTES, MASS_TEXT_ADVISED, SOURCE_URL_BYTES
from handlers.wechat.page import page_html, pictures
from handlers.wechat.words import mass_text, way_out_line

WHOLE_TEXT_TOO_LONG = Problem(
    "text_too_long",
    "With its buttons and the opt-out line the text is {size} {unit} long; WeChat takes at most {most}.",
)
WHOLE_ARTICLE_TOO_LONG = Problem(
    "article_body_too_long",
    "As a page the article “{value}” is {size} {unit} long; WeChat takes at most {most}. Shorten it, or split it.",
)
NO_COVER = Problem("article_without_cover", "The article “{value}” has no cover. Send a picture for it.")
NO_BODY = Problem("article_without_body", "The article “{value}” has nothing in it. Write something to read.")
BAD_ADDRESS = Problem(
    "bad_address", "“{value}” is not an address WeChat can open. It should look like https://example.com/page."
)
PICTURE_ELSEWHERE = Problem(
    "picture_elsewhere",
    "The picture “{value}” is kept elsewhere; pictures are only taken out of WeChat itself. Send it here in the chat.",
)
STRIPPED_PICTURE = Problem(
    "article_picture_stripped",
    "WeChat takes the picture “{value}” out of the article, because it is kept elsewhere. "
    "Send the picture here first, then use it.",
)
LONG_MASS_TEXT = Problem(
    "text_perhaps_too_long",
    "The text is {size} {unit} long. WeChat has refused mass texts above about {most}; an article has more room.",
)
ONE_ARTICLE_ONLY = Problem(
    "one_article_only",
    "A message to one person can show one article with a link; this has {size}, or lacks the link. Send it to many.",
)


def check(content: Content, *, own_picture: Callable[[str], bool]) -> list[Problem]:
    """List every problem of `content`, those of the table first. No I/O.

    `own_picture` says whether a picture's address is one that we may fetch from, or WeChat's own.
    """
    problems = fit(content, CAPABILITIES)
    codes = {problem.code for problem in problems}
    for number, message in enumerate(content.messages, 1):
        found = [*_in_message(message, content.way_out, own_picture)]
        # What is too long by itself is too long as a whole; once is enough.
        problems += [with_facts(problem, message=number) for problem in found if problem.code not in codes]
    return problems


def advise(content: Content, most_characters: int = MASS_TEXT_ADVISED) -> list[Problem]:
    """List what WeChat may well refuse in a mass message though it is nowhere written down."""
    return [
        with_facts(LONG_MASS_TEXT, size=size, most=most_characters, unit="characters", message=number)
        for number, message in enumerate(content.messages, 1)
        if isinstance(message, Text) and (size := len(mass_text(message, content.way_out))) > most_characters
    ]


def check_personal(content: Content) -> list[Problem]:
    """List what cannot go by the customer-service road though it could be mass-sent."""
    return [
        with_facts(ONE_ARTICLE_ONLY, size=len(message.articles), message=number)
        for number, message in enumerate(content.messages, 1)
        if isinstance(message, Articles) and not (len(message.articles) == 1 and message.articles[0].source_url)
    ]


def _in_message(message: Message, way_out: str, own_picture: Callable[[str], bool]) -> Iterator[Problem]:
    match message.kind:
        case "text":
            yield from _too_long("text", mass_text(message, way_out), WHOLE_TEXT_TOO_LONG)
            for button in message.buttons:
                if button.kind == "url":
                    yield from _address(button.value)
        case "image":
            yield from _own(message.url, own_picture)
        case "articles":
            last = len(message.articles)
            for number, article in enumerate(message.articles, 1):
                line = way_out_line(way_out) if number == last else ""
                yield from _in_article(article, page_html(article, line), own_picture)


def _in_article(article: Article, page: str, own_picture: Callable[[str], bool]) -> Iterator[Problem]:
    if article.cover_url:
        yield from _own(article.cover_url, own_picture)
    else:
        yield with_facts(NO_COVER, value=article.title)
    if not article.body.strip():
        yield with_facts(NO_BODY, value=article.title)
    if article.source_url:
        yield from _address(article.source_url)
    yield from _too_long("article_body", page, WHOLE_ARTICLE_TOO_LONG, value=article.title)
    if len(page.encode()) > HTML_BYTES:
        size = len(page.encode())
        yield with_facts(WHOLE_ARTICLE_TOO_LONG, value=article.title, size=size, most=HTML_BYTES, unit="bytes")
    if len(article.source_url.encode()) > SOURCE_URL_BYTES:
        yield with_facts(BAD_ADDRESS, value=article.source_url)
    for address in pictures(article.body):
        if not own_picture(address):
            yield with_facts(STRIPPED_PICTURE, value=address)


def _too_long(what: str, words: str, problem: Problem, **facts: str) -> Iterator[Problem]:
    measured = measure(what, words, CAPABILITIES)
    if measured is not None and measured[0] > measured[1].most:
        size, limit = measured
        yield with_facts(problem, size=size, most=limit.most, unit=limit.unit, **facts)


def _address(address: str) -> Iterator[Problem]:
    if (problem := address_problem(address, BAD_ADDRESS)) is not None:
        yield problem


def _own(address: str, own_picture: Callable[[str], bool]) -> Iterator[Problem]:
    if not own_picture(address):
        yield with_facts(PICTURE_ELSEWHERE, value=address)
