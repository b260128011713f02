"""The pace of a channel, shared by all workers on all hosts: departure slots reserved in Redis.

A reservation answers how long to wait, so nobody polls and nobody sleeps inside the script. Slots lie evenly, so no
second holds more than the rate. Replies take their slot without waiting for it; bulk, which reserves only a
little ahead, makes room by that much. What the platform says of its gauges slows all workers at once.
"""

from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis

from handlers.outcomes import Usage

LOOK_AHEAD_SECONDS = 0.25
"""Bulk reserves no further ahead than this, so that a pause or a reply is not stuck behind reserved slots."""

BULK_SHARE = 0.995
"""Bulk is granted this part of the rate, so that calls that are late can leave sooner after each other than granted
and still within the rate."""

FORGIVEN_SECONDS = 0.02
"""A slot of a running broadcast may be taken so long after its time; what is older is lost, as no burst may make up
for it."""

EASE_FROM_PERCENT = 75.0
"""From this fullness of the platform's gauge on we slow down, in a straight line to `SLOWEST` at 100."""

SLOWEST = 0.1
AFTER_THROTTLE = 0.25
"""The part of the rate with which sending goes on after a throttle."""

RAMP_SECONDS = 120.0
"""How long the way back from standstill to the whole rate takes."""

THROTTLE_SECONDS = 60.0
"""How long nothing in bulk leaves after a full gauge, where the platform does not say."""

_REPLY_AHEAD_SECONDS = 3600
_SCRIPT = (Path(__file__).parent / "limits.lua").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Grant:
    """`count` slots, the first in `wait` seconds and then one `every` so many; none: come back after `wait`.

    `wait` is negative, by `FORGIVEN_SECONDS` at most, where the moment of the first has just passed.
    """

    count: int
    wait: float
    every: float


class Pace:
    """Hands out departure slots. Raises `redis.RedisError` when Redis is away: then nothing in bulk may leave."""

    def __init__(self, client: Redis) -> None:
        self._script = client.register_script(_SCRIPT)

    async def bulk(self, channel_id: int, rate: float, count: int) -> Grant:
        """Reserve up to `count` slots at `rate` messages a second, or learn when to ask again."""
        return await self._reserve("bulk", channel_id, rate * BULK_SHARE, count, LOOK_AHEAD_SECONDS)

    async def reply(self, channel_id: int, rate: float) -> None:
        """Take one slot at once, for a person who is waiting for an answer."""
        await self._reserve("reply", channel_id, rate, 1, _REPLY_AHEAD_SECONDS)

    async def ease(self, channel_id: int, usage: Usage) -> None:
        """Slow everybody down as far as the platform's gauge asks for; below `EASE_FROM_PERCENT` nothing happens."""
        factor, hold = eased(usage)
        if factor < 1:
            await self._script(keys=[_key(channel_id)], args=["ease", factor, _us(hold), _us(RAMP_SECONDS)])

    async def _reserve(self, what: str, channel_id: int, rate: float, count: int, ahead: float) -> Grant:
        granted, wait, every = await self._script(
            keys=[_key(channel_id)], args=[what, rate, count, _us(ahead), _us(RAMP_SECONDS), _us(FORGIVEN_SECONDS)]
        )
        return Grant(int(granted), float(wait) / 1e6, float(every) / 1e6)


def eased(usage: Usage) -> tuple[float, float]:
    """Return (part of the rate, seconds of standstill before it) that a gauge asks for; (1, 0) when it is easy."""
    if usage.percent >= 100 or usage.regain_seconds:
        return AFTER_THROTTLE, usage.regain_seconds or THROTTLE_SECONDS
    if usage.percent <= EASE_FROM_PERCENT:
        return 1.0, 0.0
    left = (100 - usage.percent) / (100 - EASE_FROM_PERCENT)
    return max(SLOWEST, left), 0.0


def _key(channel_id: int) -> str:
    return f"clarion:pace:{channel_id}"


def _us(seconds: float) -> int:
    return int(seconds * 1e6)
