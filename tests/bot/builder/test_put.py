"""What is said of a message that was taken although something in it may be a mistake."""

import pytest

from broadcast.service import Desk
from handlers.content import Text
from tests.support.clock import Clock
from tests.support.transcript import Stage

TO_MESSAGES = "-- anna is a sender\n-- 1 person can get it\nanna> /broadcast new A\nanna> now\nanna> everyone\n"
REMARK = "goes out as it stands"


@pytest.mark.parametrize("mistake", ["{first name}", "{first_name", "{first_name|", "{{first name|x}}", "{名字}"])
def test_braces_that_are_no_placeholder_are_remarked_on(desk: Desk, clock: Clock, mistake: str) -> None:
    stage = Stage(desk, clock)
    said = stage.play(f"{TO_MESSAGES}anna> Hello {mistake}\n")
    assert f"“{mistake}” {REMARK}; a value is written {{first_name|there}}." in said
    assert REMARK not in stage.play("anna> Another one\n")


@pytest.mark.parametrize(
    "fine", ["{first_name|there}", "{ first_name | there }", "{{first_name|there}}", "{", "{}", "{ }", "a } b", ":-{"]
)
def test_placeholders_and_lone_braces_are_not(desk: Desk, clock: Clock, fine: str) -> None:
    assert REMARK not in Stage(desk, clock).play(f"{TO_MESSAGES}anna> Hello {fine}\n")


PROS = """\
-- anna is a sender
-- the value plan is a text
-- 2 people with plan pro can get it
-- 1 person can get it
"""
ALL_HAVE_ONE = "Everybody who matches now has a plan"


@pytest.mark.parametrize(
    ("audience", "said"), [("plan = pro", ALL_HAVE_ONE), ("everyone", "Some people have no plan.")]
)
def test_whether_anybody_lacks_a_value_is_asked_of_the_chosen_audience(
    desk: Desk, clock: Clock, audience: str, said: str
) -> None:
    stage = Stage(desk, clock)
    assert said in stage.play(f"{PROS}anna> /broadcast new A\nanna> now\nanna> {audience}\nanna> Yours is {{plan}}\n")


@pytest.mark.parametrize("order", ["edit 1", "修改1", "remove 1", "way out: STOP to leave", "templates", "done"])
def test_an_order_is_carried_out_and_not_taken_for_what_people_read_instead(
    desk: Desk, clock: Clock, order: str
) -> None:
    stage = Stage(desk, clock)
    stage.play(f"{TO_MESSAGES}anna> Hi {{first_name}}\nanna> {order}\n")
    (draft,) = desk.listed()
    assert not any("|" in message.text for message in draft.content.messages if isinstance(message, Text))


def test_words_that_look_like_an_order_are_words_when_marked(desk: Desk, clock: Clock) -> None:
    stage = Stage(desk, clock)
    assert "Hi {first_name|edit 1}" in stage.play(f"{TO_MESSAGES}anna> Hi {{first_name}}\nanna> \\edit 1\n")
