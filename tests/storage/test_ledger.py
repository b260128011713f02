"""The ledger keeps its promises on both databases."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event

import pytest

from storage import broadcasts, channels, entries, ledger, subscribers
from storage.database import is_postgres, proxy, transaction
from storage.lifecycle import BroadcastStatus as S
from storage.lifecycle import Consent
from storage.lifecycle import RecipientState as R
from storage.models import Recipient, Subscriber
from tests.conftest import START
from tests.support.people import saw

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def channel() -> int:
    return channels.ensure("page", "messenger")


@pytest.fixture
def sending(channel) -> int:
    """A broadcast to five people that is sending."""
    for number in range(5):
        saw(channel, f"p{number}", START, START + timedelta(hours=24))
    row = broadcasts.create(channel, "Spring", "boss", START)
    ledger.plan(row.id, channel, None, {}, START)
    broadcasts.move(row.id, S.STARTING, "boss", START)
    broadcasts.move(row.id, S.SENDING, "boss", START)
    return row.id


def states(broadcast: int) -> list[str]:
    return [r.state for r in Recipient.select().where(Recipient.broadcast == broadcast).order_by(Recipient.subscriber)]


def go(broadcast: int, worker: str, claims: list[ledger.Claim]) -> None:
    ledger.mark_sending(broadcast, worker, [claim.subscriber_id for claim in claims], START)


def test_only_rows_still_held_are_marked(sending):
    mine, others = ledger.claim(sending, "w1", 3, START), ledger.claim(sending, "w2", 2, START)
    ledger.release(["w2"], START)
    assert ledger.mark_sending(sending, "w1", [claim.subscriber_id for claim in mine], START) == set()
    people = {claim.subscriber_id for claim in others}
    assert ledger.mark_sending(sending, "w2", [*people, mine[0].subscriber_id], START) == people


def test_planning_twice_makes_each_row_once(sending, channel):
    assert ledger.plan(sending, channel, None, {}, START) == 0
    assert entries.sums(sending).audience == 5


def test_who_opted_out_or_is_gone_stands_in_the_ledger_as_skipped(channel):
    for person in ("stays", "left", "gone"):
        saw(channel, person, START, None)
    subscribers.set_consent(channel, "left", Consent.OPTED_OUT, START)
    subscribers.gone(channel, "gone", START)
    row = broadcasts.create(channel, "Spring", "boss", START)
    assert ledger.plan(row.id, channel, None, {}, START) == 3
    assert entries.sums(row.id).by_state == {"pending": 1, "skipped": 2}
    assert {(state, reason) for state, reason, _, _ in entries.reasons(row.id)} == {
        ("skipped", "opted_out"),
        ("skipped", "unreachable"),
    }


def test_values_are_frozen_when_planned(channel):
    person = saw(channel, "p", START, None)
    Subscriber.update(first_name="Zoë").execute()
    row = broadcasts.create(channel, "Spring", "boss", START)
    ledger.plan(row.id, channel, None, {"first_name": Subscriber.first_name}, START)
    Subscriber.update(first_name="Other").execute()
    (claim,) = ledger.claim(row.id, "w1", 10, START)
    assert '"Zo' in claim.fills
    assert claim.subscriber_id == person.id


def test_two_workers_never_claim_the_same_person(sending):
    first = ledger.claim(sending, "w1", 3, START)
    second = ledger.claim(sending, "w2", 3, START)
    assert len(first) == 3
    assert len(second) == 2
    assert not {c.subscriber_id for c in first} & {c.subscriber_id for c in second}


def test_a_row_waits_for_its_time(sending):
    claims = ledger.claim(sending, "w1", 5, START)
    later = START + timedelta(minutes=1)
    go(sending, "w1", claims[:1])
    ledger.put_back(sending, "w1", [(claims[0].subscriber_id, 0, START, later, "busy", "2")], START, tried=True)
    assert ledger.claim(sending, "w1", 5, START) == []
    (again,) = ledger.claim(sending, "w1", 5, later)
    assert again.attempts == 1


def test_nothing_may_be_marked_once_a_pause_was_answered(sending):
    claims = ledger.claim(sending, "w1", 5, START)
    ids = [claim.subscriber_id for claim in claims]
    assert len(ledger.standing(sending, "w1", ids)) == 5
    broadcasts.move(sending, S.PAUSED, "boss", START)
    assert ledger.standing(sending, "w1", ids) is None


def test_a_pause_is_answered_only_when_the_marks_under_way_are_made(sending):
    """Whoever reads the numbers after the answer sees all who may still get it."""
    ids = [claim.subscriber_id for claim in ledger.claim(sending, "w1", 5, START)]
    looked, answered = Event(), Event()

    def pause() -> Counter[str]:
        looked.wait(5)
        try:
            broadcasts.move(sending, S.PAUSED, "boss", START)
            answered.set()
            return Counter(states(sending))
        finally:
            proxy.close()

    with ThreadPoolExecutor(1) as pool:
        pausing = pool.submit(pause)
        with transaction():
            assert ledger.standing(sending, "w1", ids) is not None
            looked.set()
            assert not answered.wait(0.3)
            ledger.mark_sending(sending, "w1", ids, START)
        assert pausing.result() == {"sending": 5}


def test_an_accepted_row_is_sent_with_its_message_id(sending):
    claims = ledger.claim(sending, "w1", 1, START)
    go(sending, "w1", claims)
    ledger.record_accepted(sending, "w1", 1, [(claims[0].subscriber_id, 0, "m_1")], START)
    row = Recipient.get(Recipient.state == "sent")
    assert (row.message_ids, row.step, row.worker) == ("m_1", 1, None)


def test_several_messages_go_back_to_claimed_in_between(sending):
    claims = ledger.claim(sending, "w1", 1, START)
    go(sending, "w1", claims)
    person = claims[0].subscriber_id
    ledger.record_accepted(sending, "w1", 2, [(person, 0, "m_1")], START)
    assert "claimed" in states(sending)
    go(sending, "w1", claims)
    ledger.record_accepted(sending, "w1", 2, [(person, 1, "m_2")], START)
    assert Recipient.get(Recipient.state == "sent").message_ids == "m_1 m_2"


def test_a_dead_workers_rows_go_back_or_become_unknown_but_are_never_repeated(sending):
    claims = ledger.claim(sending, "dead", 4, START)
    go(sending, "dead", claims[:2])
    assert ledger.release(["alive"], START) == (2, 2)
    assert sorted(states(sending)) == ["pending"] * 3 + ["unknown"] * 2
    left = ledger.claim(sending, "alive", 10, START)
    assert len(left) == 3


def test_a_living_workers_rows_are_left_alone(sending):
    ledger.claim(sending, "w1", 5, START)
    assert ledger.release(["w1"], START) == (0, 0)


def test_a_late_answer_settles_an_unknown_row(sending):
    claims = ledger.claim(sending, "w1", 1, START)
    go(sending, "w1", claims)
    ledger.release([], START)
    ledger.record_evidence(sending, 1, [(claims[0].subscriber_id, 0, "m_1")], START)
    assert "sent" in states(sending)


def test_a_worker_that_lost_its_rows_changes_nothing(sending):
    claims = ledger.claim(sending, "slow", 2, START)
    ledger.release([], START)
    go(sending, "slow", claims)
    ledger.record_refused(sending, "slow", R.FAILED, [(claims[0].subscriber_id, 0, START, "x", "1")], START)
    assert states(sending) == ["pending"] * 5


def test_watermarks_deliver_and_read_what_was_sent_before_them(sending, channel):
    claims = ledger.claim(sending, "w1", 2, START)
    go(sending, "w1", claims)
    ledger.record_accepted(sending, "w1", 1, [(c.subscriber_id, 0, "m") for c in claims], START)
    later = int((START + timedelta(seconds=1)).timestamp() * 1000)
    ledger.settle_by_watermark(channel, {claims[0].to: (later, 0), claims[1].to: (later, later)})
    assert states(sending)[:2] == ["delivered", "read"]
    ledger.settle_by_watermark(channel, {claims[1].to: (later, 0)})
    assert states(sending)[1] == "read"


def test_a_watermark_that_comes_before_the_answer_is_not_lost(sending, channel):
    claims = ledger.claim(sending, "w1", 1, START)
    go(sending, "w1", claims)
    later = int((START + timedelta(seconds=1)).timestamp() * 1000)
    ledger.settle_by_watermark(channel, {claims[0].to: (later, 0)})
    ledger.record_accepted(sending, "w1", 1, [(claims[0].subscriber_id, 0, "m")], START)
    assert states(sending)[0] == "delivered"


def test_cancelling_skips_everybody_not_written_to_and_the_sums_balance(sending):
    claims = ledger.claim(sending, "w1", 3, START)
    go(sending, "w1", claims[:1])
    assert ledger.skip_rest(sending, "cancelled", START) == 4
    sums = entries.sums(sending)
    assert sums.by_state == {"sending": 1, "skipped": 4}
    assert sums.audience == 5


def test_what_was_not_begun_goes_back_as_it_was(sending):
    claims = ledger.claim(sending, "w1", 5, START)
    go(sending, "w1", claims[:1])
    ledger.give_back(sending, "w1", [claim.subscriber_id for claim in claims], START + timedelta(hours=1))
    assert states(sending) == ["sending"] + ["pending"] * 4
    assert len(ledger.claim(sending, "w2", 5, START)) == 4  # their turn is where it was


def test_only_who_was_not_begun_with_can_be_skipped(sending):
    claims = ledger.claim(sending, "w1", 2, START)
    go(sending, "w1", claims[:1])
    ledger.skip(sending, "w1", [(claim.subscriber_id, "opted_out") for claim in claims], START)
    ledger.skip(sending, "w2", [(5, "opted_out")], START)
    assert states(sending) == ["sending", "skipped", "pending", "pending", "pending"]


def test_an_answer_settles_the_message_it_is_about_and_no_other(sending):
    """The echo advanced the row while the answer was lost: what is said of the first message is not the second's."""
    claims = ledger.claim(sending, "w1", 1, START)
    go(sending, "w1", claims)
    person = claims[0].subscriber_id
    ledger.record_evidence(sending, 2, [(person, 0, "m_1")], START)
    assert states(sending)[0] == "pending"
    ledger.record_refused(sending, "w1", R.UNKNOWN, [(person, 0, START, "no_answer", "")], START)
    ledger.put_back(sending, "w1", [(person, 0, START, START, "trouble", "2")], START, tried=True)
    row = Recipient.get(Recipient.subscriber == person)
    assert (row.state, row.step, row.attempts, row.reason) == ("pending", 1, 0, "")


def test_an_outcome_that_is_written_again_does_not_touch_the_next_call(sending):
    """Its commit went through and the answer was lost; before it was repeated the row was taken and begun anew."""
    claims = ledger.claim(sending, "w1", 1, START)
    go(sending, "w1", claims)
    busy = [(claims[0].subscriber_id, 0, START, START, "busy", "2")]
    ledger.put_back(sending, "w1", busy, START, tried=True)
    again = START + timedelta(seconds=1)
    ledger.claim(sending, "w1", 5, again)
    ledger.mark_sending(sending, "w1", [claims[0].subscriber_id], again)
    ledger.put_back(sending, "w1", busy, again, tried=True)
    ledger.record_refused(sending, "w1", R.FAILED, [(claims[0].subscriber_id, 0, START, "x", "1")], again)
    assert states(sending)[0] == "sending"


def test_a_worker_finds_what_it_holds_without_knowing(sending):
    claims = ledger.claim(sending, "w1", 4, START)
    go(sending, "w1", claims[:3])
    ledger.claim(sending, "w2", 1, START)
    held = {claims[0].subscriber_id, claims[3].subscriber_id}
    assert ledger.recover(sending, "w1", held, START) == 2
    assert states(sending) == ["sending", "pending", "pending", "claimed", "claimed"]


def test_doubts_are_counted_by_their_age(sending):
    claims = ledger.claim(sending, "w1", 2, START)
    go(sending, "w1", claims)
    ledger.release([], START)
    assert entries.doubtful(sending) == 2
    second = timedelta(seconds=1)
    assert entries.doubtful_lately(sending, START, second) == 2
    assert entries.doubtful_lately(sending, START + second, second) == 0
    assert entries.doubtful_lately(sending, START - second, second) == 2
    assert entries.doubtful_lately(sending, START - 2 * second, second) == 0, "the clock was set back since"


def test_nobody_is_between_once_a_cancelled_broadcast_was_settled(sending):
    claims = ledger.claim(sending, "w1", 2, START)
    go(sending, "w1", claims[:1])
    broadcasts.move(sending, S.CANCELLED, "boss", START, finished_at=START)
    assert ledger.settle_strays(START - timedelta(days=1), START) == 4
    assert ledger.settle_strays(START - timedelta(days=1), START) == 0
    ledger.put_back(sending, "w1", [(claims[0].subscriber_id, 0, START, START, "trouble", "2")], START, tried=True)
    assert ledger.settle_strays(START, START) == 0  # ended too long ago to be looked at
    assert ledger.settle_strays(START - timedelta(days=1), START) == 1
    assert states(sending) == ["skipped"] * 5


def refused_for_now(broadcast: int, worker: str = "w1") -> tuple[int, datetime]:
    """Call the first person and let the call be refused for a while; return who it is and when they are due again."""
    (claim,) = ledger.claim(broadcast, worker, 1, START)
    go(broadcast, worker, [claim])
    due = START + timedelta(seconds=2)
    ledger.put_back(broadcast, worker, [(claim.subscriber_id, 0, START, due, "trouble", "2")], START, tried=True)
    return claim.subscriber_id, due


def test_what_was_refused_for_now_and_arrived_all_the_same_is_not_sent_again(sending):
    person, due = refused_for_now(sending)
    ledger.record_evidence(sending, 1, [(person, 0, "m_1")], START)
    row = Recipient.get(Recipient.subscriber == person)
    assert (row.state, row.message_ids, row.reason, row.code) == ("sent", "m_1", "", "")
    assert person not in [claim.subscriber_id for claim in ledger.claim(sending, "w2", 5, due)]


def test_what_arrived_while_it_waited_in_other_hands_is_not_sent_again(sending):
    person, due = refused_for_now(sending)
    taken = [claim.subscriber_id for claim in ledger.claim(sending, "w2", 5, due)]
    assert person in taken
    ledger.record_evidence(sending, 1, [(person, 0, "m_1")], due)
    assert person not in ledger.mark_sending(sending, "w2", taken, due)
    assert states(sending) == ["sent"] + ["sending"] * 4


def test_evidence_for_the_first_message_of_one_that_waits_lets_the_second_follow_at_once(sending):
    person, _ = refused_for_now(sending)
    ledger.record_evidence(sending, 2, [(person, 0, "m_1")], START)
    (claim,) = [claim for claim in ledger.claim(sending, "w2", 5, START) if claim.subscriber_id == person]
    assert (claim.step, claim.attempts) == (1, 0)


def test_a_cancel_and_then_evidence_say_what_really_arrived(sending):
    person, _ = refused_for_now(sending)
    ledger.skip_rest(sending, "cancelled", START)
    ledger.record_evidence(sending, 1, [(person, 0, "m_1")], START)
    assert states(sending) == ["sent"] + ["skipped"] * 4


@pytest.mark.parametrize("state", ["pending", "claimed", "skipped"])
def test_there_is_no_evidence_for_what_was_never_called(sending, state):
    Recipient.update(state=state, worker="w1" if state == "claimed" else None).execute()
    ledger.record_evidence(sending, 1, [(1, 0, "m_1")], START)
    ledger.record_evidence(sending, 2, [(2, 0, "m_1")], START)
    assert states(sending) == [state] * 5


def test_evidence_that_comes_while_another_worker_marks_is_in_time_or_too_late_and_never_both(sending):
    """It waits for the mark, or the mark for it: whoever comes second sees what the first has done."""
    people = {claim.subscriber_id for claim in ledger.claim(sending, "w1", 5, START)}
    ledger.mark_sending(sending, "w1", sorted(people), START)
    due = [(person, 0, START, START, "trouble", "2") for person in sorted(people)]
    ledger.put_back(sending, "w1", due, START, tried=True)
    taken = [claim.subscriber_id for claim in ledger.claim(sending, "w2", 5, START)]
    looked, proven = Event(), Event()

    def prove() -> None:
        looked.wait(5)
        try:
            ledger.record_evidence(sending, 1, [(person, 0, "m_1") for person in sorted(people)[:3]], START)
        finally:
            proxy.close()
            proven.set()

    with ThreadPoolExecutor(1) as pool:
        proving = pool.submit(prove)
        with transaction():
            assert len(ledger.standing(sending, "w2", taken) or ()) == 5
            looked.set()
            if is_postgres():  # on SQLite evidence waits for this transaction
                assert proven.wait(5)
            marked = ledger.mark_sending(sending, "w2", taken, START)
        proving.result()
    assert len(marked) == (2 if is_postgres() else 5)
    assert states(sending) == ["sent"] * 3 + ["sending"] * 2


def strike_or_reach(broadcast: int, *, reach: bool) -> None:
    """Let a broadcast to the first person fail to reach them, or reach them."""
    if not reach:
        subscribers.strike([1])
        return
    Recipient.update(state="pending", step=0).where(Recipient.subscriber == 1).execute()
    go(broadcast, "w1", ledger.claim(broadcast, "w1", 1, START))
    ledger.record_accepted(broadcast, "w1", 1, [(1, 0, "m")], START)


@pytest.mark.parametrize(
    ("course", "left_out"), [("fff", True), ("ffsff", False), ("fsfsfsf", False), ("ffsfff", True)]
)
def test_only_who_could_not_be_reached_three_times_in_a_row_is_left_out(sending, course, left_out):
    for one in course:
        strike_or_reach(sending, reach=one == "s")
    assert Subscriber.get_by_id(1).unreachable is left_out


def test_evidence_begins_a_row_of_failures_anew_and_the_same_evidence_again_does_not(sending):
    go(sending, "w1", ledger.claim(sending, "w1", 1, START))
    subscribers.strike([1])
    ledger.record_evidence(sending, 1, [(1, 0, "m")], START)
    assert Subscriber.get_by_id(1).strikes == 0
    subscribers.strike([1])
    ledger.record_evidence(sending, 1, [(1, 0, "m")], START)
    assert Subscriber.get_by_id(1).strikes == 1
