"""The page about flows is true."""

import re
from collections.abc import Iterable
from typing import Literal, get_args, get_origin

import pytest

from bot.flows import definition
from bot.flows.definition import Flow, Option, Question, Rule, Step
from bot.flows.load import Flows, assemble
from bot.flows.parts import EVERY_LANGUAGE, Words
from bot.flows.read import read
from bot.flows.words import COMMON
from bot.texts import LANGUAGES
from tests.bot.flows.people import PLATFORMS, ROOT

PAGE = (ROOT / "docs" / "flows.md").read_text("utf-8")
BLOCKS = re.findall(r"```toml\n(# flows/(\w+)\.toml\n.*?)```", PAGE, re.DOTALL)
MODELS = [Flow, Option, Rule, definition.Link, *(set(Question.__args__) | set(Step.__args__))]


def flows_of_the_page() -> Flows:
    return assemble([read(f"{name}.toml", source) for source, name in BLOCKS], platforms=PLATFORMS)


def test_every_example_can_be_used() -> None:
    assert len(BLOCKS) == PAGE.count("```toml")
    assert {flow.name for flow in flows_of_the_page()} == {name for _, name in BLOCKS}


def _keys() -> Iterable[str]:
    ours = {"kinds", "type"}  # filled in by us, and the first column of the table
    return sorted({key for model in MODELS for key in model.model_fields} - ours)


@pytest.mark.parametrize("key", _keys())
def test_every_key_is_explained(key: str) -> None:
    assert f"`{key}`" in PAGE


def test_every_type_of_step_and_question_is_explained_and_shown() -> None:
    used = {(step.type, getattr(step, "ask", "")) for flow in flows_of_the_page() for step in flow.steps}
    for kind in Step.__args__:
        assert f"| `{kind.model_fields['type'].annotation.__args__[0]}` |" in PAGE or issubclass(kind, Question)
    for kind in Question.__args__:
        assert f"| `{kind.model_fields['ask'].annotation.__args__[0]}` |" in PAGE
    assert {kind for kind, _ in used} == {
        "message",
        "question",
        "branch",
        "set",
        "jump",
        "wait",
        "hand_over",
        "complete",
    }


def test_the_words_on_the_page_are_words() -> None:
    table = PAGE[PAGE.index("## Words that always work") :]
    for row, word in (("leave the flow", "leave"), ("talk to a person", "human"), ("leave a question out", "skip")):
        line = next(line for line in table.splitlines() if line.startswith(f"| {row}"))
        assert set(re.findall(r"`(.+?)`", line)) <= COMMON[word]


def test_a_text_may_be_in_every_language_there_is() -> None:
    (languages,) = (part for part in get_args(get_args(Words)[0]) if get_origin(part) is Literal)
    assert set(get_args(languages)) == {EVERY_LANGUAGE, *LANGUAGES}
