"""All flows together: found by what enters them, refused when they clash."""

from pathlib import Path

import pytest

from bot.flows.load import Flows, load
from bot.flows.mistakes import BadFlows
from broadcast.audience.nodes import Kind
from tests.bot.flows.people import PLATFORMS, ROOT, flows_of, steps

ASK = 'id = "q"\ntype = "question"\nask = "text"\ntext = "?"\nsave_as = "answer"'


def written(folder: Path, **sources: str) -> Path:
    for name, source in sources.items():
        (folder / f"{name}.toml").write_text(source, encoding="utf-8")
    return folder


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(BadFlows) as caught:
        load(folder, platforms=PLATFORMS)
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def test_the_flows_to_begin_with_are_without_mistakes() -> None:
    flows = load(ROOT / "flows", platforms=PLATFORMS)
    assert [flow.name for flow in flows] == ["feedback", "interest", "onboarding"]
    assert flows.variables["rating"] is Kind.NUMBER


def test_a_folder_that_is_not_there_holds_no_flows(tmp_path: Path) -> None:
    assert list(load(tmp_path / "none", platforms=PLATFORMS)) == []


def test_flows_are_found_by_what_enters_them() -> None:
    flows = flows_of(
        lunch=f"keywords = ['午饭', 'What is for lunch?']\nrefs = ['Lunch']\non = ['follow']\n{steps(ASK)}",
        visit=f"name = 'Come by'\non = ['get_started']\n{steps(ASK)}",
    )
    found = {
        "keyword": flows.by_keyword(" 午饭！"),
        "keyword of several words": flows.by_keyword("what is  for LUNCH"),
        "name": flows.by_keyword("Lunch"),
        "ref": flows.by_ref("Lunch"),
        "event": flows.by_event("follow"),
        "button": flows.find("LUNCH"),
    }
    assert {sort: flow.name if flow else None for sort, flow in found.items()} == dict.fromkeys(found, "lunch")
    assert flows.by_keyword("come by") is flows.by_event("get_started") is flows.find("Come by") is not None
    assert [flows.by_keyword("lunch please"), flows.by_ref("lunch"), flows.by_keyword(""), flows.by_ref("")] == [
        None
    ] * 4


def test_what_enters_two_flows_is_refused_with_both_places(tmp_path: Path) -> None:
    written(
        tmp_path,
        a=f"keywords = ['hi']\nrefs = ['x']\non = ['follow']\n{steps(ASK)}",
        b=f"on = ['follow']\nrefs = [\n  'x',\n]\nkeywords = ['Hi', 'A']\n{steps(ASK)}",
    )
    assert mistakes(tmp_path) == [
        "b.toml:1: the event “follow” enters two flows: see a.toml:3",
        "b.toml:3: the ref “x” enters two flows: see a.toml:2",
        "b.toml:5: the keyword “a” enters two flows: see a.toml:1",
        "b.toml:5: the keyword “hi” enters two flows: see a.toml:1",
    ]


def test_two_flows_of_one_name_are_refused(tmp_path: Path) -> None:
    written(tmp_path, a=f"name = 'X'\n{steps(ASK)}", b=f"# here\nname = 'x'\n{steps(ASK)}")
    assert mistakes(tmp_path) == ["b.toml:2: the keyword “x” enters two flows: see a.toml:1"]


def test_every_mistake_in_every_file_is_listed(tmp_path: Path) -> None:
    written(tmp_path, a="name =", b=steps("id = 'x'\ntype = 'jump'\nflow = 'a'"), c=steps(ASK, ASK))
    (tmp_path / "d.toml").write_bytes(b"# fine\n# \xff\n")
    assert [line.split(": ")[0] for line in mistakes(tmp_path)] == ["a.toml:1", "c.toml:2", "c.toml:8", "d.toml:2"]


def test_a_variable_has_one_kind_in_all_flows_and_elsewhere(tmp_path: Path) -> None:
    number = ASK.replace('"text"\ntext', '"number"\ntext')
    written(tmp_path, a=steps(ASK), b=steps(number))
    assert mistakes(tmp_path) == ["b.toml:6: “answer” is a number here, and a text elsewhere (a.toml:6); choose one"]
    (tmp_path / "b.toml").unlink()
    with pytest.raises(BadFlows, match="“answer” is a text here, and a date elsewhere; choose one"):
        load(tmp_path, platforms=PLATFORMS, variables={"answer": Kind.DATE})


def test_flows_that_jump_into_each_other_for_ever_are_refused(tmp_path: Path) -> None:
    jump = "id = 'j'\ntype = 'jump'\nflow = '{}'"
    written(tmp_path, a=steps(jump.format("b")), b=steps(jump.format("a")))
    assert mistakes(tmp_path) == ["a.toml:1: this goes round and round without asking anything: a/j → b/j → a/j"]


def test_rules_may_ask_about_variables_of_other_flows_and_of_imports(tmp_path: Path) -> None:
    rules = "[{ when = 'answer = x and score > 3 and completed b', goto = 'complete' }]"
    written(tmp_path, a=steps(f"id = 's'\ntype = 'branch'\nrules = {rules}"), b=steps(ASK))
    flow = load(tmp_path, platforms=PLATFORMS, variables={"score": Kind.NUMBER}).find("a")
    assert flow is not None
    assert flow.kinds == {"answer": Kind.TEXT, "score": Kind.NUMBER}


def test_buttons_that_lead_nowhere_are_problems() -> None:
    flows = flows_of(lunch=steps(ASK), visit=steps(ASK))
    assert flows.problems_for(["lunch", "Visit"]) == []
    said = [problem.sentence.format(**problem.facts) for problem in flows.problems_for(["launch", "x", "launch"])]
    assert said == [
        "There is no flow called “launch”. Did you mean “lunch”?",
        "There is no flow called “x”. There are: lunch, visit.",
    ]
    (none,) = Flows().problems_for(["x"])
    assert none.sentence.format(**none.facts) == "There is no flow called “x”; there are no flows at all yet."
