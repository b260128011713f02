"""From the card to Send or Schedule: whichever way it is confirmed, the same is looked at first."""

from dataclasses import replace

import pytest

from broadcast.service import Desk
from storage.models import Broadcast
from tests.support.clock import Clock
from tests.support.transcript import Stage

BUILT = (
    "-- anna is a sender\n-- 2 people can get it\n"
    "anna> /broadcast new Tea\nanna> {when}\nanna> everyone\nanna> Tea is here.\nanna> done\n"
)
CHANGED = "Something changed since that card was shown."
WAYS = {"send": "now", "schedule": "18:30"}


def test_send_now_drops_a_time_that_is_for_each(desk: Desk, clock: Clock) -> None:
    stage = Stage(desk, clock)
    said = stage.play(BUILT.format(when="tomorrow 18:30 for each") + "anna> send now\nanna> send\n")
    assert "I removed the scheduled time. Say send to confirm." in said
    assert "When: now, as soon as you confirm" in said
    row = Broadcast.get()
    assert (row.status, row.scheduled_for, row.local_time) == ("starting", None, "")


@pytest.mark.parametrize(("word", "when"), WAYS.items(), ids=WAYS)
def test_what_is_confirmed_is_what_the_card_showed(desk: Desk, clock: Clock, word: str, when: str) -> None:
    stage = Stage(desk, clock)
    stage.play(BUILT.format(when=when))
    said = stage.play(f"-- 1 person can get it\nanna> {word}\n")
    assert CHANGED in said
    assert Broadcast.get().status == "draft"
    stage.play(f"anna> {word}\n")
    assert Broadcast.get().status in {"starting", "scheduled"}


@pytest.mark.parametrize(("word", "when"), WAYS.items(), ids=WAYS)
def test_content_with_a_problem_is_not_confirmed(desk: Desk, clock: Clock, word: str, when: str) -> None:
    stage = Stage(desk, clock)
    half_a_card = "anna> messages\nanna> card\nanna> https://example.com/tea.png\nanna> /broadcast send 1\n"
    stage.play(BUILT.format(when=when) + half_a_card)
    assert "A card or an article needs a title." in stage.play(f"anna> {word}\n")
    assert Broadcast.get().status == "draft"


def test_a_typed_number_does_not_send_what_has_changed_meanwhile(desk: Desk, clock: Clock) -> None:
    stage = Stage(desk, clock)
    stage.play("-- a number is asked for above 1\n" + BUILT.format(when="now") + "anna> send\n")
    assert CHANGED in stage.play("-- 1 person can get it\nanna> 2\n")
    assert Broadcast.get().status == "draft"


@pytest.mark.parametrize(("button", "when"), [("Send to 2", "now"), ("Schedule", "tomorrow 9")])
def test_a_button_of_an_older_card_confirms_nothing(desk: Desk, clock: Clock, button: str, when: str) -> None:
    stage = Stage(desk, clock)
    stage.play(BUILT.format(when=when) + "anna> messages\nanna> And cake.\nanna> done\n")
    assert CHANGED in stage.play(f"anna> [{button}]@1\n")
    assert Broadcast.get().status == "draft"


def test_what_cannot_be_sent_any_more_is_refused_before_a_number_is_asked_for(desk: Desk, clock: Clock) -> None:
    stage = Stage(desk, clock)
    stage.play("-- a number is asked for above 1\n-- there is the flow plans (Plans)\n")
    stage.play(BUILT.format(when="now") + "anna> messages\nanna> button\nanna> Plans\nanna> plans\nanna> done\n")
    stage.desk = replace(stage.desk, flows={})
    answer = stage.play("anna> send\n")
    assert "There is no flow “plans”" in answer
    assert "type that number" not in answer


ZONES = (
    ("tomorrow 18:30 Tokyo for each", "for all", "Time: Wed 25 Nov 2026, 10:30 Europe/Berlin"),
    (
        "tomorrow 18:30 Tokyo",
        "for each",
        "Time: Wed 25 Nov 2026, 18:30 for each where they live (Asia/Tokyo where I do not know)",
    ),
)


@pytest.mark.parametrize(("when", "then", "told"), ZONES, ids=[row[1] for row in ZONES])
def test_for_each_and_for_all_keep_the_time_of_day_in_the_zone_it_was_given_in(
    desk: Desk, clock: Clock, when: str, then: str, told: str
) -> None:
    said = Stage(desk, clock).play(BUILT.format(when=when) + f"anna> when\nanna> {then}\n")
    assert told in said


def test_a_time_that_has_passed_in_its_own_zone_is_not_made_one_for_all(desk: Desk, clock: Clock) -> None:
    stage = Stage(desk, clock)
    stage.play(BUILT.format(when="18:30 Tokyo for each") + "anna> when\n")
    said = stage.play("-- 1 hours pass\nanna> for all\n")
    assert "That time has passed in Asia/Tokyo. Give it a new one." in said
