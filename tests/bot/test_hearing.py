"""What web processes hear is added up over all of them, at little cost, and waits while Redis is away."""

import pytest
import redis

from bot.hearing import EVERY_SECONDS, Heard, Hearing


@pytest.fixture
def connection(valkey_server: str) -> redis.Redis:
    made = redis.Redis.from_url(valkey_server)
    made.flushall()
    return made


class Seconds:
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def refused(hearing: Hearing) -> int:
    return hearing.told(["page"]).counts[Heard.SIGNATURE_REFUSED, "page"]


def test_what_two_processes_hear_is_added_up(connection, seconds):
    for hearing in (Hearing(connection, seconds), Hearing(connection, seconds)):
        hearing.count(Heard.SIGNATURE_REFUSED, "page", 2)
    assert refused(Hearing(connection, seconds)) == 4


def test_nothing_heard_is_told_as_nothing(connection, seconds):
    told = Hearing(connection, seconds).told(["page"])
    assert set(told.counts.values()) == {0}
    assert len(told.counts) == len(Heard)
    assert told.late == {}


def test_channels_and_kinds_are_told_apart(connection, seconds):
    hearing = Hearing(connection, seconds)
    hearing.count(Heard.SENT_TWICE, "page")
    told = hearing.told(["page", "account"])
    assert {key for key, times in told.counts.items() if times} == {(Heard.SENT_TWICE, "page")}


def test_a_flood_is_written_down_once_a_second(connection, seconds):
    hearing = Hearing(connection, seconds)
    for _ in range(1000):
        hearing.count(Heard.SIGNATURE_REFUSED, "page")
    assert refused(hearing) == 1
    seconds.now += EVERY_SECONDS
    hearing.count(Heard.SIGNATURE_REFUSED, "page")
    assert refused(hearing) == 1001


def test_counts_wait_while_redis_is_away(connection, seconds):
    hearing = Hearing(redis.Redis(port=9, socket_connect_timeout=0.5), seconds)
    hearing.count(Heard.SIGNATURE_REFUSED, "page", 3)
    hearing._redis = connection
    seconds.now += EVERY_SECONDS
    hearing.late("page", 1)
    assert refused(hearing) == 3


def test_the_latest_of_what_came_late_is_told_for_a_while(connection, seconds):
    hearing = Hearing(connection, seconds)
    hearing.late("page", 0)
    hearing.late("page", 70)
    hearing.late("page", 5)
    seconds.now += EVERY_SECONDS
    hearing.late("page", 1)
    assert hearing.told(["page", "account"]).late == {"page": 70.0}
    assert 0 < connection.ttl("clarion:late:page") <= 60
