"""A broadcast that leads into a flow: exactly those who have not completed it get it."""

import shutil

import pytest

from tests.support.stack import ROOT, Stack, running, until, words_of

pytestmark = pytest.mark.processes

PRO, FREE = 6, 4


@pytest.fixture
def stack(tmp_path):
    with running(tmp_path) as made:
        shutil.copytree(ROOT / "flows", tmp_path / "flows")
        made.start_simulator()
        made.run("migrate")
        made.start_web()
        made.start_worker()
        yield made


def broadcast(stack: Stack, boss: str, name: str) -> dict[str, int]:
    """Send a broadcast to pros who have not completed the onboarding; return its numbers when it is done."""
    lines = (
        f"/broadcast new {name}", "now", "plan = pro and not completed onboarding",
        "Shall we set you up?\n[Set up](flow:onboarding)", "done", "send",
    )  # fmt: skip
    for line in lines:
        stack.ask(boss, line)
    return until(lambda: next((row for row in stack.status() if row["name"] == name and row["status"] == "sent"), None))


def got(stack: Stack, person: str) -> list[dict]:
    return [message for message in stack.heard(person) if "Shall we set you up?" in words_of(message)]


def test_a_broadcast_into_a_flow_reaches_exactly_those_who_have_not_completed_it(stack):
    boss, *people = stack.people(1 + PRO + FREE)
    pros, others = people[:PRO], people[PRO:]
    stack.import_people(pros, **{"var.plan": "pro"})
    stack.import_people(others, **{"var.plan": "free"})
    stack.become_admin(boss)
    walk(stack, pros[0], text="onboarding")

    first = broadcast(stack, boss, "First")
    assert (first["audience"], first["sent"]) == (PRO - 1, PRO - 1)
    assert [bool(got(stack, person)) for person in people] == [False] + [True] * (PRO - 1) + [False] * FREE

    button = got(stack, pros[1])[0]["message"]["attachment"]["payload"]["buttons"][0]
    assert button["payload"].startswith("flow:onboarding")
    walk(stack, pros[1], postback={"title": "Set up", "payload": button["payload"]})

    second = broadcast(stack, boss, "Second")
    assert second["audience"] == PRO - 2
    assert len(got(stack, pros[1])) == 1


def walk(stack: Stack, person: str, **first: object) -> None:
    """Enter the onboarding and take a person through it, with the first choice or a name for every question."""
    say(stack, person, **first)
    for _ in range(12):
        if completed(stack, person):
            return
        choices = stack.heard(person)[-1]["message"].get("quick_replies")
        if choices:
            say(stack, person, quick_reply={key: choices[0][key] for key in ("title", "payload")})
        else:
            say(stack, person, text="Ann")
    raise AssertionError(f"not completed: {stack.heard(person)[-1]}")


def say(stack: Stack, person: str, **deed: object) -> None:
    """Let a person do something and wait until all that is said in answer has arrived."""
    before = len(stack.heard(person))
    stack.sim("say", {"psid": person, **deed})
    until(lambda: len(stack.heard(person)) > before)
    stack.sim("settle", {})


def completed(stack: Stack, person: str) -> bool:
    return '"completed"' in stack.run("export", "person", "--channel", "page", "--person", person)
