"""Pause, resume and cancel: who may, and what of."""

import pytest

from broadcast.service import Desk
from storage.models import Broadcast
from tests.support.clock import Clock
from tests.support.transcript import Stage

BUILT = (
    "-- anna is a sender\n-- carl is a writer\n-- 2 people can get it\n"
    "anna> /broadcast new Tea\nanna> {when}\nanna> everyone\nanna> Tea is here.\nanna> done\nanna> {do}\n"
)
ON_ITS_WAY = BUILT.format(when="now", do="send")


@pytest.mark.parametrize(
    ("happened", "status"), [("", "starting"), ("anna> /broadcast pause 1\n", "paused")], ids=["starting", "paused"]
)
def test_a_writer_may_not_cancel_what_is_on_its_way(desk: Desk, clock: Clock, happened: str, status: str) -> None:
    stage = Stage(desk, clock)
    stage.play(ON_ITS_WAY + happened)
    assert "Only a sender or an owner may cancel what is on its way." in stage.play("carl> /broadcast cancel 1\n")
    assert Broadcast.get().status == status


IN_THE_CALENDAR = BUILT.format(when="tomorrow 9", do="schedule")
A_SENDERS = "“Tea” is scheduled, so only a sender or an owner can change or cancel it."


@pytest.mark.parametrize("verb", ["cancel", "edit", "send", "schedule"])
def test_a_writer_may_not_touch_what_is_scheduled_and_is_told_who_may(desk: Desk, clock: Clock, verb: str) -> None:
    stage = Stage(desk, clock)
    stage.play(IN_THE_CALENDAR)
    said = stage.play(f"carl> /broadcast {verb} 1\n")
    assert A_SENDERS in said
    assert "[Test] [Clone]" in said
    assert "Edit" not in said
    assert Broadcast.get().status == "scheduled"


def test_a_writer_at_the_card_of_what_is_scheduled_meanwhile_can_neither_change_nor_confirm_it(
    desk: Desk, clock: Clock
) -> None:
    stage = Stage(desk, clock)
    stage.play(BUILT.format(when="tomorrow 9", do="save"))
    stage.play("carl> /broadcast edit 1\nanna> /broadcast schedule 1\nanna> schedule\n")
    for words in ("send now", "canary 1", "schedule", "cancel", "discard", "go on"):
        stage.play(f"carl> {words}\n")
    assert A_SENDERS in stage.play("carl> /broadcast 1\ncarl> /broadcast edit 1\ncarl> remove 1\n")
    assert Broadcast.get().status == "scheduled"


@pytest.mark.parametrize(
    ("verb", "becomes"), [("edit", "draft"), ("cancel", "cancelled")], ids=["edits it", "cancels it"]
)
def test_a_writer_may_do_so_with_a_draft(desk: Desk, clock: Clock, verb: str, becomes: str) -> None:
    stage = Stage(desk, clock)
    stage.play(BUILT.format(when="tomorrow 9", do="save"))
    assert A_SENDERS not in stage.play(f"carl> /broadcast {verb} 1\n")
    assert Broadcast.get().status == becomes


def test_a_writer_who_leaves_a_draft_is_not_asked_about_what_is_scheduled(desk: Desk, clock: Clock) -> None:
    stage = Stage(desk, clock)
    stage.play(IN_THE_CALENDAR)
    said = stage.play("carl> /broadcast new Coffee\ncarl> /broadcast cancel\n")
    assert "Save “Coffee” as a draft, discard it, or go on?" in said


def test_a_writer_may_take_back_what_was_scheduled_at_their_own_request_and_no_more_than_that(
    desk: Desk, clock: Clock
) -> None:
    stage = Stage(desk, clock)
    stage.play(BUILT.format(when="tomorrow 9", do="save"))
    asked = "carl> /broadcast send 1\ncarl> schedule\n"
    assert "is out of the calendar" in stage.play(f"{asked}anna> /broadcast approve 1\ncarl> undo\n")
    stage.play(f"{asked}anna> /broadcast refuse 1\nanna> /broadcast schedule 1\nanna> schedule\n")
    assert A_SENDERS in stage.play("carl> undo\n")
    assert Broadcast.get().status == "scheduled"
