"""A channel's own limits are never exceeded, and nothing of them is lost."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import peewee as pw
import pytest

from broadcast import quota
from broadcast.draft import Draft
from broadcast.plan import plan
from broadcast.service import Desk, Unsendable
from handlers.content import Content, Text
from handlers.messenger.platform import Messenger
from handlers.secret import Secret
from storage import broadcasts, channels, entries, ledger, quotas
from storage.database import open_database, proxy, transaction
from storage.lifecycle import BroadcastStatus, RecipientState
from storage.models import Recipient, Subscriber
from storage.quotas import Limits
from tests.conftest import START
from tests.support.clock import Clock
from tests.support.people import saw

ONE, TWO = Content(messages=(Text(text="Hello"),)), Content(messages=(Text(text="Hello"), Text(text="again")))


@pytest.fixture
def desk(database: pw.Database, make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()


def people(desk: Desk, number: int) -> None:
    for index in range(number):
        saw(desk.channel_id, f"p{index}", START, START + timedelta(hours=20))


def limit(desk: Desk, **numbers: int) -> None:
    quotas.set_limits(desk.channel_id, Limits(**numbers, time_zone="Europe/Berlin"))


def draft(desk: Desk, content: Content = ONE) -> Draft:
    return desk.edit(desk.create("Sale", "anna"), content=content)


def sent(desk: Desk, content: Content = ONE) -> Draft:
    made = draft(desk, content)
    desk.send(made, "anna")
    found = desk.get(made.id)
    assert found is not None
    return found


def taken(desk: Desk) -> tuple[int, int]:
    """Return the broadcasts of the day and the messages of the month."""
    today = quota.today(desk.channel_id, desk.now())
    return today.day.broadcasts, today.month.messages


def accept(broadcast: Draft, number: int, steps: int = 1) -> None:
    """Let the platform accept all messages of a broadcast for some people."""
    rows = Recipient.select(Recipient.subscriber).where(
        (Recipient.broadcast == broadcast.id) & (Recipient.state == "pending")
    )
    some = [row.subscriber_id for row in rows.order_by(Recipient.subscriber).limit(number)]
    Recipient.update(state="sent", step=steps, sent_at=START).where(
        (Recipient.broadcast == broadcast.id) & Recipient.subscriber.in_(some)
    ).execute()


def test_what_is_reserved_is_returned_by_undo_and_cancel(desk: Desk) -> None:
    people(desk, 3)
    limit(desk, messages_per_month=10)
    one, two = sent(desk, TWO), sent(desk)
    assert taken(desk) == (2, 9)
    assert desk.undo_send(one, "anna")
    assert taken(desk) == (1, 3)
    desk.cancel(two, "anna")
    assert taken(desk) == (0, 0)


def test_a_cancel_returns_only_what_did_not_go_out(desk: Desk) -> None:
    people(desk, 3)
    limit(desk, messages_per_month=10)
    broadcast = sent(desk)
    plan(broadcast.id, START)
    accept(broadcast, 2)
    desk.cancel(broadcast, "anna")
    assert taken(desk) == (1, 2)


def test_a_calls_answer_that_is_out_counts_as_accepted(desk: Desk) -> None:
    people(desk, 3)
    broadcast = sent(desk)
    plan(broadcast.id, START)
    Recipient.update(state="unknown").where(Recipient.broadcast == broadcast.id).execute()
    desk.cancel(broadcast, "anna")
    assert taken(desk) == (1, 3)


def test_what_is_in_the_calendar_holds_its_place_and_gives_it_back(desk: Desk) -> None:
    people(desk, 3)
    limit(desk, broadcasts_per_day=1, messages_per_month=5)
    later = desk.edit(draft(desk), scheduled_for=START + timedelta(hours=2))
    desk.schedule(later, "anna")
    with pytest.raises(Unsendable) as refused:
        desk.send(draft(desk), "anna")
    assert [problem.code for problem in refused.value.found] == ["quota_day"]
    assert refused.value.slot == datetime(2026, 12, 1, 9, tzinfo=UTC)  # tomorrow has room, this month has not
    desk.unschedule(desk.get(later.id) or later, "anna")
    desk.send(draft(desk), "anna")


def test_a_refused_broadcast_stays_a_draft(desk: Desk) -> None:
    people(desk, 3)
    limit(desk, messages_per_month=2)
    refused = draft(desk)
    with pytest.raises(Unsendable) as error:
        desk.send(refused, "anna")
    assert error.value.slot is None  # no month has room for three
    assert [problem.code for problem in error.value.found] == ["quota_never"]
    assert [one.status for one in desk.listed()] == [BroadcastStatus.DRAFT]
    assert taken(desk) == (0, 0)


def test_a_scheduled_broadcast_reserves_for_people_whose_window_is_closed_by_then(desk: Desk) -> None:
    people(desk, 3)
    limit(desk, messages_per_month=10)
    later = desk.edit(draft(desk), scheduled_for=START + timedelta(hours=22))
    assert desk.reach(later).can_get == 0
    desk.schedule(later, "anna")
    assert taken(desk)[1] == 3


def test_an_audience_that_has_grown_is_cut_to_what_there_is_room_for(desk: Desk) -> None:
    people(desk, 3)
    limit(desk, messages_per_month=8)
    broadcast = sent(desk, TWO)
    people(desk, 6)
    Subscriber.update(window_expires_at=None).where(Subscriber.platform_user_id << ["p1", "p4"]).execute()
    plan(broadcast.id, START)
    sums = entries.sums(broadcast.id)
    assert (sums.of(RecipientState.PENDING), sums.of(RecipientState.SKIPPED)) == (4, 2)
    assert taken(desk) == (1, 8)
    skipped = Recipient.select(Recipient.subscriber).where(Recipient.reason == "channel_quota")
    assert {row.subscriber.platform_user_id for row in skipped} == {"p1", "p4"}


def test_without_limits_what_went_out_is_counted_all_the_same(desk: Desk) -> None:
    people(desk, 3)
    broadcast = sent(desk)
    plan(broadcast.id, START)
    accept(broadcast, 3)
    desk.cancel(broadcast, "anna")
    assert taken(desk) == (1, 3)


def test_a_month_ends_where_the_channel_says(desk: Desk, clock: Clock) -> None:
    people(desk, 3)
    clock.advance(days=6, hours=13, minutes=30)  # 30 November 23:30 in Berlin
    limit(desk, messages_per_month=5)
    Subscriber.update(window_expires_at=clock.now() + timedelta(hours=9)).execute()
    sent(desk)
    assert taken(desk) == (1, 3)
    clock.advance(hours=1)
    assert taken(desk) == (0, 0)


def _try(desk: Desk, wanted: Draft) -> bool:
    """Send in this thread's own connection; say whether there was room."""
    try:
        with transaction():
            desk.send(wanted, "anna")
    except Unsendable:
        return False
    finally:
        proxy.close()
    return True


@pytest.mark.parametrize(("limits", "fit"), [({"broadcasts_per_day": 3}, 3), ({"messages_per_month": 14}, 4), ({}, 8)])
def test_many_at_once_never_take_more_than_there_is(desk: Desk, limits: dict[str, int], fit: int) -> None:
    people(desk, 3)
    limit(desk, **limits)
    drafts = [draft(desk) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda one: _try(desk, one), drafts)) == fit
    assert taken(desk)[0] == fit


def _in_a_process(url: str, folder: str, wanted: int) -> bool:
    database = open_database(url, Path(folder))
    messenger = Messenger(
        page_id="1",
        access_token=Secret("a"),
        app_secret=Secret("b"),
        verify_token=Secret("c"),
        api_base="http://127.0.0.1:9",
    )
    desk = Desk(
        channel_id=channels.ensure("page", "messenger"),
        channel_name="page",
        platform=messenger,
        zone=ZoneInfo("Europe/Berlin"),
        undo=timedelta(seconds=15),
        confirm_above=1000,
        rate=30.0,
        now=lambda: START,
        wake=lambda: None,
    )
    found = desk.get(wanted)
    assert found is not None
    try:
        return _try(desk, found)
    finally:
        database.close()


def test_many_processes_never_take_more_than_there_is(
    desk: Desk, database: pw.Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    people(desk, 3)
    limit(desk, messages_per_month=10)
    drafts = [draft(desk).id for _ in range(6)]
    sqlite = isinstance(database, pw.SqliteDatabase)
    url = "sqlite:///test.db" if sqlite else request.getfixturevalue("postgres_server")
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        told = [pool.submit(_in_a_process, url, str(tmp_path), one) for one in drafts]
        assert sum(one.result() for one in told) == 3
    assert taken(desk) == (3, 9)


def claimed(broadcast: Draft, worker: str) -> list[int]:
    """Plan a broadcast, let it send, and claim everybody for a worker."""
    plan(broadcast.id, START)
    broadcasts.move(broadcast.id, BroadcastStatus.SENDING, "clarion", START, started_at=START)
    return [claim.subscriber_id for claim in ledger.claim(broadcast.id, worker, 100, START)]


def mark(broadcast: Draft, worker: str, ids: list[int]) -> int:
    """Mark as the delivery does; return how many may be written to."""
    try:
        with transaction():
            capped = quota.capped(broadcast, ids, START)
            go = [one for one in ids if one not in capped]
            if go:
                ledger.mark_sending(broadcast.id, worker, go, START)
            return len(go)
    finally:
        proxy.close()


def test_one_person_gets_no_more_a_day_than_the_cap_however_many_workers_ask_at_once(desk: Desk) -> None:
    people(desk, 4)
    limit(desk, messages_per_person_per_day=2)
    five = [sent(desk) for _ in range(5)]
    held = [(one, f"w{number}", claimed(one, f"w{number}")) for number, one in enumerate(five)]
    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(lambda given: mark(*given), held)) == 2 * 4


def test_a_broadcast_of_two_messages_counts_for_two_from_its_first(desk: Desk) -> None:
    people(desk, 1)
    limit(desk, messages_per_person_per_day=2)
    long, short = sent(desk, TWO), sent(desk)
    ids = claimed(long, "w")
    assert mark(long, "w", ids) == 1
    assert mark(short, "w", claimed(short, "w")) == 0
    assert desk.reach(draft(desk)).capped == 1


def test_yesterdays_messages_do_not_count_today(desk: Desk, clock: Clock) -> None:
    people(desk, 1)
    limit(desk, messages_per_person_per_day=1)
    first = sent(desk)
    ids = claimed(first, "w")
    mark(first, "w", ids)
    assert quota.capped(draft(desk), ids, START) == frozenset(ids)
    assert quota.capped(draft(desk), ids, START + timedelta(days=1)) == frozenset()


def test_a_broadcast_longer_than_the_cap_reaches_nobody(desk: Desk) -> None:
    people(desk, 2)
    limit(desk, messages_per_person_per_day=1)
    reach = desk.reach(draft(desk, TWO))
    assert (reach.matched, reach.can_get, reach.capped) == (2, 0, 2)


def test_the_parts_of_the_reach_add_up(desk: Desk) -> None:
    people(desk, 5)
    limit(desk, messages_per_person_per_day=1)
    first = sent(desk)
    ids: Any = claimed(first, "w")
    mark(first, "w", ids[:2])
    Subscriber.update(consent="opted_out").where(Subscriber.platform_user_id == "p4").execute()
    reach = desk.reach(draft(desk))
    parts = reach.can_get + reach.window_closed + reach.opted_out + reach.unreachable + reach.capped
    assert (reach.can_get, reach.capped, parts) == (2, 2, reach.matched)


def test_what_fits_to_the_last_message_fits(desk: Desk) -> None:
    people(desk, 3)
    limit(desk, messages_per_month=6)
    sent(desk, TWO)
    assert taken(desk) == (1, 6)


def test_who_cannot_be_written_to_now_is_counted_for_a_time_to_come_and_not_for_now(desk: Desk) -> None:
    people(desk, 2)
    saw(desk.channel_id, "closed", START, START - timedelta(hours=1))
    limit(desk, messages_per_month=2)
    made = draft(desk)
    now, later = made, replace(made, scheduled_for=START + timedelta(hours=1))
    assert [quota.cost(one, desk.reach(made), START).messages for one in (now, later)] == [2, 3]


def test_a_time_that_has_passed_is_counted_today(desk: Desk) -> None:
    limit(desk, broadcasts_per_day=1)
    people(desk, 1)
    sent(desk)
    missed = replace(draft(desk), scheduled_for=START - timedelta(days=1))
    assert quota.cost(missed, desk.reach(missed), START).day_is_full
