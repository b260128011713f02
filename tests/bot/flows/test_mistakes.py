"""What is wrong in a flow's file is said with its line, in a sentence."""

import math
import tomllib
from collections.abc import Iterator
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.flows.definition import Flow
from bot.flows.lines import Place
from bot.flows.load import assemble
from bot.flows.mistakes import BadFlows, Mistake, of_validation
from bot.flows.read import read
from tests.bot.flows.people import MESSENGER, PLATFORMS, ROOT, steps

ASK = 'id = "q"\ntype = "question"\nask = "text"\ntext = "?"'
END = 'id = "end"\ntype = "complete"'


def mistakes(source: str) -> list[str]:
    """Return what is wrong with one file, as `line: sentence`."""
    with pytest.raises(BadFlows) as caught:
        assemble([read("flows/visit.toml", source)], platforms=PLATFORMS)
    return [f"{mistake.line}: {mistake.sentence}" for mistake in caught.value.mistakes]


CASES: tuple[tuple[str, str, list[str]], ...] = (
    ("no TOML", 'name = "x\n', ["1: this is not TOML: Illegal character '\\n'"]),
    ("broken off", "name =", ["1: this is not TOML: Invalid value (at end of document)"]),
    ("nothing", "", ["1: “steps” is missing"]),
    ("no steps", "steps = []", ["1: steps: there must be at least 1"]),
    (
        "an unknown key of the flow",
        f"keyword = ['x']\n{steps(ASK)}",
        ["1: “keyword” is not known; look for a slip, or see docs/flows.md"],
    ),
    (
        "an unknown key of a step",
        steps(f"{ASK}\ngotto = 'x'"),
        ["6: “gotto” is not known in step “q”; look for a slip, or see docs/flows.md"],
    ),
    (
        "an unknown type",
        steps("id = 'a'\ntype = 'mesage'"),
        [
            (
                "1: type “mesage” does not exist; there are message, question, branch, set, jump, wait, hand_over, "
                "complete. Did you mean “message”?"
            )
        ],
    ),
    (
        "an unknown question",
        steps("id = 'a'\ntype = 'question'\nask = 'mail'\ntext = '?'"),
        [
            (
                "1: ask “mail” does not exist; there are text, number, choice, yes_no, date, email, phone. "
                "Did you mean “email”?"
            )
        ],
    ),
    ("no type", steps("id = 'a'"), ["1: “type” is missing in step “a”"]),
    ("no id", steps("type = 'complete'"), ["1: “id” is missing in step 1"]),
    (
        "an id that is a word of the language",
        steps("type = 'complete'\nid = 'next'"),
        ["3: id in step “next”: “next” is a word of the language itself; give the step another id"],
    ),
    (
        "a language that is not spoken",
        steps("type = 'complete'\nid = 'a'\ntext.fr = 'Oui'"),
        ["4: “fr” is not one of en, zh_CN"],
    ),
    (
        "an empty text",
        steps("type = 'complete'\nid = 'a'\ntext.en = ' '"),
        ["4: en in step “a”: is empty; write something, or remove the line"],
    ),
    (
        "a length of time that is none",
        steps("type = 'wait'\nid = 'a'\nduration = 'a while'"),
        [
            (
                "4: duration in step “a”: is no length of time; write a number with its unit, like 30 minutes, 2 hours "
                "or 1 day"
            )
        ],
    ),
    (
        "a wait that is too long",
        steps("type = 'wait'\nid = 'a'\nduration = '24 hours'"),
        ["4: duration in step “a”: is outside of what is possible, which is up to 23 hours"],
    ),
    (
        "a variable that is a field",
        steps(f"{ASK}\nsave_as = 'city'"),
        ["6: save_as in step “q”: “city” already means the city of a person; give the variable another name"],
    ),
    (
        "a text without quotes",
        steps("type = 'complete'\nid = 'a'\ntext = 5"),
        ['4: text in step “a”: is no table; write it like { en = "…" }'],
    ),
    ("one keyword that is no list", f"keywords = 'hi'\n{steps(ASK)}", ["1: keywords: is no list; put it in [ ]"]),
    (
        "a set that sets nothing",
        steps("type='set'\nid='s'"),
        ["1: step “s” sets nothing; write variables, clear, add_tags or remove_tags"],
    ),
    ("a step that is no table", "steps = [1]", ["1: step 1 is no table; put it in { }"]),
    (
        "too many attempts",
        steps(f"{ASK}\nattempts = 11"),
        ["6: attempts in step “q”: is more than 10"],
    ),
    (
        "a button that does two things",
        steps("type='message'\nid='m'\ntext='Hi'\nbuttons = [\n{title='A', link='https://a.b', phone='+4930123456'}]"),
        ["6: buttons in step “m”: a button needs exactly one of link, flow and phone"],
    ),
    (
        "an address that is none",
        steps("type='message'\nid='m'\nimage='javascript:alert(1)'"),
        ["4: image in step “m”: is no address; it must begin with https:// (or http://), and have no blanks in it"],
    ),
    (
        "a value that cannot be kept",
        steps("type='set'\nid='s'\n[steps.variables]\nx = [1]"),
        [
            (
                "5: x in step “s”: a value is a text of 1 to 1000 characters, a number of up to 15 digits, true, "
                "false, or a date; to take a value away, write its name under clear"
            )
        ],
    ),
    (
        "a date that is none",
        steps("id='d'\ntype='question'\nask='date'\ntext='?'\nlatest='2026-02-30'"),
        ["6: latest in step “d”: write a date such as 2026-12-24, or “today”"],
    ),
    (
        "two steps of one id",
        steps(ASK, ASK),
        ["2: 2 steps have the id “q”; each needs its own", "7: 2 steps have the id “q”; each needs its own"],
    ),
    (
        "a step that is not there",
        steps(f"{ASK}\ngoto = 'ende'", END),
        [
            "6: there is no step “ende” to go to. Did you mean “end”?",
            "7: nothing leads to the step “end”; remove it, or go to it from a step",
        ],
    ),
    (
        "a rule that cannot be read",
        steps(
            f"{ASK}\nsave_as = 'mood'", "id='b'\ntype='branch'\nrules = [\n  { when = 'mod = good', goto = 'next' },\n]"
        ),
        [
            (
                "11: I do not know the field “mod”; I expected a field, such as language, city or last_seen. "
                "Did you mean “mood”?"
            )
        ],
    ),
    (
        "a flow that is not there",
        steps("id='j'\ntype='jump'\nflow='visits'"),
        ["4: there is no flow called “visits”. Did you mean “visit”?"],
    ),
    (
        "a text that lacks a language",
        steps("id='a'\ntype='message'\ntext.en='A'\ntext.zh_CN='甲'", "id='b'\ntype='message'\ntext.en='B'"),
        ["9: text of step “b” is not there in zh_CN, which other texts of this flow are"],
    ),
    (
        "a placeholder nobody has",
        steps("id='a'\ntype='message'\ntext='Hi {frist_name|you}'"),
        ["4: “{frist_name}” is no field or variable that is known. Did you mean “first_name”?"],
    ),
    (
        "a placeholder without a fallback",
        steps("id='a'\ntype='message'\ntext='Hi {first_name}'"),
        ["4: not everybody has a first_name: write “{first_name|…}” with what to say to those who have none"],
    ),
    (
        "round and round",
        steps("id='a'\ntype='message'\ntext='A'", "id='b'\ntype='jump'\ngoto='a'"),
        ["1: this goes round and round without asking anything: a → b → a"],
    ),
    (
        "options alike",
        steps(
            "id='c'\ntype='question'\nask='choice'\ntext='?'\noptions=[\n{value='a',title='A'},\n{value='a',title='A'},\n]"
        ),
        [
            "7: two options of step “c” are called “A”",
            "7: two options of step “c” have the value “a”",
            "8: two options of step “c” are called “A”",
            "8: two options of step “c” have the value “a”",
        ],
    ),
    (
        "a title that is another's number",
        steps(
            "id='c'\ntype='question'\nask='choice'\ntext='?'\noptions=[\n{value='a',title='2'},\n{value='b',title='B'},\n]"
        ),
        [
            (
                "7: “2” stands at place 1 of step “c”, while a typed 2 also means the answer at place 2; put it there, "
                "or call it something else"
            )
        ],
    ),
    (
        "values of two kinds",
        steps("id='c'\ntype='question'\nask='choice'\ntext='?'\noptions=[{value='a',title='A'},{value=2,title='B'}]"),
        ["6: the values of step “c” are texts and numbers; make them all one"],
    ),
    (
        "bounds that leave nothing",
        steps("id='n'\ntype='question'\nask='number'\ntext='?'\nleast=5\nmost=1"),
        ["6: no number is at least 5 and at most 1"],
    ),
    (
        "a title too long for Messenger",
        steps("id='c'\ntype='question'\nask='choice'\ntext='?'\noptions=[{value='a',title='Something without meat'}]"),
        ["1: step “c”: The quick reply “Something without meat” is 22 characters long; Messenger takes at most 20."],
    ),
    (
        "a text too long in one language",
        steps(f"id='m'\ntype='message'\ntext.en='A'\ntext.zh_CN='{'字' * 700}'"),
        ["1: step “m”: The text is 2100 bytes long; Plain takes at most 2048."],
    ),
    (
        "words for somebody who is gone",
        steps(f"{ASK}\ntime_out='2 days'\non_time_out='end'", "id='end'\ntype='complete'\ntext='Bye'"),
        [
            (
                "7: what is said 2 days after step “q” would not arrive: Messenger closes a conversation 24 hours "
                "after the person wrote. Give it a time_out of up to 23 hours"
            )
        ],
    ),
    (
        "a keyword that stops everything",
        f"keywords = ['hi', 'STOP']\n{steps(ASK)}",
        ["1: “stop” cannot enter a flow: it stops or starts all messages"],
    ),
    (
        "a keyword that means something everywhere",
        f"keywords = ['人工']\n{steps(ASK)}",
        ["1: “人工” cannot enter a flow: it means “human” in every flow"],
    ),
    (
        "a keyword twice",
        f"keywords = ['hi', 'Hi!']\n{steps(ASK)}",
        ["1: the keyword “hi” enters two flows: see flows/visit.toml:1"],
    ),
    (
        "a variable of two kinds",
        steps(f"{ASK}\nsave_as='age'", "id='s'\ntype='set'\nvariables = { age = 3 }"),
        ["10: “age” is a number here, and a text elsewhere (flows/visit.toml:6); choose one"],
    ),
)


@pytest.mark.parametrize(("source", "expected"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_it_is_said_where_and_what(source: str, expected: list[str]) -> None:
    assert mistakes(source) == expected


def test_every_mistake_of_a_file_is_listed() -> None:
    source = steps("id = 'a b'\ntype = 'message'\ntext = 'A'", "id = 'c'\ntype = 'wiat'", f"{ASK}\nattempts = 0")
    assert [line.split(":")[0] for line in mistakes(source)] == ["2", "5", "13"]


def test_a_flow_without_mistakes_is_taken_on_both_sides_of_a_limit() -> None:
    title = "x" * MESSENGER.most("choice_title")
    source = steps(
        f"id='c'\ntype='question'\nask='choice'\ntext='{'字' * 600}'\noptions=[{{value='a',title='{title}'}}]"
    )
    assert assemble([read("visit.toml", source)], platforms=PLATFORMS).find("visit") is not None
    assert len(mistakes(source.replace(title, title + "x"))) == 1


SOURCES = [path.read_text("utf-8") for path in sorted((ROOT / "flows").glob("*.toml"))]
SCRAPS = st.sampled_from(['"', "'''", "[", "]]", "{", "= 1", "= []", "= {}", ".", ",", "#", "\n", "0", "nan", "字"])


@given(
    source=st.sampled_from(SOURCES),
    edits=st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 60), SCRAPS), min_size=1, max_size=3),
)
def test_whatever_is_in_a_file_it_is_a_flow_or_a_list_of_mistakes(
    source: str, edits: list[tuple[int, int, str]]
) -> None:
    for at, removed, scrap in edits:
        source = source[:at] + scrap + source[at + removed :]
    found: tuple[Mistake, ...] = ()
    try:
        assemble([read("visit.toml", source)], platforms=PLATFORMS)
    except BadFlows as bad:
        found = bad.mistakes
    assert all(1 <= mistake.line <= source.count("\n") + 1 for mistake in found)


ODD = st.sampled_from(
    [0, -1, 1.5, math.nan, True, "", "x", [], [1], {}, {"a": 1}, [{"a": 1}], date(2026, 1, 1), time(10)]
)


def _places(value: object, place: Place = ()) -> Iterator[Place]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield (*place, key)
        yield from _places(each, (*place, key))


@given(data=st.data(), odd=ODD)
def test_a_value_of_any_other_sort_is_told_in_a_sentence_of_ours(data: st.DataObject, odd: object) -> None:
    written = tomllib.loads(data.draw(st.sampled_from(SOURCES)))
    place = data.draw(st.sampled_from(list(_places(written))))
    inside: Any = written
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = odd
    try:
        Flow.model_validate({"name": "x", **written})
    except ValidationError as error:
        said = [wrong.sentence for wrong in of_validation(error, written)]
    else:
        said = ["fine"]
    assert said
    assert not [sentence for sentence in said if "valid" in sentence or "should be" in sentence]
