"""Database work off the event loop: one thread, one connection, calls in the order they were asked for."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from storage.database import proxy

P = ParamSpec("P")
T = TypeVar("T")


class DatabaseThread:
    """Runs blocking database calls one after the other, so that the event loop never waits for a commit."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` there and return what it returns or raises."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: work(*args, **kwargs))

    def close(self) -> None:
        """Finish what is under way and close the connection."""
        self._pool.submit(proxy.close)
        self._pool.shutdown(wait=True)
