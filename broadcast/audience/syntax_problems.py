"""What the grammar's own complaints mean to the person who typed the filter."""

from collections.abc import Collection
from typing import Final

from lark import Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from broadcast.audience.fields import N_, Vocabulary, nearest, typed_operators
from broadcast.audience.problems import Code, FilterProblem

_VALUE: Final = N_("a value or a name")

_EXPECTED: Final = (
    ({"_NOT", "_EVERYONE"}, N_("a condition, such as: language = zh")),
    ({"_IS"}, N_("an operator, such as =, contains or >")),
    ({"_NOT", "QUOTED"}, _VALUE),
    ({"_NOT"}, N_("“not”")),
    ({"_COMMA"}, N_("a comma or a closing bracket")),
    ({"SIDE"}, N_("之前 or 之后")),
    ({"_RPAR", "$END"}, N_("“and”, “or”, a closing bracket, or the end")),
    ({"_RPAR"}, N_("“and”, “or”, or a closing bracket")),
    ({"$END"}, N_("“and”, “or”, or the end")),
    ({"_AND"}, N_("“and”")),
    ({"_LPAR"}, N_("a list in brackets, such as (free, pro)")),
    ({"LAST"}, N_("“last” or “next”")),
    ({"_CONTAINS"}, N_("“contain” or “start with”")),
    ({"_CLICK"}, N_("“click” or “get”")),
    ({"ANY"}, N_("a name, or “any”")),
)
"""What is expected, by the terminals that could stand there; the first row whose terminals all could, wins."""

FIELD_EXAMPLE: Final = N_("a field, such as language, city or last_seen")
_QUOTES: Final = "\"'“「"

OPERATOR_WORDS: Final = (
    "is", "equals", "contains", "starts with", "begins with", "in", "between", "before", "after", "above", "below",
    "since", "greater than", "more than", "less than", "at least", "at most", "等于", "不等于", "包含", "不包含",
    "开头是", "大于", "小于", "早于", "晚于", "介于",
)  # fmt: skip
"""Operators as they are typed in words, for suggestions."""


def unexpected_token(error: UnexpectedToken, text: str, vocabulary: Vocabulary) -> FilterProblem:
    """Return the problem for a word that cannot stand where it stands, or an end that comes too early."""
    token = error.token
    ends = token.type == "$END"
    at = len(text.rstrip()) if ends else token.start_pos or 0
    acceptable = error.accepts or error.expected
    if "_IS" in acceptable:
        words = _words_before(error)
        # A bare word after a whole field is taken for more of the field's name, until no operator comes.
        if words:
            return _no_operator(words, at, "" if ends else str(token), vocabulary)
    return FilterProblem(Code.EXPECTED, at=at, word="" if ends else str(token), expected=_expected(acceptable))


def unexpected_character(error: UnexpectedCharacters, text: str) -> FilterProblem:
    """Return the problem for a character that begins no word, above all a quote that is never closed."""
    at = error.pos_in_stream or 0
    letter = text[at]
    closing = N_("a closing quotation mark") if letter in _QUOTES else _expected(error.allowed or ())
    return FilterProblem(Code.UNREADABLE, at=at, word=letter, expected=closing)


def unknown_field(word: str, at: int, vocabulary: Vocabulary) -> FilterProblem:
    """Return the problem for a field nobody has declared."""
    return FilterProblem(
        Code.UNKNOWN_FIELD, at=at, word=word, expected=FIELD_EXAMPLE, nearest=vocabulary.nearest_field(word)
    )


def _expected(acceptable: Collection[str]) -> str:
    for terminals, message in _EXPECTED:
        if terminals <= set(acceptable):
            return message
    return _VALUE


def _words_before(error: UnexpectedToken) -> list[Token]:
    """Return the bare words just before the error: a field, and maybe an operator that is not one."""
    stack = error.interactive_parser.parser_state.value_stack if error.interactive_parser else []
    last = stack[-1] if stack else None
    tokens = list(last.scan_values(lambda _: True)) if isinstance(last, Tree) else [last]
    return [token for token in tokens if isinstance(token, Token) and token.type == "WORD"]


def _no_operator(words: list[Token], at: int, word: str, vocabulary: Vocabulary) -> FilterProblem:
    """Return the problem for words in which no operator was found: the field or the operator is misspelt."""
    for length in range(len(words), 0, -1):
        if found := vocabulary.find(" ".join(words[:length])):
            break
    else:
        return unknown_field(str(words[0]), words[0].start_pos or 0, vocabulary)
    if length == len(words):
        return FilterProblem(Code.EXPECTED, at=at, word=word, expected=typed_operators(found.kind))
    wrong = words[length]
    return FilterProblem(
        Code.UNKNOWN_OPERATOR,
        at=wrong.start_pos or 0,
        word=str(wrong),
        expected=typed_operators(found.kind),
        nearest=nearest(wrong, OPERATOR_WORDS),
    )
