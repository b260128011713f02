"""Picking a condition step by step: the value, with the most frequent ones offered and counted."""

import re
from collections.abc import Iterator

from bot.builder import who
from bot.builder.picking import add, compares, subject_of, way_of
from bot.builder.picking_ways import GONE_OUT, Subject, Wants, Way
from bot.builder.states import State
from bot.conversation.answer import Answer, typed_value, word_value
from bot.conversation.memory import Memory
from bot.conversation.rule import Did, Question, stays
from bot.conversation.turn import Say, Turn
from bot.texts import N_
from broadcast.audience.nodes import Kind
from broadcast.audience.problems import FilterProblem
from handlers.content import Choice

OFFERED = 8
"""Values offered: with Back and what else there is they fit the 13 quick replies of a message."""

DAYS = (1, 7, 30)
"""Lengths of time offered, in days."""

_ASKS = {
    Wants.ONE: N_("“{field}” {way}: which value? Tap one, or type it."),
    Wants.SOME: N_("“{field}” {way}: which values? Type them with commas between: a, b, c"),
    Wants.TWO: N_("“{field}” {way}: which two values? Type them with “and” between: 10 and 20"),
    Wants.SPAN: N_("“{field}” {way}: how long? Tap one, or type it, such as 12 hours or 2 weeks."),
    Wants.FLOW: N_("“{way}”: which flow?"),
    Wants.BROADCAST: N_("“{way}”: which broadcast? Tap one, or type its name."),
}
_COMMA = re.compile(r"\s*[,，、;；]\s*")
_AND = re.compile(r"\s+(?:and|to)\s+|\s*(?:和|到|至|~|～)\s*|\s*[,，]\s*", re.IGNORECASE)
_ANY = re.compile(r"any(?: broadcast)?( in the last .+)?", re.IGNORECASE)
_QUOTES = (('"', '"'), ("“", "”"), ("「", "」"), ("'", "'"))


def ask(turn: Turn, memory: Memory) -> Question:
    """Ask for the value."""
    about, chosen = subject_of(turn, memory), way_of(turn, memory)
    text = turn.say(_ASKS[chosen.wants], field=about.said(turn), way=turn.say(chosen.word))
    offered = list(_offered(turn, about, chosen))
    if _takes_numbers(about, chosen) and not turn.desk.platform.capabilities.choices:
        # Numbered lines would make "2" the second line, and here it has to be the number two.
        lines = (
            [turn.say("Most frequent: {values}", values=" · ".join(one.title for one in offered))] if offered else []
        )
        return Question(memory, Say("\n".join([text, *lines, turn.say("Say back to go a question back.")])))
    return Question(memory, Say(text, (*offered, turn.choice("Back", word_value("back")))))


def _offered(turn: Turn, about: Subject, chosen: Way) -> Iterator[Choice]:
    """Yield what may be tapped."""
    match chosen.wants:
        case Wants.SPAN:
            for days in DAYS:
                yield Choice(title=turn.plural("{n} day", "{n} days", days), value=typed_value(f"{days} days"))
        case Wants.FLOW:
            for name in list(turn.desk.vocabulary.flows or ())[:OFFERED]:
                yield Choice(title=turn.desk.flows.get(name, name), value=typed_value(name))
        case Wants.BROADCAST:
            yield Choice(title=turn.say("any broadcast"), value=typed_value("any"))
            for days in DAYS:
                span = turn.say("in the last {span}", span=turn.plural("{n} day", "{n} days", days))
                yield Choice(
                    title=turn.say("any, {span}", span=span), value=typed_value(f"any in the last {days} days")
                )
            names = dict.fromkeys(draft.name for draft in turn.desk.listed(*GONE_OUT))
            for name in list(names)[: OFFERED - len(DAYS)]:
                yield Choice(title=name, value=typed_value(name))
        case Wants.ONE if about.field is not None and about.field.kind in {Kind.DATE, Kind.MOMENT}:
            yield turn.choice("today", typed_value("today"))
            for days in DAYS:
                span = turn.plural("{n} day", "{n} days", days)
                yield Choice(title=turn.say("{span} ago", span=span), value=typed_value(f"{days} days ago"))
        case Wants.ONE | Wants.SOME if about.field is not None:
            found = turn.desk.most_frequent(about.field, OFFERED)
            for value, number in found.values:
                counted = N_("{value} (about {n})") if found.about else N_("{value} ({n})")
                yield Choice(title=turn.say(counted, value=value, n=number), value=typed_value(value))


def is_number(turn: Turn, memory: Memory, answer: Answer) -> bool:
    """Say whether a number was typed where a number is asked for: then it is no choice."""
    return answer.typed.isdecimal() and _takes_numbers(subject_of(turn, memory), way_of(turn, memory))


def _takes_numbers(about: Subject, chosen: Way) -> bool:
    return about.field is not None and about.field.kind is Kind.NUMBER and chosen.wants is not Wants.NOTHING


def take(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Take the value and make the condition; a whole filter is taken as one."""
    about, chosen = subject_of(turn, memory), way_of(turn, memory)
    typed = answer.typed if is_number(turn, memory, answer) else answer.text
    text = " ".join(typed.split())
    if not text:
        return stays(memory, State.VALUE, turn.say("I need words here."))
    if not answer.escaped and compares(turn, text):
        return who.take(turn, memory, text)
    values = _values(chosen, text)
    if chosen.wants is Wants.TWO and len(values) != 2:
        return stays(memory, State.VALUE, turn.say("I need two values with “and” between, such as: 10 and 20"))
    places = {"value": ", ".join(values) if chosen.wants is Wants.SOME else values[0], "last": values[-1]}
    try:
        return add(turn, memory, chosen.filter.format(field=about.name, **places))
    except FilterProblem as problem:
        problem.word = _bare(problem.word)
        return stays(memory, State.VALUE, problem.sentence(turn.texts))


def _values(chosen: Way, text: str) -> list[str]:
    """Return the values as a filter writes them: in quotes, so that nothing in them is read as more of the filter."""
    match chosen.wants:
        case Wants.SOME:
            parts = [part for part in _COMMA.split(text) if part]
        case Wants.TWO:
            parts = [part for part in _AND.split(text) if part]
        case Wants.BROADCAST if found := _ANY.fullmatch(text):
            return ["any" + (found[1] or "")]
        case _:
            parts = [text]
    return [_quoted(_bare(part)) for part in parts] or [_quoted(text)]


def _bare(text: str) -> str:
    for left, right in _QUOTES:
        if len(text) > 2 and text.startswith(left) and text.endswith(right):
            return text[1:-1]
    return text


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
