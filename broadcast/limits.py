"""The pace of a channel, shared by all workers on all hosts: departure slots reserved in Redis.

A reservation answers how long to wait, so nobody polls and nobody sleeps inside the script. Slots lie evenly, so no
second holds more than the rate. Replies take their slot without waiting for it; bulk, which reserves only a
little ahead, makes room by that much.
"""

from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis

LOOK_AHEAD_SECONDS = 0.25
"""Bulk reserves no further ahead than this, so that a pause or a reply is not stuck behind reserved slots."""

_SCRIPT = (Path(__file__).parent / "limits.lua").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Grant:
    """`count` slots, the first in `wait` seconds; none when `count` is 0, then come back after `wait`."""

    count: int
    wait: float


class Pace:
    """Hands out departure slots. Raises `redis.RedisError` when Redis is away: then nothing in bulk may leave."""

    def __init__(self, client: Redis) -> None:
        self._reserve = client.register_script(_SCRIPT)

    async def bulk(self, channel_id: int, rate: float, count: int) -> Grant:
        """Reserve `count` slots at `rate` messages a second, or learn when to ask again."""
        return await self._ask(channel_id, rate, count, LOOK_AHEAD_SECONDS)

    async def reply(self, channel_id: int, rate: float) -> None:
        """Take one slot at once, for a person who is waiting for an answer."""
        await self._ask(channel_id, rate, 1, 3600)

    async def _ask(self, channel_id: int, rate: float, count: int, ahead: float) -> Grant:
        granted, wait = await self._reserve(keys=[f"clarion:pace:{channel_id}"], args=[rate, count, int(ahead * 1e6)])
        return Grant(int(granted), float(wait) / 1e6)
