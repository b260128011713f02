"""What is said of a message that was taken although something in it may be a mistake."""

import pytest

from broadcast.service import Desk
from tests.support.clock import Clock
from tests.support.transcript import Stage

TO_MESSAGES = "-- anna is a sender\n-- 1 person can get it\nanna> /broadcast new A\nanna> now\nanna> everyone\n"
REMARK = "goes out as it stands"


@pytest.mark.parametrize("mistake", ["{first name}", "{first_name", "{first_name|", "{{first_name|x}}", "{名字}"])
def test_braces_that_are_no_placeholder_are_remarked_on(desk: Desk, clock: Clock, mistake: str) -> None:
    stage = Stage(desk, clock)
    said = stage.play(f"{TO_MESSAGES}anna> Hello {mistake}\n")
    assert f"“{mistake}” {REMARK}; a value is written {{first_name|there}}." in said
    assert REMARK not in stage.play("anna> Another one\n")


@pytest.mark.parametrize("fine", ["{first_name|there}", "{ first_name | there }", "{", "{}", "{ }", "a } b", ":-{"])
def test_placeholders_and_lone_braces_are_not(desk: Desk, clock: Clock, fine: str) -> None:
    assert REMARK not in Stage(desk, clock).play(f"{TO_MESSAGES}anna> Hello {fine}\n")
