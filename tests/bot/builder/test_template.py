"""What is answered where a template cannot be taken, and what is told of one that was."""

from dataclasses import asdict, replace
from typing import Any

import pytest

from broadcast.service import Desk
from handlers.templates import ListedTemplate
from storage import templates
from storage.models import Recipient
from tests.conftest import START
from tests.support.clock import Clock
from tests.support.transcript import Stage

TO_MESSAGES = "-- anna is a sender\n-- 1 person can get it\nanna> /broadcast new A\nanna> now\nanna> everyone\n"


def listed(*given: ListedTemplate, desk: Desk, problem: str = "") -> None:
    """Let these have been read, and then perhaps something have gone wrong."""
    templates.want(desk.channel_id, START)
    templates.write(desk.channel_id, [asdict(one) for one in given], START)
    if problem:
        templates.fail(desk.channel_id, problem, START)


def last_words(stage: Stage, transcript: str) -> str:
    return stage.play(transcript).rpartition("anna>")[2]


def template(name: str, **facts: Any) -> ListedTemplate:
    return replace(ListedTemplate(name, "en", "APPROVED", "Hello"), **facts)


ANSWERS = (
    ("none is approved", [template("a", status="PENDING")], "", "templates", "no approved template"),
    ("it waits", [template("a", status="PENDING")], "", "template a", "still waits for Facebook"),
    ("nothing like it", [template("a")], "", "template zzzzzz", "Say templates to see"),
    ("something like it", [template("visit")], "", "template visitt", "Did you mean visit?"),
    ("another language", [template("a")], "", "template a de", "is there in en"),
    ("places elsewhere", [template("a", fillable=False)], "", "template a", "places outside its text"),
    ("Facebook is away", [template("a")], "Facebook did not answer.", "template b", "Facebook did not answer."),
    ("there was none", [template("a")], "", "template off", "It has no template."),
    ("a message after all", [template("a")], "", "\\template a", "1. template a"),
)


@pytest.mark.parametrize(
    ("given", "problem", "typed", "said"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS]
)
def test_an_order_that_cannot_be_carried_out_says_why(
    desk: Desk, clock: Clock, given: list[ListedTemplate], problem: str, typed: str, said: str
) -> None:
    listed(*given, desk=desk, problem=problem)
    assert said in last_words(Stage(desk, clock), f"{TO_MESSAGES}anna> {typed}\n")


def test_where_the_first_reading_failed_the_reason_is_said(desk: Desk, clock: Clock) -> None:
    templates.want(desk.channel_id, START)
    templates.fail(desk.channel_id, "The app lacks the permission.", START)
    assert "The app lacks the permission." in last_words(Stage(desk, clock), f"{TO_MESSAGES}anna> templates\n")


def test_on_wechat_the_word_is_answered_with_whom_it_is_for(desk: Desk, clock: Clock) -> None:
    stage = Stage(desk, clock)
    said = last_words(stage, f"-- this is a WeChat service account\n{TO_MESSAGES}anna> template order_update\n")
    assert "they are for Messenger only" in said


def test_why_names_the_template_that_somebody_got(desk: Desk, clock: Clock) -> None:
    listed(template("visit"), desk=desk)
    stage = Stage(desk, clock)
    stage.play(
        f"{TO_MESSAGES}-- Ben Ford (ben) can get it\nanna> template visit\nanna> Hi\nanna> done\nanna> send\n"
        "-- it goes out\n-- for ben it is delivered\n"
    )
    Recipient.update(by_template=True).execute()
    assert "By template visit: their window was closed." in last_words(stage, "anna> /broadcast why 1 ben\n")
    assert "2 of them by template" in last_words(stage, "anna> /broadcast report 1\n")
