"""Why something stands still is said in the language of whoever asks."""

import ast
import re
from pathlib import Path

import pytest

from bot.locales.update import extracted
from bot.texts import texts
from broadcast import because, canary, engine, sweep, trouble
from broadcast.audience.fields import Vocabulary
from broadcast.audience.parse import parse
from broadcast.audience.problems import FilterProblem
from broadcast.because import NO_REASON, Reason
from handlers.contract import PlatformError, Problem
from handlers.messenger.failures import FAILURES, UNKNOWN_CODE
from handlers.outcomes import Refused

ROOT = Path(__file__).resolve().parents[2]
ENGLISH, CHINESE = texts("en"), texts("zh_CN")
CODED = UNKNOWN_CODE.sentence
GONE = Problem("no_such_flow", "There is no flow called “{flow}”; there are no flows at all yet.", {"flow": "tea"})


def bad_filter() -> FilterProblem:
    with pytest.raises(FilterProblem) as caught:
        parse("plna = pro", Vocabulary())
    return caught.value


KEPT = (
    ("a sentence", because.problem(trouble.NO_ANSWER), trouble.NO_ANSWER.sentence),
    ("a problem with facts", because.problem(GONE), "There is no flow called “tea”; there are no flows at all yet."),
    ("a refusal", because.refusal(Refused(FAILURES[368, None], "368")), FAILURES[368, None].sentence),
    (
        "a refusal with its code",
        because.refusal(Refused(UNKNOWN_CODE, "7/8")),
        CODED.format(code="7/8"),
    ),
    (
        "an error",
        because.error(PlatformError(CODED, code="9")),
        CODED.format(code="9"),
    ),
    ("a filter", because.filter_problem(bad_filter()), bad_filter().sentence(ENGLISH)),
)


@pytest.mark.parametrize(("kept", "english"), [row[1:] for row in KEPT], ids=[row[0] for row in KEPT])
def test_a_reason_is_said_in_english_as_it_was_and_in_chinese_too(kept: Reason, english: str) -> None:
    assert because.say(kept, ENGLISH) == english
    assert re.search("[一-鿿]", because.say(kept, CHINESE))


def test_no_reason_is_said_as_nothing_and_foreign_words_as_they_are() -> None:
    assert because.say(NO_REASON, CHINESE) == ""
    assert because.say("Somebody else's words.", CHINESE) == "Somebody else's words."


@pytest.mark.parametrize(
    "known", [trouble.NO_ANSWER, trouble.TOO_MANY, sweep.NOT_PLANNED, engine.NOT_PREPARED, canary.ASKS, canary.NOT_WELL]
)
def test_what_the_engine_says_of_itself_is_translated(known: Problem) -> None:
    assert because.say(because.problem(known), CHINESE) != known.sentence


ROOMS = ("broadcast", "bot/builder", "bot/commands", "bot/conversation", "bot/milestones.py", "bot/router.py")
_SENTENCE = re.compile(r"[A-Z“{][^\n]*( [^ \n]+){3,}[.?!]")


def sentences(path: Path) -> set[str]:
    """Return every text of a module that reads like a sentence to a person; docstrings and exceptions do not count."""
    tree = ast.parse(path.read_text("utf-8"))
    passed = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) or (isinstance(node, ast.Raise) and not _told(node))
        for inner in ast.walk(node)
        if isinstance(node, ast.Raise) or node.value is inner
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed
        if _SENTENCE.fullmatch(node.value)
    }


def _told(node: ast.Raise) -> bool:
    """Say whether people read what is raised."""
    raised = node.exc.func if isinstance(node.exc, ast.Call) else None
    return isinstance(raised, ast.Name) and raised.id == "PlatformError"


def test_no_sentence_to_a_person_is_left_out_of_the_catalogues() -> None:
    """Give it to one of the names in `bot.locales.update.KEYWORDS`: `turn.say`, `N_`, `Problem` and their kin."""
    known = {one for message in extracted() for one in ([message.id] if isinstance(message.id, str) else message.id)}
    places = [ROOT / room for room in ROOMS]
    modules = [path for place in places for path in ([place] if place.is_file() else place.rglob("*.py"))]
    left_out = {(path.name, text) for path in modules for text in sentences(path) - known}
    assert left_out == set()
