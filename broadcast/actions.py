"""What a button does: reading it from what was typed, and what is wrong with it. Nothing is fetched here."""

import difflib
import re
from collections.abc import Iterable, Iterator

from broadcast.arrange import parts
from handlers.address import address_problem
from handlers.content import Article, Button, Card, Content, Message, Text
from handlers.contract import Problem
from handlers.fit import with_facts

BAD_LINK = Problem("bad_link", "“{value}” is not a web address. It should look like https://example.com/page.")
LINK_TOO_LONG = Problem("link_too_long", "That address is {size} characters long; {most} is the most. Shorten it.")
BAD_NUMBER = Problem(
    "bad_number", "“{value}” is not a phone number in international form. It should look like +4930123456."
)
NO_FLOWS = Problem("missing_flow", "There is no flow “{value}”; no flow is set up here.")
MISSING_FLOW = Problem("missing_flow", "There is no flow “{value}”. Use one of: {known}.")
NEAR_FLOW = Problem("missing_flow", "There is no flow “{value}”. Did you mean {near}?")

LONGEST_LINK = 2000
"""Characters. Old browsers stop at 2,083 (Microsoft, "Maximum URL length"); what is longer is no link for a phone."""

_LINE = re.compile(r"\[([^\[\]\n]+)\]\(\s*([^()\s][^\n]*?)\s*\)")
_PHONE = re.compile(r"\+[1-9][0-9]{4,14}")  # E.164: up to 15 digits
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_BLANKS = re.compile(r"[\s().\-‐‑–/]")


def read_buttons(text: str) -> tuple[str, tuple[Button, ...]]:
    """Return a text without the button lines at its end, and those buttons.

    A button line is `[Words](https://…)`, `[Words](flow:name)` or `[Words](tel:+49…)`. Any other line stays.
    """
    lines = text.split("\n")
    found: list[Button] = []
    while lines:
        last = lines[-1].strip()
        made = read_button(last)
        if made is None and last:
            break
        if made is not None:
            found.insert(0, made)
        lines.pop()
    return ("\n".join(lines), tuple(found)) if found else (text, ())


def read_button(line: str) -> Button | None:
    """Return the button a line is exactly, right or wrong; None when it is none."""
    match = _LINE.fullmatch(line)
    if match is None or not _SCHEME.match(match[2]):
        return None
    return button(match[1].strip(), match[2])


def button(title: str, target: str) -> Button:
    """Return the button that does what `target` says: an address, `tel:` and a number, `flow:` and a name."""
    said = target.strip()
    scheme, _, rest = said.partition(":")
    match scheme.casefold():
        case "flow":
            return Button(kind="flow", title=title, value=rest.strip())
        case "tel":
            return Button(kind="phone", title=title, value=_BLANKS.sub("", rest))
    number = _BLANKS.sub("", said)
    if re.fullmatch(r"\+?[0-9]{5,}", number):
        return Button(kind="phone", title=title, value=number)
    return Button(kind="url", title=title, value=said)


def action_problems(content: Content, flows: Iterable[str]) -> list[Problem]:
    """List the buttons and links that lead nowhere: bad addresses and numbers, flows that are not there."""
    known = tuple(flows)
    return [
        with_facts(problem, message=number)
        for number, message in enumerate(content.messages, 1)
        for problem in _in_message(message, known)
    ]


def link_problem(address: str) -> Problem | None:
    """Return what is wrong with a web address, None when people can be sent there."""
    if (problem := address_problem(address, BAD_LINK)) is not None:
        return problem
    if len(address) > LONGEST_LINK:
        return with_facts(LINK_TOO_LONG, value=address, size=len(address), most=LONGEST_LINK)
    return None


def _in_message(message: Message, flows: tuple[str, ...]) -> Iterator[Problem]:
    buttons: list[Button] = [*message.buttons] if isinstance(message, Text) else []
    links: list[str] = []
    for part in parts(message):
        match part:
            case Card():
                buttons += part.buttons
                links.append(part.link)
            case Article():
                links.append(part.source_url)
    yield from (problem for link in links if link and (problem := link_problem(link)))
    yield from (problem for each in buttons if (problem := _in_button(each, flows)))


def _in_button(each: Button, flows: tuple[str, ...]) -> Problem | None:
    match each.kind:
        case "url":
            return link_problem(each.value)
        case "phone" if not _PHONE.fullmatch(each.value):
            return with_facts(BAD_NUMBER, value=each.value)
        case "flow" if each.value not in flows:
            return _missing(each.value, flows)
        case _:
            return None


def _missing(name: str, flows: tuple[str, ...]) -> Problem:
    if near := difflib.get_close_matches(name, flows, n=1):
        return with_facts(NEAR_FLOW, value=name, near=near[0])
    if flows:
        return with_facts(MISSING_FLOW, value=name, known=", ".join(flows))
    return with_facts(NO_FLOWS, value=name)
