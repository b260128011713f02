"""Access tokens shared by all workers through Redis; without Redis each fetches its own, which harms nobody."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import redis
import structlog
from redis.exceptions import LockError

_PREFIX = "clarion:token:"
_log = structlog.get_logger()


class RedisTokens:
    """Keeps tokens. Implements `handlers.wechat.token.TokenStore`."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def get(self, key: str) -> str | None:
        """Return what was kept; None when it has run out, or Redis is away."""
        try:
            kept = self._client.get(_PREFIX + key)
        except redis.RedisError as error:
            _log.warning("token_unshared", error=type(error).__name__)
            return None
        return kept.decode() if isinstance(kept, bytes) else None

    def set(self, key: str, value: str, seconds: float) -> None:
        """Keep a token for so many seconds."""
        try:
            self._client.set(_PREFIX + key, value, px=max(1, int(seconds * 1000)))
        except redis.RedisError as error:
            _log.warning("token_unshared", error=type(error).__name__)

    @contextmanager
    def lock(self, key: str, seconds: float) -> Iterator[None]:
        """Let one worker at a time in; after waiting `seconds`, or without Redis, everybody."""
        lock = self._client.lock(_PREFIX + key, timeout=seconds, blocking_timeout=seconds)
        try:
            mine = bool(lock.acquire())
        except redis.RedisError as error:
            _log.warning("token_unshared", error=type(error).__name__)
            mine = False
        try:
            yield
        finally:
            if mine:
                with suppress(redis.RedisError, LockError):  # it ran out by itself
                    lock.release()
