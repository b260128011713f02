"""What can be wrong with a filter, said so that the person who typed it can put it right."""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from broadcast.audience.fields import N_


class Catalogue(Protocol):
    """Where sentences come from in somebody's language: `gettext.NullTranslations` and its kin."""

    def gettext(self, message: str) -> str:
        """Return the message in the catalogue's language."""

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the message for this many."""


class Code(StrEnum):
    """What is wrong, for programs and tests."""

    EXPECTED = "expected"  # the text breaks off, or goes on with something that cannot stand here
    UNREADABLE = "unreadable"  # a character that no filter contains, or a quote that is never closed
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_OPERATOR = "unknown_operator"
    WRONG_OPERATOR = "wrong_operator"  # the operator exists, but not for this kind of field
    WRONG_VALUE = "wrong_value"
    UNKNOWN_FLOW = "unknown_flow"
    UNKNOWN_BROADCAST = "unknown_broadcast"
    TOO_LONG = "too_long"
    TOO_DEEP = "too_deep"


SENTENCES: Mapping[Code, str] = {
    Code.EXPECTED: N_("At “{word}” I expected {expected}."),
    Code.UNREADABLE: N_("I cannot read “{word}”; here I expected {expected}."),
    Code.UNKNOWN_FIELD: N_("I do not know the field “{word}”; I expected {expected}."),
    Code.UNKNOWN_OPERATOR: N_("I do not know the operator “{word}”; I expected {expected}."),
    Code.WRONG_OPERATOR: N_("“{word}” does not fit here: for {subject} I expected {expected}."),
    Code.WRONG_VALUE: N_("I cannot use “{word}” for {subject}; I expected {expected}."),
    Code.UNKNOWN_FLOW: N_("There is no flow called “{word}”; I expected {expected}."),
    Code.UNKNOWN_BROADCAST: N_("There is no broadcast called “{word}”; I expected {expected}."),
    Code.TOO_LONG: N_("The filter is too long; I expected {expected}."),
    Code.TOO_DEEP: N_("Too many “not” and brackets inside each other; I expected {expected}."),
}
BREAKS_OFF = N_("The filter breaks off; I expected {expected}.")
DID_YOU_MEAN = N_("Did you mean “{nearest}”?")


class FilterProblem(ValueError):
    """The filter cannot be used.

    `at` is where in the text, in characters from 0, `word` what stands there (empty at the end), `expected` a
    message saying what should, or a list of words as they are typed, `subject` the label of the field it is
    about, `nearest` the known word that was probably meant.
    """

    def __init__(self, code: Code, *, at: int, word: str, expected: str, subject: str = "", nearest: str = "") -> None:
        super().__init__(f"{code.value} at {at}: {word!r}, expected {expected}")
        self.code = code
        self.at = at
        self.word = word
        self.expected = expected
        self.subject = subject
        self.nearest = nearest

    def sentence(self, catalogue: Catalogue) -> str:
        """Say what is wrong, what was expected, and what was probably meant."""
        breaks_off = self.code is Code.EXPECTED and not self.word
        said = catalogue.gettext(BREAKS_OFF if breaks_off else SENTENCES[self.code]).format(
            word=self.word,
            expected=catalogue.gettext(self.expected),
            subject=catalogue.gettext(self.subject) if self.subject else "",
        )
        if self.nearest:
            said += " " + catalogue.gettext(DID_YOU_MEAN).format(nearest=self.nearest)
        return said

    def corrected(self, text: str) -> str:
        """Return the filter with the word that was probably meant, '' where none is near."""
        if not self.nearest or text[self.at : self.at + len(self.word)] != self.word:
            return ""
        return text[: self.at] + self.nearest + text[self.at + len(self.word) :]

    def caret(self, text: str) -> str:
        """Return the filter on one line and, under it, marks below the word; for a fixed-width font.

        Chinese letters are two columns wide, so the marks count columns rather than characters.
        """
        line = "".join(" " if letter.isspace() else letter for letter in text)
        indent = " " * _columns(text[: self.at])
        return f"{line}\n{indent}{'^' * max(1, _columns(self.word))}"


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
