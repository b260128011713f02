"""A token store in memory, with the clock of the test, that counts what is asked of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock


class MemoryStore:
    """What workers of one test share. Implements `handlers.wechat.token.TokenStore`."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = Lock()
        self.kept: dict[str, tuple[str, float]] = {}
        self.locked = 0

    def get(self, key: str) -> str | None:
        value, until = self.kept.get(key, ("", 0.0))
        return value if self._now().timestamp() < until else None

    def set(self, key: str, value: str, seconds: float) -> None:
        self.kept[key] = (value, self._now().timestamp() + seconds)

    @contextmanager
    def lock(self, _key: str, _seconds: float) -> Iterator[None]:
        with self._lock:
            self.locked += 1
            yield
