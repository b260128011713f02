"""The pace is exact, shared by all workers, and slows down for all of them when the platform asks for it."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from broadcast import limits
from broadcast.limits import (
    AFTER_THROTTLE,
    BULK_SHARE,
    LOOK_AHEAD_SECONDS,
    RAMP_SECONDS,
    THROTTLE_SECONDS,
    Pace,
    eased,
)
from handlers.outcomes import Usage

CHANNEL = 7
KEY = f"clarion:pace:{CHANNEL}"


@pytest.fixture
def ask(valkey_server: str) -> Callable[..., list[object]]:
    """A function that lets coroutines use the pace from one connection each, and returns what they return."""
    Redis.from_url(valkey_server).flushall()

    def run(*uses: Callable[[Pace], Awaitable[object]]) -> list[object]:
        async def all_of_them() -> list[object]:
            clients = [AsyncRedis.from_url(valkey_server) for _ in uses]
            try:
                return await asyncio.gather(*[use(Pace(client)) for use, client in zip(uses, clients, strict=True)])
            finally:
                for client in clients:
                    await client.aclose()

        return asyncio.run(all_of_them())

    return run


@pytest.fixture
def state(valkey_server: str) -> Redis:
    """The queue itself, to look at and to move the pace's moments."""
    return Redis.from_url(valkey_server, decode_responses=True)


def shift(state: Redis, seconds: float) -> None:
    """Let time pass for the pace: all its moments move into the past. Or set its clock back: into the future."""
    for name in ("free", "hold", "since", "at"):
        if (moment := state.hget(KEY, name)) is not None:
            state.hset(KEY, name, f"{float(moment) - seconds * 1e6:.0f}")


def free(state: Redis) -> float:
    """Return when the next free slot is, in seconds of the queue's clock."""
    return float(state.hget(KEY, "free") or 0) / 1e6


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("rate", [30, 100, 300])
def test_ten_seconds_of_slots_are_exact_and_no_second_holds_more_than_the_rate(ask, state, monkeypatch, rate, workers):
    """All slots are as far apart as the rate allows, and together take as long as that: so none lies on another."""
    monkeypatch.setattr(limits, "LOOK_AHEAD_SECONDS", 60.0)  # to reserve the slots of ten seconds without living them
    block = max(1, int(rate * 0.03))
    grants: list[limits.Grant] = []

    async def far_ahead(pace: Pace) -> None:
        await pace.bulk(CHANNEL, 0.1, 1)

    async def worker(pace: Pace) -> None:
        grants.extend([await pace.bulk(CHANNEL, rate, block) for _ in range(10 * rate // block // workers)])

    ask(far_ahead)
    before = free(state)
    ask(*[worker] * workers)
    assert {grant.count for grant in grants} == {block}
    assert [grant.every for grant in grants] == pytest.approx([1 / (rate * BULK_SHARE)] * len(grants), abs=1e-6)
    assert free(state) - before == pytest.approx(len(grants) * block / (rate * BULK_SHARE), abs=1e-3)


def test_bulk_reserves_only_a_little_ahead(ask):
    async def worker(pace: Pace) -> list[limits.Grant]:
        return [await pace.bulk(CHANNEL, 10, 1) for _ in range(10)]

    (grants,) = ask(worker)
    refused = [grant for grant in grants if not grant.count]
    assert refused
    assert all(grant.wait > LOOK_AHEAD_SECONDS for grant in refused)
    assert all(grant.wait <= LOOK_AHEAD_SECONDS for grant in grants if grant.count)


def test_a_reply_goes_at_once_and_bulk_makes_room_for_it(ask, state, monkeypatch):
    monkeypatch.setattr(limits, "LOOK_AHEAD_SECONDS", 60.0)

    async def worker(pace: Pace) -> tuple[float, float, float]:
        await pace.bulk(CHANNEL, 0.1, 1)
        reserved = free(state)
        await pace.reply(CHANNEL, 10)
        replied = free(state)
        grant = await pace.bulk(CHANNEL, 10, 1)
        return replied - reserved, free(state) - replied, grant.wait

    ((reply, bulk, wait),) = ask(worker)
    assert (reply, bulk) == (pytest.approx(0.1, abs=1e-5), pytest.approx(0.1 / BULK_SHARE, abs=1e-5))
    assert wait > 5, "the reply did not wait for its slot, and what comes after it does"


def test_channels_have_paces_of_their_own(ask):
    async def worker(pace: Pace) -> float:
        await pace.bulk(CHANNEL, 1, 1)
        return (await pace.bulk(CHANNEL + 1, 1, 1)).wait

    assert ask(worker) == [0.0]


@pytest.mark.parametrize(
    ("percent", "regain", "factor", "hold"),
    [
        (0, None, 1, 0),
        (75, None, 1, 0),
        (80, None, 0.8, 0),
        (95, None, 0.2, 0),
        (99, None, limits.SLOWEST, 0),
        (100, None, AFTER_THROTTLE, THROTTLE_SECONDS),
        (100, 1140, AFTER_THROTTLE, 1140),
        (60, 300, AFTER_THROTTLE, 300),
    ],
)
def test_a_fuller_gauge_slows_us_down_more(percent, regain, factor, hold):
    assert eased(Usage(percent, regain)) == (pytest.approx(factor), hold)


def test_a_high_gauge_slows_all_workers_and_wears_off(ask, state):
    async def look(pace: Pace) -> float:
        return 1 / (await pace.bulk(CHANNEL, 100, 1)).every

    async def worker(pace: Pace) -> float:
        await pace.ease(CHANNEL, Usage(90))
        return await look(pace)

    (rate,) = ask(worker)
    assert rate == pytest.approx(40, rel=0.02)
    shift(state, RAMP_SECONDS * 0.3)
    assert ask(look) == [pytest.approx(70, rel=0.02)]
    shift(state, RAMP_SECONDS)
    assert ask(look) == [pytest.approx(100, rel=0.02)]


def test_a_throttle_stops_bulk_for_all_and_it_comes_back_gently_while_replies_go_on(ask, state):
    async def ease(pace: Pace) -> None:
        await pace.ease(CHANNEL, Usage(100, 120))
        await pace.ease(CHANNEL, Usage(80))  # a late reading from before the throttle makes nothing faster

    async def look(pace: Pace) -> limits.Grant:
        return await pace.bulk(CHANNEL, 100, 1)

    async def reply(pace: Pace) -> None:
        await pace.reply(CHANNEL, 100)

    ask(ease)
    first, second = ask(look, look)
    assert first.count == second.count == 0
    assert first.wait == pytest.approx(120, abs=1)
    ask(reply)
    assert ask(look)[0].wait == pytest.approx(120, abs=1)
    shift(state, 120.5)
    (grant,) = ask(look)
    assert grant.count == 1
    assert 1 / grant.every == pytest.approx(100 * AFTER_THROTTLE, rel=0.05)


def test_a_wiped_queue_starts_afresh(ask, state):
    async def look(pace: Pace) -> float:
        return (await pace.bulk(CHANNEL, 1, 1)).wait

    ask(look)
    state.flushall()
    state.script_flush()
    assert ask(look) == [0.0]


@pytest.mark.parametrize("back", [1, 1200, 86_400])
def test_a_clock_of_the_queue_that_is_set_back_stops_nothing_and_shortens_no_throttle(ask, state, back):
    async def look(pace: Pace) -> limits.Grant:
        return await pace.bulk(CHANNEL, 10, 1)

    async def throttle(pace: Pace) -> None:
        await pace.ease(CHANNEL, Usage(100, 120))

    ask(look)
    shift(state, -back)
    assert ask(look)[0].wait <= 0.2  # after the slot that was taken, and no later
    ask(throttle)
    shift(state, -back)
    assert ask(look)[0].wait == pytest.approx(120, abs=5)
    shift(state, 120.5)
    (grant,) = ask(look)
    assert grant.count == 1
    assert 1 / grant.every == pytest.approx(10 * AFTER_THROTTLE, rel=0.1)


def test_nothing_is_left_behind_in_the_queue_for_ever(ask, state):
    async def worker(pace: Pace) -> None:
        await pace.ease(CHANNEL, Usage(100, 60))
        await pace.reply(CHANNEL, 1)

    ask(worker)
    assert 0 < state.pttl(KEY) <= (60 + RAMP_SECONDS + 2) * 1000
