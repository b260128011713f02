"""What is decided under a lock holds until it is done, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from broadcast.service import Desk, Unsendable
from handlers.content import Content, Text
from storage import broadcasts, channels, mass_jobs, subscribers
from storage.database import execute, proxy, transaction
from storage.lifecycle import BroadcastStatus
from tests.conftest import START
from tests.handlers.wechat.account import make_account
from tests.support.stack import until

HELLO = Content(messages=(Text(text="Hello!"),))
WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
def desk(database, make_desk, clock) -> Desk:
    """The desk of a subscription account with two followers."""
    channel = channels.ensure("account", "wechat")
    subscribers.listed(channel, ["o1", "o2"], START)
    platform = make_account(clock=clock, account="subscription")
    return make_desk(channel_id=channel, channel_name="account", platform=platform)


def in_a_thread(work: Callable[[], object]) -> bool:
    """Do it in this thread's own connection; say whether there was room."""
    try:
        with transaction():
            work()
    except Unsendable:
        return False
    finally:
        proxy.close()
    return True


def test_of_many_who_send_at_once_one_takes_the_day(desk):
    drafts = [desk.edit(desk.create("Sale", "boss"), content=HELLO) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda draft: in_a_thread(lambda: desk.send(draft, "boss")), drafts))
    assert sum(sent) == 1
    assert len(desk.listed(BroadcastStatus.STARTING)) == 1


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_pause_waits_for_a_call_that_is_being_begun(service):
    """SQLite has one writer anyway."""
    service.people(3)
    broadcast = service.broadcast()

    def pause() -> None:
        broadcasts.move(broadcast, BroadcastStatus.PAUSED, "boss", START + timedelta(seconds=1))

    with ThreadPoolExecutor(1) as pool:
        with transaction():
            assert mass_jobs.lock_sending(broadcast)
            paused = pool.submit(in_a_thread, pause)
            until(lambda: paused.done() or execute(WAITS)[0][0] > 0)
            assert not paused.done()
        assert paused.result(timeout=10)
    assert not mass_jobs.lock_sending(broadcast)
