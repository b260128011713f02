"""Filter text → tree. Errors have a code and point at the word."""

import re
from collections.abc import Collection
from pathlib import Path
from typing import Final

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from broadcast.audience import syntax_problems as syntax
from broadcast.audience.fields import N_, OPERATORS, Field, Vocabulary, nearest, typed_operators
from broadcast.audience.nodes import (
    EVERYONE,
    MOST_DEPTH,
    Ago,
    AllOf,
    AnyOf,
    BroadcastCondition,
    BroadcastEvent,
    Comparison,
    FlowCondition,
    FlowEvent,
    Kind,
    Node,
    Not,
    Op,
    Value,
)
from broadcast.audience.problems import Code, FilterProblem
from broadcast.audience.values import EXPECTED, EXPECTED_SPAN, EXPECTED_WHOLE_DAY, YES_NO, read_span, read_value

MOST_CHARACTERS: Final = 2_000
"""Longest filter: about what one chat message holds (Messenger takes 2,000 characters, WeChat fewer)."""

_GRAMMAR = Lark(
    (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8"), parser="lalr", maybe_placeholders=False
)
# PostgreSQL stores neither NUL nor half a surrogate pair, so no value with one could ever match.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

_Branch = Tree[Token]

_COMPARISONS: Final = {
    "is_": (Op.IS, False),
    "is_not": (Op.IS, True),
    "one_of": (Op.ONE_OF, False),
    "not_one_of": (Op.ONE_OF, True),
    "contains": (Op.CONTAINS, False),
    "contains_not": (Op.CONTAINS, True),
    "starts": (Op.STARTS, False),
    "starts_not": (Op.STARTS, True),
    "between": (Op.BETWEEN, False),
    "not_between": (Op.BETWEEN, True),
    "within": (Op.WITHIN, False),
    "is_set": (Op.SET, False),
    "is_not_set": (Op.SET, True),
}
"""Each rule of the grammar that compares, with its operator and whether it is the `not` of it."""

_ORDERS: Final = {
    **dict.fromkeys((">", "＞", "after", "above", "greater than", "more than", "大于", "晚于", "之后"), Op.ABOVE),
    **dict.fromkeys((">=", "≥", "since", "at least", "大于等于", "不小于"), Op.AT_LEAST),
    **dict.fromkeys(("<", "＜", "before", "below", "less than", "小于", "早于", "之前"), Op.BELOW),
    **dict.fromkeys(("<=", "≤", "at most", "小于等于", "不大于"), Op.AT_MOST),
}
_AHEAD: Final = {"next", "未来"}
_FLOW_EVENTS: Final = {
    "STARTED": FlowEvent.STARTED,
    "COMPLETED": FlowEvent.COMPLETED,
    "DROPPED": FlowEvent.DROPPED,
    "IN_FLOW": FlowEvent.IN,
}
_BROADCAST_EVENTS: Final = {"GOT": BroadcastEvent.GOT, "CLICKED": BroadcastEvent.CLICKED}


def parse(text: str, vocabulary: Vocabulary) -> Node:
    """Return the tree of a filter; an empty text is everyone. Raises FilterProblem for the first mistake."""
    if len(text) > MOST_CHARACTERS:
        raise FilterProblem(Code.TOO_LONG, at=MOST_CHARACTERS, word="", expected=N_("at most 2,000 characters"))
    if unstorable := _UNSTORABLE.search(text):
        raise FilterProblem(Code.UNREADABLE, at=unstorable.start(), word="�", expected=N_("letters and digits"))
    if not text.strip():
        return EVERYONE
    try:
        tree = _GRAMMAR.parse(text)
    except UnexpectedToken as error:
        raise syntax.unexpected_token(error, text, vocabulary) from None
    except UnexpectedCharacters as error:
        raise syntax.unexpected_character(error, text) from None
    return _Builder(vocabulary, text).node(_branch(tree.children[0]), 0)


class _Phrase:
    """Some words of the filter: their text, and where they stand."""

    def __init__(self, branch: _Branch) -> None:
        tokens = list(branch.scan_values(lambda _: True))
        self.at = tokens[0].start_pos or 0
        self.end = tokens[-1].end_pos or 0
        self.typed = " ".join(tokens)
        self.text = _unquoted(tokens[0]) if tokens[0].type == "QUOTED" else self.typed


def _unquoted(token: Token) -> str:
    inner = token[1:-1]
    return re.sub(r"\\([\s\S])", r"\1", inner) if token[0] in "\"'" else inner


def _branch(child: object) -> _Branch:
    assert isinstance(child, Tree)
    return child


class _Builder:
    """Turns the grammar's tree into ours, checking every word against the vocabulary."""

    def __init__(self, vocabulary: Vocabulary, text: str) -> None:
        self.vocabulary = vocabulary
        self.text = text

    def node(self, tree: _Branch, depth: int) -> Node:
        if depth > MOST_DEPTH:
            first = next(iter(tree.scan_values(lambda _: True)), None)
            at = first.start_pos or 0 if first is not None else 0
            raise FilterProblem(Code.TOO_DEEP, at=at, word=str(first), expected=N_("at most 20 levels"))
        match tree.data:
            case "all_of":
                return AllOf(tuple(self.node(_branch(part), depth + 1) for part in tree.children))
            case "any_of":
                return AnyOf(tuple(self.node(_branch(part), depth + 1) for part in tree.children))
            case "negated":
                return Not(self.node(_branch(tree.children[0]), depth + 1))
            case "everyone":
                return EVERYONE
            case "flow":
                return self.flow(tree)
            case "broadcast" | "got_not_clicked" | "not_got":
                return self.broadcast(tree)
            case _:
                return self.comparison(tree)

    def comparison(self, tree: _Branch) -> Node:
        phrases = [_Phrase(child) for child in tree.children if isinstance(child, Tree)]
        words = [child for child in tree.children if isinstance(child, Token)]
        field = self.field(phrases[0])
        if tree.data in _COMPARISONS:
            op, negated = _COMPARISONS[tree.data]
        else:  # an order word, or 在 … 之前
            op, negated = _ORDERS[" ".join(words[0].casefold().split())], False
        if field.kind is Kind.TAGS and op is Op.CONTAINS:
            op = Op.IS  # "tags contains vip" means one of the tags, not a part of its name
        if op not in OPERATORS[field.kind]:
            raise self.wrong_operator(field, *phrases[:2])
        if op is Op.WITHIN:
            values: tuple[Value, ...] = (self.span(phrases[1], words[0]),)
        else:
            values = tuple(self.value(field, op, phrase) for phrase in phrases[1:])
        compared = Comparison(field.name, field.kind, op, values)
        return Not(compared) if negated else compared

    def field(self, phrase: _Phrase) -> Field:
        found = self.vocabulary.find(phrase.text)
        if found is None:
            raise syntax.unknown_field(phrase.text, phrase.at, self.vocabulary)
        return found

    def wrong_operator(self, field: Field, name: _Phrase, value: _Phrase | None = None) -> FilterProblem:
        between = self.text[name.end : value.at] if value else self.text[name.end :]
        return FilterProblem(
            Code.WRONG_OPERATOR,
            at=name.end + len(between) - len(between.lstrip()),
            word=between.strip(" (（"),
            expected=typed_operators(field.kind),
            subject=field.label,
        )

    def value(self, field: Field, op: Op, phrase: _Phrase) -> Value:
        read = read_value(field.kind, phrase.text)
        expected, likely = EXPECTED[field.kind], ""
        if isinstance(read, Ago) and op is Op.IS and field.kind is Kind.MOMENT:
            # Nobody was seen in exactly that millisecond.
            read, expected = None, EXPECTED_WHOLE_DAY
        if read is None:
            if field.kind is Kind.YES_NO:
                likely = nearest(phrase.text, YES_NO)
            raise FilterProblem(
                Code.WRONG_VALUE, at=phrase.at, word=phrase.typed, expected=expected, subject=field.label,
                nearest=likely,
            )  # fmt: skip
        return read

    def span(self, phrase: _Phrase, direction: Token) -> Ago:
        read = read_span(phrase.text, ahead=direction.casefold() in _AHEAD)
        if read is None:
            raise FilterProblem(
                Code.WRONG_VALUE, at=phrase.at, word=phrase.typed, expected=EXPECTED_SPAN, subject=str(direction)
            )
        return read

    def flow(self, tree: _Branch) -> Node:
        event, *rest = tree.children
        name, within = self.name_and_span(rest)
        assert isinstance(event, Token)
        assert name is not None
        flow = _known(name, self.vocabulary.flows, Code.UNKNOWN_FLOW, N_("the name of a flow"))
        return FlowCondition(_FLOW_EVENTS[event.type], flow, within)

    def broadcast(self, tree: _Branch) -> Node:
        rest = tree.children
        event = BroadcastEvent.GOT
        if tree.data == "broadcast":
            assert isinstance(rest[0], Token)
            event, rest = _BROADCAST_EVENTS[rest[0].type], rest[1:]
        phrase, within = self.name_and_span(rest)
        expected = N_("the name of a broadcast, or “any”")
        name = None
        if phrase is not None:
            name = _known(phrase, self.vocabulary.broadcasts, Code.UNKNOWN_BROADCAST, expected)
        condition = BroadcastCondition(event, name, within)
        if tree.data == "not_got":
            return Not(condition)
        if tree.data == "got_not_clicked":
            # Those who never got it had nothing to click: "did not click" speaks of those who did.
            return AllOf((condition, Not(BroadcastCondition(BroadcastEvent.CLICKED, name))))
        return condition

    def name_and_span(self, children: Collection[_Branch | Token]) -> tuple[_Phrase | None, Ago | None]:
        """Return the name, None for "any", and the span if there is one."""
        name, within = None, None
        for child in children:
            if isinstance(child, Tree) and child.data == "span":
                direction, phrase = child.children
                assert isinstance(direction, Token)
                within = self.span(_Phrase(_branch(phrase)), direction)
                if within.ahead:  # what people did lies behind us
                    raise FilterProblem(
                        Code.EXPECTED, at=direction.start_pos or 0, word=str(direction), expected=N_("“last”")
                    )
            elif isinstance(child, Tree):
                name = _Phrase(child)
        return name, within


def _known(name: _Phrase, known: Collection[str] | None, code: Code, expected: str) -> str:
    """Return the name as it is spelled where it is known; any name when nothing is known about names."""
    if known is None and name.text:
        return name.text
    by_fold = {each.casefold(): each for each in known or ()}
    if name.text.casefold() not in by_fold:
        raise FilterProblem(
            code, at=name.at, word=name.typed, expected=expected, nearest=nearest(name.text, known or ())
        )
    return by_fold[name.text.casefold()]
