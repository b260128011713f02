"""Reads one answer as its question wants it, in English and Chinese, or says what is wrong with it."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from bot.flows.days import read_day
from bot.flows.definition import AskChoice, AskDate, AskEmail, AskNumber, AskPhone, AskText, AskYesNo, Question
from bot.flows.run import Value
from bot.flows.words import NO, YES, said
from broadcast.audience.values import MOST_DIGITS
from broadcast.when.normal import normalise, quoted
from handlers.contract import Problem

NO_WORDS = Problem("no_words", "I can only read words here. Please type your answer.")

# Groups of three behind commas or spaces are thousands: 1,500 is fifteen hundred, while 3,5 is three and a half.
_GROUPED = re.compile(r"[+-]?\d{1,3}([, ]\d{3})+(\.\d+)?")
_PLAIN = re.compile(r"[+-]?\d+([.,]\d+)?")

# RFC 5321, 4.5.3.1: 64 octets before the @, 254 in all (RFC 3696, erratum 1690). What may stand there is far wider
# on paper than in any mailbox; this takes what providers give out, in any script behind the @.
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,63}")
MOST_EMAIL = 254

# ITU-T E.164, 6.2.1: at most 15 digits with the country code. No country has fewer than seven in all.
_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_PHONE_SIGNS = re.compile(r"[\s().\-/‐‑–]")
KEEPS_ZERO = frozenset({"+39", "+378", "+379"})
"""Where the 0 before a number at home is dialled from abroad, too: Italy, San Marino, the Vatican."""
TRUNK = {"+7": "8", "+36": "06"} | dict.fromkeys(KEEPS_ZERO, "")
"""What is dialled before a number at home and not from abroad, where that is not a 0 (ITU-T E.164, national plans)."""
USUAL_LENGTH = 10
LENGTHS = {"+45": 8, "+47": 8, "+65": 8, "+55": 11} | dict.fromkeys(
    ("+31", "+32", "+33", "+34", "+36", "+41", "+46", "+48"), 9
)
"""The most digits of a number at home that begins like its country's code, where that is not `USUAL_LENGTH`: with more
of them it is the code (ITU-T E.164, national plans)."""


def read_answer(question: Question, text: str, today: date) -> Value | Problem:
    """Return the value that a typed answer stands for. A choice is read by its place or title elsewhere."""
    if not text.strip():
        return NO_WORDS
    match question:
        case AskText():
            return _text(question, text)
        case AskNumber():
            return _number(question, text)
        case AskChoice():
            return Problem(
                "no_such_choice",
                "I do not find “{text}” among the answers. Please tap one, or send its number, 1 to {count}.",
                {"text": quoted(text), "count": len(question.options)},
            )
        case AskYesNo():
            return _yes_no(text)
        case AskDate():
            return read_day(in_our_digits(text), today, question.earliest, question.latest)
        case AskEmail():
            return _email(text)
        case AskPhone():
            return _phone(question, text)


def chosen(text: str, titles: Sequence[Sequence[str]]) -> int | None:
    """Return the place, from 0, of the choice that `text` names by its title in any language, or by its number."""
    word = said(in_our_digits(text))
    for place, ways in enumerate(titles):
        if word and word in {said(in_our_digits(title)) for title in ways}:
            return place
    if word.isascii() and word.isdecimal() and len(word) < 3 and 1 <= int(word) <= len(titles):
        return int(word) - 1
    return None


def _text(question: AskText, text: str) -> str | Problem:
    # Neither database keeps NUL, nor half a surrogate pair, in a text.
    kept = re.sub("[\x00\ud800-\udfff]", "", text).strip()
    if len(kept) < question.shortest:
        return Problem(
            "too_short",
            "That is {size} characters long; please write at least {least}.",
            {"size": len(kept), "least": question.shortest},
        )
    if len(kept) > question.longest:
        return Problem(
            "too_long",
            "That is {size} characters long; please write at most {most}.",
            {"size": len(kept), "most": question.longest},
        )
    return kept


def _number(question: AskNumber, text: str) -> int | float | Problem:
    number = read_number(text)
    if number is None:
        return Problem(
            "not_a_number", "I do not understand “{text}” as a number. Please send one like {example}.",
            {"text": quoted(text), "example": 7 if question.whole else "7 / 7.5"},
        )  # fmt: skip
    if question.whole and number != int(number):
        return Problem("not_whole", "“{text}” is not a whole number. Please send one like 7.", {"text": quoted(text)})
    if question.least is not None and number < question.least:
        least = shown(question.least)
        return Problem(
            "too_small",
            "{number} is too small: please send {least} or more.",
            {"number": shown(number), "least": least},
        )
    if question.most is not None and number > question.most:
        most = shown(question.most)
        return Problem(
            "too_large", "{number} is too large: please send {most} or less.", {"number": shown(number), "most": most}
        )
    return int(number) if question.whole else number


def read_number(text: str) -> int | float | None:
    """Return the number that `text` is, in digits of any script, in Chinese or in words up to a hundred."""
    plain = normalise(in_our_digits(text))
    if _GROUPED.fullmatch(plain):
        plain = re.sub("[, ]", "", plain)
    elif _PLAIN.fullmatch(plain):
        plain = plain.replace(",", ".")
    else:
        return None
    if not plain.isascii() or sum(map(str.isdigit, plain)) > MOST_DIGITS:
        return None
    return float(plain) if "." in plain else int(plain)


def in_our_digits(text: str) -> str:
    """Return `text` with the digits of every script (٣, ३, ３) as 0 to 9."""
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def shown(number: float) -> str:
    """Return a number as people write it: 3 rather than 3.0."""
    return str(int(number)) if number == int(number) else str(number)


def _yes_no(text: str) -> bool | Problem:
    word = said(text)
    if word in YES:
        return True
    if word in NO:
        return False
    return Problem(
        "not_yes_or_no", "I do not understand “{text}” as yes or no. Please send yes or no.", {"text": quoted(text)}
    )


def _email(text: str) -> str | Problem:
    # What ends a sentence, or brackets it, is not meant; no domain ends with one.
    address = unicodedata.normalize("NFKC", text).strip().rstrip("。.,;!?>").lstrip("<").removeprefix("mailto:")
    name, _, domain = address.rpartition("@")
    fits = _EMAIL.fullmatch(address) and len(address.encode()) <= MOST_EMAIL
    if not fits or ".." in address or name.startswith(".") or name.endswith("."):
        return Problem(
            "not_an_email",
            "“{text}” is not an e-mail address. Please send one like anna@example.com.",
            {"text": quoted(text)},
        )
    return f"{name}@{domain.lower()}"


def _phone(question: AskPhone, text: str) -> str | Problem:
    digits = _PHONE_SIGNS.sub("", unicodedata.normalize("NFKC", in_our_digits(text)).replace("(0)", "")).removeprefix(
        "tel:"
    )
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if not digits.startswith("+"):
        if question.country is None:
            if digits.isdecimal():
                return Problem(
                    "no_country",
                    "Please send the number with its country code, like +86 138 0013 8000 or +49 30 123456.",
                )
        else:
            digits = _from_abroad(digits, question.country)
    if not digits.isascii() or not _PHONE.fullmatch(digits):
        return Problem(
            "not_a_phone_number",
            "“{text}” is not a phone number. Please send 7 to 15 digits, like +49 30 123456.",
            {"text": quoted(text)},
        )
    return digits


def _from_abroad(digits: str, country: str) -> str:
    """Return a number as it is written at home in `country`, or with that country's code but without a plus."""
    too_long = len(digits) > LENGTHS.get(country, USUAL_LENGTH)
    if too_long and digits.startswith(country[1:]):
        return f"+{digits}"
    trunk = TRUNK.get(country, "0")
    # A number may begin with an 8 of its own, and is longer with that of the trunk; a 0 is never its own.
    return f"{country}{digits.removeprefix(trunk) if too_long or trunk.startswith('0') else digits}"
