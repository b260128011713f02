"""The parts a flow's file is written with: texts, names, addresses, lengths of time, and what each may be.

Every refusal ends a sentence that begins with the name of the key. Numbers without a source are our own bounds.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from bot.flows.days import TODAY
from broadcast.audience.fields import Vocabulary
from broadcast.audience.values import MOST_DIGITS
from broadcast.when.durations import parse_duration
from handlers.address import is_web_address, names_user
from handlers.contract import Problem

MOST_TEXT: Final = 1_000
"""Characters of one answer that is kept: what a person types on a phone, and small in a subscriber's row."""
LONGEST_TIME_OUT: Final = timedelta(days=30)
"""A run is over after that, so that the number of people who are in a flow means something."""
LONGEST_WAIT: Final = timedelta(hours=23)
"""What is said later than that would not arrive: Messenger closes the conversation 24 hours after a person wrote
(developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages), less an hour of margin."""

NEXT: Final = "next"
COMPLETE: Final = "complete"
DROP: Final = "drop"
HUMAN: Final = "human"
ENDS: Final = (NEXT, COMPLETE, DROP, HUMAN)
"""Where one can go besides to a step: on, to the end, out, to a person."""

EVERY_LANGUAGE: Final = ""
"""The key of a text that is written once for everybody, as `text = "…"`."""


def _as_words(given: object) -> object:
    return {EVERY_LANGUAGE: given} if isinstance(given, str) else given


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; write something, or remove the line")
    return text


def matching(pattern: str, sentence: str) -> Callable[[str], str]:
    """Return a validator that says `sentence` where the whole text is not like `pattern`."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(sentence)
        return text

    return check


def _step_id(text: str) -> str:
    if text in ENDS:
        raise ValueError(f"“{text}” is a word of the language itself; give the step another id")
    return matching(r"[A-Za-z0-9_-]{1,40}", "an id is 1 to 40 letters A-Z, digits, - and _")(text)


def _variable(text: str) -> str:
    matching(r"[^\W\d][\w-]{0,39}", "a variable's name is 1 to 40 letters, digits, - and _, beginning with a letter")(
        text
    )
    if (field := Vocabulary().find(text)) is not None:
        raise ValueError(f"“{text}” already means the {field.label} of a person; give the variable another name")
    return text


def _address(text: str) -> str:
    if names_user(text):
        raise ValueError("holds a user name or a password, which everybody could read; leave that part out")
    if not is_web_address(text):
        raise ValueError("is no address; it must begin with https:// (or http://), and have no blanks in it")
    return text


@cache
def length(text: str) -> timedelta:
    """Return the length of time that `text` says, such as "2 hours". Raises ValueError for anything else."""
    read = parse_duration(text)
    if isinstance(read, Problem):
        raise ValueError("is no length of time; write a number with its unit, like 30 minutes, 2 hours or 1 day")  # noqa: TRY004 - what pydantic collects
    return read


def _duration(most: timedelta) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not timedelta(0) < length(text) <= most:
            hours = int(most.total_seconds() // 3600)
            raise ValueError(f"is outside of what is possible, which is up to {hours} hours")
        return text

    return check


def _as_day(given: object) -> object:
    return given.isoformat() if isinstance(given, date) and not isinstance(given, datetime) else given


def _day(text: str) -> str:
    if text != TODAY:
        try:
            date.fromisoformat(text)
        except ValueError:
            raise ValueError("write a date such as 2026-12-24, or “today”") from None
    return text


def _setting(given: object) -> object:
    given = _as_day(given)
    match given:
        case bool() | float():
            return given
        case int() if abs(given) < 10**MOST_DIGITS:
            return given
        case str() if 0 < len(given.strip()) <= MOST_TEXT:
            return given
    raise ValueError(
        f"a value is a text of 1 to {MOST_TEXT} characters, a number of up to {MOST_DIGITS} digits, true, false, "
        "or a date; to take a value away, write its name under clear"
    )


def _option_value(given: object) -> object:
    match _setting(given):
        case bool() | float():
            raise ValueError("the value of an option is a text or a whole number")
        case value:
            return value


Words = Annotated[dict[Literal["", "en", "zh_CN"], Annotated[str, AfterValidator(_not_blank)]],
                  Field(min_length=1), BeforeValidator(_as_words)]  # fmt: skip
"""A text in each language, or under `EVERY_LANGUAGE` one text for all."""
StepId = Annotated[str, AfterValidator(_step_id)]
Target = str
"""A step's id or one of `ENDS`."""
Variable = Annotated[str, AfterValidator(_variable)]
Tag = Annotated[str, AfterValidator(matching(r"\S(?:.{0,48}\S)?", "a tag is 1 to 50 characters"))]
Name = Annotated[str, AfterValidator(matching(
    r"[\w][\w -]{0,48}[\w]|\w", "a flow's name is 1 to 50 letters, digits, spaces, - and _"))]  # fmt: skip
Ref = Annotated[str, AfterValidator(matching(
    # m.me takes these and no others, so a QR scene is held to them too: discovery/m-me-links.
    r"[A-Za-z0-9_=-]{1,64}", "a ref is 1 to 64 of the characters A-Z, a-z, 0-9, -, _ and ="))]  # fmt: skip
Keyword = Annotated[
    str,
    AfterValidator(matching(r"[^\s/／][^\n]{0,39}", "a keyword is one line of 1 to 40 characters, and no /command")),
]
Address = Annotated[str, AfterValidator(_address)]
TimeOut = Annotated[str, AfterValidator(_duration(LONGEST_TIME_OUT))]
Pause = Annotated[str, AfterValidator(_duration(LONGEST_WAIT))]
Day = Annotated[str, BeforeValidator(_as_day), AfterValidator(_day)]
"""A date, or "today"."""
Setting = Annotated[bool | int | float | str, BeforeValidator(_setting)]
"""The value of a variable; a date is kept as 2026-12-24."""
OptionValue = Annotated[int | str, BeforeValidator(_option_value)]
"""What is kept when an option is chosen."""


def in_language(words: Mapping[Literal["", "en", "zh_CN"], str], language: str) -> str:
    """Return a text as people of this language read it: their own, else English, else what there is."""
    by_language = {str(key): text for key, text in words.items()}
    return by_language.get(language) or by_language.get("en") or next(iter(by_language.values()))
