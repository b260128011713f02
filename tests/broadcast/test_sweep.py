"""The clockwork: schedules, undo periods, workers that went silent, broadcasts that end."""

from datetime import timedelta

import peewee as pw
import pytest

from bot.texts import texts
from broadcast import because, sweep
from broadcast.because import Reason
from storage import broadcasts, channels, ledger, outbox, workers
from storage.lifecycle import BroadcastStatus, RecipientState
from storage.models import Recipient
from tests.broadcast.lab import Lab

S = BroadcastStatus


def made(lab: Lab, status: S, **fields) -> int:
    """A broadcast to everyone, moved to a status by hand."""
    row = broadcasts.create(lab.channel, "b", "boss", lab.now(), **fields)
    if status is not S.DRAFT:
        broadcasts.move(row.id, status, "boss", lab.now(), **fields)
    return row.id


def told(lab: Lab) -> list[str]:
    return [what for what, _ in lab.told]


@pytest.mark.parametrize(
    ("late", "allowed", "status"),
    [
        (timedelta(seconds=-1), 3600, "scheduled"),
        (timedelta(0), 3600, "starting"),
        (timedelta(hours=1), 3600, "starting"),
        (timedelta(hours=1, seconds=1), 3600, "missed"),
        (timedelta(seconds=1), 0, "missed"),
        (timedelta(days=30), 90 * 86400, "starting"),
    ],
)
def test_a_schedule_found_late_is_sent_only_if_not_too_late(lab: Lab, late, allowed, status):
    due = lab.now()
    broadcast = made(lab, S.SCHEDULED, scheduled_for=due, late_seconds=allowed)
    sweep.start_due(due + late, lab.notify)
    assert lab.status(broadcast) == status
    assert told(lab) == (["missed"] if status == "missed" else [])


def test_the_first_message_waits_for_the_end_of_the_undo_period(lab: Lab):
    lab.people(3)
    broadcast = made(lab, S.STARTING, undo_until=lab.now() + timedelta(seconds=15))
    sweep.begin_sending(lab.now, lab.notify)
    assert lab.status(broadcast) == "starting"
    assert lab.states(broadcast) == {"pending": 3}  # chosen meanwhile, so that it can begin at once
    assert sweep.next_moment(lab.now(), timedelta(seconds=60)) == timedelta(seconds=15)
    lab.clock.advance(seconds=15)
    sweep.begin_sending(lab.now, lab.notify)
    assert lab.status(broadcast) == "sending"
    assert told(lab) == ["started"]


def test_the_audience_is_chosen_once_and_frozen(lab: Lab):
    lab.people(3)
    broadcast = made(lab, S.STARTING, undo_until=lab.now() + timedelta(seconds=15))
    sweep.begin_sending(lab.now, lab.notify)
    lab.people(2)
    sweep.begin_sending(lab.now, lab.notify)
    assert lab.states(broadcast).total() == 3


def test_a_send_taken_back_while_we_looked_is_not_begun(lab: Lab, monkeypatch):
    lab.people(1)
    broadcast = made(lab, S.STARTING, undo_until=lab.now())
    real = sweep.plan

    def plan_and_undo(broadcast_id: int, now) -> bool:
        planned = real(broadcast_id, now)
        broadcasts.move(broadcast_id, S.DRAFT, "boss", now)
        again = now + timedelta(seconds=15)
        broadcasts.move(broadcast_id, S.STARTING, "boss", now, undo_until=again)
        return planned

    monkeypatch.setattr(sweep, "plan", plan_and_undo)
    sweep.begin_sending(lab.now, lab.notify)
    assert lab.status(broadcast) == "starting"  # sent again, with an undo period of its own


def test_a_filter_that_makes_no_sense_any_more_fails_with_its_sentence(lab: Lab):
    broadcast = made(lab, S.STARTING, audience="plan = pro")
    sweep.begin_sending(lab.now, lab.notify)
    assert lab.status(broadcast) == "failed"
    ((what, draft),) = lab.told
    assert what == "failed"
    assert because.say(draft.pause_reason, texts("en")).startswith("I do not know the field “plan”")
    assert because.say(draft.pause_reason, texts("zh_CN")).startswith("没有“plan”这个字段")


def test_one_that_cannot_be_planned_does_not_keep_the_others_waiting(lab: Lab, monkeypatch):
    lab.people(1)
    good, bad = made(lab, S.STARTING), made(lab, S.STARTING)
    real = sweep.plan

    def plan(broadcast_id: int, now) -> bool:
        if broadcast_id == bad:
            raise pw.DataError("a value out of range")
        return real(broadcast_id, now)

    monkeypatch.setattr(sweep, "plan", plan)
    sweep.begin_sending(lab.now, lab.notify)
    assert lab.status(bad) == "failed"
    assert lab.status(good) == "sending"


def test_rows_of_a_silent_worker_go_back_or_are_in_doubt(lab: Lab):
    lab.people(3)
    broadcast = lab.broadcast()
    workers.beat("silent", lab.now())
    ledger.claim(broadcast, "silent", 2, lab.now())
    ledger.mark_sending(broadcast, "silent", [1], lab.now())
    assert sweep.take_over("w1", lab.now() + workers.SILENT_AFTER - timedelta(milliseconds=1)) == (0, 0)
    assert sweep.take_over("w1", lab.now() + workers.SILENT_AFTER) == (1, 1)
    assert lab.states(broadcast) == {"pending": 2, "unknown": 1}


def test_a_worker_never_takes_over_from_itself(lab: Lab):
    lab.people(1)
    broadcast = lab.broadcast()
    ledger.claim(broadcast, "w1", 1, lab.now())
    assert sweep.take_over("w1", lab.now() + timedelta(hours=1)) == (0, 0)


@pytest.mark.parametrize(
    ("state", "ends"),
    [
        ("pending", False),
        ("claimed", False),
        ("sending", False),
        ("unknown", True),
        ("failed", True),
        ("skipped", True),
    ],
)
def test_a_broadcast_ends_when_nobody_is_left_to_write_to(lab: Lab, state, ends):
    lab.people(1)
    broadcast = lab.broadcast()
    Recipient.update(state=state).execute()
    assert sweep.finish(lab.draft(broadcast), lab.now(), lab.notify) is ends
    assert (lab.status(broadcast), told(lab)) == (("sent", ["sent"]) if ends else ("sending", []))


def test_a_paused_broadcast_does_not_end(lab: Lab):
    broadcast = lab.broadcast()
    broadcasts.move(broadcast, S.PAUSED, "boss", lab.now())
    assert sweep.finish(lab.draft(broadcast), lab.now(), lab.notify)
    assert lab.status(broadcast) == "paused"


def test_what_comes_back_after_a_cancel_is_settled(lab: Lab):
    lab.people(2)
    broadcast = lab.broadcast("One", "Two")
    ledger.claim(broadcast, "w1", 2, lab.now())
    ledger.mark_sending(broadcast, "w1", [1, 2], lab.now())
    broadcasts.move(broadcast, S.CANCELLED, "boss", lab.now(), finished_at=lab.now())
    ledger.skip_rest(broadcast, "cancelled", lab.now())
    ledger.put_back(broadcast, "w1", [(1, 0, lab.now(), lab.now(), "trouble", "2")], lab.now(), tried=True)
    ledger.record_accepted(broadcast, "w1", 2, [(2, 0, "m")], lab.now())
    sweep.settle(lab.now())
    assert [(row.state, row.reason) for row in lab.rows(broadcast)] == [("skipped", "cancelled")] * 2


def test_evidence_after_the_end_that_something_is_missing_says_so(lab: Lab):
    lab.people(1)
    broadcast = lab.broadcast("One", "Two")
    ledger.claim(broadcast, "w1", 1, lab.now())
    ledger.mark_sending(broadcast, "w1", [1], lab.now())
    ledger.record_refused(broadcast, "w1", RecipientState.UNKNOWN, [(1, 0, lab.now(), "no_answer", "")], lab.now())
    assert not sweep.finish(lab.draft(broadcast), lab.now(), lab.notify)
    lab.clock.advance(seconds=11)
    assert sweep.finish(lab.draft(broadcast), lab.now(), lab.notify)
    ledger.record_evidence(broadcast, 2, [(1, 0, "m")], lab.now())
    sweep.settle(lab.now())
    assert [(row.state, row.reason) for row in lab.rows(broadcast)] == [("failed", "incomplete")]


def test_what_is_starting_anew_is_not_held_for_what_was_before(lab: Lab):
    broadcast = made(lab, S.STARTING)
    assert not sweep.hold(lab.draft(broadcast), "clarion", because.NO_REASON, lab.now(), lab.notify)
    assert (lab.status(broadcast), told(lab)) == ("starting", [])


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=1)], ids=["due", "missed"])
def test_what_is_taken_out_of_the_calendar_while_we_look_does_not_start(lab: Lab, monkeypatch, late):
    broadcast = made(lab, S.SCHEDULED, scheduled_for=lab.now())
    (row,) = broadcasts.due(lab.now())
    broadcasts.move(broadcast, S.DRAFT, "boss", lab.now())
    monkeypatch.setattr(sweep.broadcasts, "due", lambda _now: [row])
    sweep.start_due(lab.now() + late, lab.notify)
    assert (lab.status(broadcast), told(lab)) == ("draft", [])


def test_what_was_taken_back_and_sent_again_while_we_looked_waits_for_its_audience(lab: Lab, monkeypatch):
    lab.people(1)
    broadcast = made(lab, S.STARTING, undo_until=lab.now())
    monkeypatch.setattr(sweep, "plan", lambda *_given: True)  # of the first time: the second is not planned yet
    sweep.begin_sending(lab.now, lab.notify)
    assert lab.status(broadcast) == "starting"


def test_what_was_paused_while_we_looked_is_not_begun(lab: Lab, monkeypatch):
    lab.people(1)
    broadcast = made(lab, S.STARTING, undo_until=lab.now())
    real = sweep.plan

    def planned_and_paused(*given) -> bool:
        found = real(*given)
        broadcasts.move(broadcast, S.PAUSED, "boss", lab.now())
        return found

    monkeypatch.setattr(sweep, "plan", planned_and_paused)
    sweep.begin_sending(lab.now, lab.notify)
    assert lab.status(broadcast) == "paused"


def test_the_replies_of_a_worker_that_went_silent_are_said_by_another(lab: Lab):
    outbox.add(lab.channel, "p", {}, lab.now())
    assert len(outbox.claim(lab.channel, "dead", 1, lab.now())) == 1
    sweep.take_over("w1", lab.now())
    assert len(outbox.claim(lab.channel, "w1", 1, lab.now())) == 1


def test_a_broadcast_that_went_past_its_first_people_does_not_stop_at_them_again(lab: Lab):
    lab.people(2)
    broadcast = made(lab, S.STARTING, canary=1)
    sweep.begin_sending(lab.now, lab.notify)
    (first,) = ledger.claim(broadcast, "w1", 2, lab.now())
    ledger.mark_sending(broadcast, "w1", [first.subscriber_id], lab.now())
    ledger.record_accepted(broadcast, "w1", 1, [(first.subscriber_id, 0, "m")], lab.now())
    broadcasts.go_past_canary(broadcast, "boss", lab.now())
    assert not sweep.finish(lab.draft(broadcast), lab.now(), lab.notify)
    assert lab.status(broadcast) == "sending"


def test_a_wait_that_ends_by_itself_is_told_once_and_again_after_an_hour_without(lab: Lab):
    lab.people(1)
    draft = lab.draft(lab.broadcast())
    why = Reason("Slow down.")
    for minutes in (0, 1, 59, 61):
        lab.clock.advance(minutes=minutes)
        sweep.hold_channel(draft, why, lab.now() + timedelta(minutes=1), lab.now(), lab.notify)
    assert [(what, told.pause_reason) for what, told in lab.told] == [("waits", why)] * 2
    sweep.hold_channel(draft, why, None, lab.now() + timedelta(hours=3), lab.notify)
    assert len(lab.told) == 2  # told when its broadcasts are held
    assert channels.paused(lab.channel, lab.now() + timedelta(days=1)) == (why, None)
