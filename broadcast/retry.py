"""Does again what a platform refuses for now, a few times, without keeping anybody else waiting."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from broadcast.verdict import backoff
from handlers.contract import PlatformError
from handlers.outcomes import Fate

T = TypeVar("T")


async def with_retries(
    work: Callable[[], Awaitable[T]], sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
) -> T:
    """Return what `work` comes to, beginning it anew after a while where it was refused for now.

    Raises `PlatformError` where waiting does not help, or did not in as many tries as the platform's table allows.
    """
    tried = 0
    while True:
        try:
            return await work()
        except PlatformError as error:
            failure = error.failure
            if failure is None or failure.fate is not Fate.RETRY or tried >= failure.retries:
                raise
        await sleep(backoff(failure, tried).total_seconds())
        tried += 1
