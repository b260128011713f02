"""`undo`: the word means what was done just before, the button the broadcast it stood under."""

import pytest

from broadcast.service import Desk
from storage import approvals
from storage.models import Broadcast
from tests.support.clock import Clock
from tests.support.transcript import Stage

SCHEDULED = (
    "-- anna is a sender\n-- 2 people can get it\n"
    "anna> /broadcast new Tea\nanna> tomorrow 9\nanna> everyone\nanna> Tea is here.\nanna> done\nanna> schedule\n"
)
NOTHING = "There is nothing to undo."
MEANWHILE = (
    "/broadcast new Coffee",
    "/broadcast new",
    "/broadcast clone 1",
    "/broadcast edit 1",
    "/broadcast practice",
)


@pytest.mark.parametrize("begun", MEANWHILE)
def test_once_something_else_was_begun_the_word_takes_nothing_back(desk: Desk, clock: Clock, begun: str) -> None:
    stage = Stage(desk, clock)
    stage.play(SCHEDULED)
    assert NOTHING in stage.play(f"-- 3 hours pass\nanna> {begun}\nanna> undo\n")
    assert Broadcast.get_by_id(1).status == "scheduled"


@pytest.mark.parametrize("begun", ["/broadcast new Coffee", "/broadcast practice"])
def test_the_button_takes_its_own_broadcast_back_all_the_same(desk: Desk, clock: Clock, begun: str) -> None:
    stage = Stage(desk, clock)
    stage.play(SCHEDULED)
    assert "“Tea” is out of the calendar, a draft again." in stage.play(f"anna> {begun}\nanna> [Undo]\n")
    assert Broadcast.get_by_id(1).status == "draft"


def test_the_button_of_a_broadcast_that_has_left_says_that_it_is_too_late(desk: Desk, clock: Clock) -> None:
    stage = Stage(desk, clock)
    stage.play(SCHEDULED.replace("tomorrow 9", "now").replace("anna> schedule", "anna> send"))
    said = stage.play("-- 20 seconds pass\n-- it goes out\nanna> /broadcast new Coffee\nanna> [Undo]\n")
    assert "It is too late to undo that." in said


def test_a_change_of_the_draft_being_built_ends_the_undo_of_what_was_approved_before(desk: Desk, clock: Clock) -> None:
    stage = Stage(desk, clock)
    stage.play("-- carl is a writer\n" + SCHEDULED.replace("anna>", "carl>"))
    stage.play("anna> /broadcast new Coffee\nanna> now\nanna> everyone\nanna> /broadcast approve 1\n")
    assert NOTHING in stage.play("anna> Coffee is here.\nanna> undo\n")
    assert Broadcast.get_by_id(1).status == "scheduled"


ASKED = (
    "-- carl is a writer\n-- dora is a writer\n-- ben is an owner\n-- 2 people can get it\n"
    "carl> /broadcast new Tea\ncarl> now\ncarl> everyone\ncarl> Tea is here.\ncarl> done\ncarl> send\n"
)
ASKED_BY_ANOTHER = ASKED + "ben> /broadcast refuse 1 not yet\ndora> /broadcast send 1\ndora> send\n"


def test_an_undo_withdraws_ones_own_request(desk: Desk, clock: Clock) -> None:
    stage = Stage(desk, clock)
    stage.play(ASKED)
    assert "no longer waits for anybody" in stage.play("carl> undo\n")
    assert approvals.open_for(1) is None


def test_an_undo_does_not_withdraw_what_somebody_else_asks_for_by_now(desk: Desk, clock: Clock) -> None:
    stage = Stage(desk, clock)
    stage.play(ASKED_BY_ANOTHER)
    assert "“Tea” is a draft; there is nothing to take back." in stage.play("carl> undo\n")
    asked = approvals.open_for(1)
    assert asked is not None
    assert asked.asked_by == "dora"


def test_the_button_tapped_once_more_says_that_it_is_a_draft(desk: Desk, clock: Clock) -> None:
    stage = Stage(desk, clock)
    stage.play(SCHEDULED + "anna> [Undo]\n")
    assert "“Tea” is a draft; there is nothing to take back." in stage.play("anna> [Undo]\n")
