"""The list of followers: page by page, going on where it stopped; who is on it no more is gone."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from broadcast.followers import read_about, sync_page
from handlers.contract import PlatformError
from handlers.many import Follower, FollowerPage
from storage import channels, subscribers
from storage.models import Subscriber
from tests.support.people import saw

FOLLOWED = datetime(2026, 1, 1, tzinfo=UTC)


class List:
    """Tells who follows, a few a page; fails before the page that begins behind `fails_behind`."""

    def __init__(self, people: Sequence[str], page: int = 10_000) -> None:
        self.people, self.page, self.fails_behind = [*people], page, "nobody"
        self.asked: list[str] = []
        self.total: int | None = None

    def follower_pages(self, after: str = "") -> Iterator[FollowerPage]:
        self.asked.append(after)
        if after == self.fails_behind:
            raise PlatformError("WeChat did not answer. Please try again.")
        start = self.people.index(after) + 1 if after else 0
        part = tuple(self.people[start : start + self.page])
        total = len(self.people) if self.total is None else self.total
        yield FollowerPage(part, part[-1] if start + self.page < len(self.people) else "", total)

    def followers(self, people: Sequence[str]) -> Iterator[Follower]:
        for person in people:
            yield Follower(person, follows=True, since=FOLLOWED, how="ADD_SCENE_QR_CODE")


@pytest.fixture
def channel(database) -> int:
    return channels.ensure("account", "wechat")


def reachable(channel: int) -> set[str]:
    rows = Subscriber.select().where((Subscriber.channel == channel) & ~Subscriber.unreachable)
    return {row.platform_user_id for row in rows}


def test_a_long_list_is_read_ten_thousand_at_a_time(channel, clock):
    people = [f"o{number:05}" for number in range(20_001)]
    told = List(people)
    rounds = 1
    while sync_page(channel, told, clock.now()):
        rounds += 1
    assert (rounds, told.asked) == (3, ["", "o09999", "o19999"])
    assert reachable(channel) == set(people)
    assert channels.sync(channel).finished_at == clock.now()


def test_reading_goes_on_where_it_stopped(channel, clock):
    told = List(["a", "b", "c"], page=1)
    assert sync_page(channel, told, clock.now())
    told.fails_behind = "a"
    assert not sync_page(channel, told, clock.now())
    told.fails_behind = "nobody"
    assert sync_page(channel, told, clock.now())
    assert not sync_page(channel, told, clock.now())
    assert told.asked == ["", "a", "a", "b"]
    assert reachable(channel) == {"a", "b", "c"}


def test_who_is_not_on_the_list_is_gone_and_who_came_meanwhile_is_not(channel, clock):
    subscribers.listed(channel, ["old", "stays"], clock.now())
    clock.advance(hours=25)
    told = List(["stays", "new"], page=1)
    assert sync_page(channel, told, clock.now())
    clock.advance(seconds=5)
    saw(channel, "came", clock.now(), None)
    assert not sync_page(channel, told, clock.now())
    assert reachable(channel) == {"stays", "new", "came"}


@pytest.mark.parametrize("step", [-3600, -5, 5, 3600])
def test_clocks_that_differ_or_are_set_back_lose_nobody(channel, clock, step):
    people = ["a", "b", "c"]
    told = List(people, page=1)
    for _ in range(2):
        clock.advance(hours=25)
        assert sync_page(channel, told, clock.now())
        clock.advance(seconds=step)
        assert sync_page(channel, told, clock.now())
        saw(channel, "came", clock.now() - timedelta(seconds=5), None)
        clock.advance(seconds=step)
        told.total = 4
        assert not sync_page(channel, told, clock.now())
        assert reachable(channel) == {*people, "came"}


def test_a_clock_set_back_by_days_does_not_put_the_list_off(channel, clock):
    told = List(["a"])
    sync_page(channel, told, clock.now())
    clock.advance(days=-3)
    sync_page(channel, told, clock.now())
    assert len(told.asked) == 2


@pytest.mark.parametrize(
    ("people", "total"), [((), 2), ((), 0), (("a",), 2)], ids=["nobody of two", "nobody at all", "one of two"]
)
def test_a_list_that_leaves_people_out_loses_nobody(channel, clock, people, total):
    sync_page(channel, List(["a", "b"]), clock.now())
    clock.advance(hours=25)
    short = List(people)
    short.total = total
    assert not sync_page(channel, short, clock.now())
    assert reachable(channel) == {"a", "b"}
    assert channels.sync(channel).finished_at == clock.now()
    clock.advance(hours=25)
    sync_page(channel, List(["a"]), clock.now())
    assert reachable(channel) == {"a"}


def test_one_who_leaves_while_the_list_is_read_has_left(channel, clock):
    sync_page(channel, List(["a", "b"]), clock.now())
    clock.advance(hours=25)
    told = List(["a", "b"])
    pages = told.follower_pages

    def leave_meanwhile(after: str = "") -> Iterator[FollowerPage]:
        for page in pages(after):
            subscribers.gone(channel, "a", clock.now())
            yield page

    told.follower_pages = leave_meanwhile
    sync_page(channel, told, clock.now())
    assert reachable(channel) == {"b"}
    clock.advance(hours=25)
    sync_page(channel, List(["a", "b"]), clock.now())  # they came back while nothing ran
    assert reachable(channel) == {"a", "b"}


def test_two_workers_that_read_the_list_at_once_change_nothing(channel, clock):
    told = List(["a", "b", "c"], page=1)
    pages = told.follower_pages

    def both(after: str = "") -> Iterator[FollowerPage]:
        told.follower_pages = pages
        sync_page(channel, told, clock.now())  # the other worker is quicker by a page
        return pages(after)

    told.follower_pages = both
    while sync_page(channel, told, clock.now()):
        pass
    sync = channels.sync(channel)
    assert (sync.run, sync.finished_at) == (1, clock.now())
    assert reachable(channel) == {"a", "b", "c"}


def test_a_page_that_comes_when_the_list_is_read_anew_moves_nothing(channel, clock):
    told = List(["a", "b"], page=1)
    while sync_page(channel, told, clock.now()):
        pass
    late = channels.sync(channel).run
    clock.advance(hours=25)
    sync_page(channel, told, clock.now())
    reading = channels.sync(channel)
    channels.sync_to(channel, late, "z")
    channels.sync_done(channel, late, clock.now())
    assert channels.sync(channel) == reading
    assert (reading.run, reading.after) == (late + 1, "a")


def test_the_list_is_read_once_a_day(channel, clock):
    told = List(["a"])
    sync_page(channel, told, clock.now())
    clock.advance(hours=23)
    sync_page(channel, told, clock.now())
    assert len(told.asked) == 1
    clock.advance(hours=2)
    sync_page(channel, told, clock.now())
    assert len(told.asked) == 2


def test_who_comes_back_can_be_reached_again(channel, clock):
    sync_page(channel, List(["a"]), clock.now())
    subscribers.gone(channel, "a", clock.now())
    clock.advance(hours=25)
    sync_page(channel, List(["a"]), clock.now())
    assert reachable(channel) == {"a"}


def test_what_is_told_of_followers_is_kept_once(channel, clock):
    subscribers.listed(channel, ["a", "b"], clock.now())
    told = List(["a", "b"])
    assert read_about(channel, told, clock.now()) == 2
    assert read_about(channel, told, clock.now()) == 0
    (row, _) = Subscriber.select().order_by(Subscriber.id)
    assert (row.source, row.followed_at) == ("ADD_SCENE_QR_CODE", FOLLOWED)
