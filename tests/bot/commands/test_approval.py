"""The second person's decision: with the send or not at all, and about a broadcast called by any name."""

import pytest

from broadcast.service import Desk
from storage.models import Approval, AuditEntry, Broadcast
from tests.support.clock import Clock
from tests.support.transcript import Stage

BUILT = "{who}> /broadcast new {name}\n{who}> now\n{who}> everyone\n{who}> Tea is here.\n{who}> done\n{who}> send\n"
PEOPLE = "-- carl is a writer\n-- bob is a sender\n-- dora is an owner\n-- 2 people can get it\n"


def asked(desk: Desk, clock: Clock, name: str) -> Stage:
    """Return the stage on which Carl has asked for a send."""
    stage = Stage(desk, clock)
    stage.play(PEOPLE + BUILT.format(who="carl", name=name))
    return stage


def test_an_approval_whose_send_is_refused_is_none(desk: Desk, clock: Clock) -> None:
    stage = Stage(desk, clock)
    stage.play("-- at most 1 broadcasts per day\n" + PEOPLE + BUILT.format(who="carl", name="Tea"))
    stage.play(BUILT.format(who="bob", name="Coffee"))
    said = stage.play("bob> /broadcast approve 1\n")
    assert "The limit of broadcasts a day is 1, and that day has 1 already." in said
    assert "Nothing was sent. The request stays open until Wed 25 Nov 2026, 10:00 Europe/Berlin." in said
    assert (Approval.get().decision, Broadcast.get_by_id(1).status) == ("", "draft")
    assert not AuditEntry.select().where(AuditEntry.action == "approve").exists()
    assert "Approved: “Tea” leaves at" in stage.play("bob> undo\nbob> /broadcast approve 1\n")
    assert (Approval.get().decision, Broadcast.get_by_id(1).status) == ("approved", "starting")


def test_who_decides_second_is_told_so(desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = asked(desk, clock, "Tea")
    monkeypatch.setattr("storage.approvals.decide", lambda *_: False)
    for verb in ("approve", "refuse"):
        assert "Someone else has already decided." in stage.play(f"bob> /broadcast {verb} 1\n")
    assert Broadcast.get().status == "draft"


WHYS = (
    ("Spring sale", "Spring sale the price is wrong", "the price is wrong"),
    ("Spring sale", "1 the price  is wrong", "the price  is wrong"),
    ("Spring sale", "#1", ""),
    ("Launch v2", "Launch v2", ""),
    ("Sale the", "Sale the price", "price"),
)


@pytest.mark.parametrize(("name", "said", "why"), WHYS, ids=[row[1] for row in WHYS])
def test_a_refusal_knows_the_name_from_the_reason(desk: Desk, clock: Clock, name: str, said: str, why: str) -> None:
    told = asked(desk, clock, name).play(f"bob> /broadcast refuse {said}\n")
    assert f"bob refused “{name}”" + (f": {why}" if why else ".") in told


def test_the_longest_name_that_fits_is_meant(desk: Desk, clock: Clock) -> None:
    stage = asked(desk, clock, "Sale")
    stage.play(BUILT.format(who="carl", name="Sale the second"))
    assert "bob refused “Sale the second”: no" in stage.play("bob> /broadcast refuse Sale the second no\n")


@pytest.mark.parametrize("said", ["1", "Launch v2", "Launch v2 v{version}", "1 v{version}"])
def test_an_approval_knows_the_name_from_the_version(desk: Desk, clock: Clock, said: str) -> None:
    stage = asked(desk, clock, "Launch v2")
    line = said.format(version=Approval.get().version)
    assert "Approved: “Launch v2”" in stage.play(f"bob> /broadcast approve {line}\n")


UNKNOWN = (
    ("approve Tea and cake", "Tea and cake"),
    ("refuse Cake is out", "Cake is out"),
    ("refuse 99 the price is wrong", "99"),
    ("approve 99", "99"),
)


@pytest.mark.parametrize(("said", "named"), UNKNOWN, ids=[row[0] for row in UNKNOWN])
def test_a_broadcast_that_is_not_there_is_called_as_it_was_typed(
    desk: Desk, clock: Clock, said: str, named: str
) -> None:
    assert f"There is no broadcast “{named}”." in asked(desk, clock, "Tea").play(f"bob> /broadcast {said}\n")


@pytest.mark.parametrize("verb", ["approve", "refuse"])
def test_without_a_broadcast_the_example_is_of_the_same_command(desk: Desk, clock: Clock, verb: str) -> None:
    assert f"For example: /broadcast {verb} 12" in asked(desk, clock, "Tea").play(f"bob> /broadcast {verb}\n")
