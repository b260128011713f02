"""The access token: one for all workers, renewed early, and once more when WeChat says that it is stale.

`stable_token` gives the same token to everybody who asks until five minutes before it ends, so that workers
who do ask at the same time harm nobody; the lock only saves calls. Source: /doc/subscription/api/base/
api_getstableaccesstoken.html, checked 2026-11-23.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from threading import Lock
from typing import Protocol

from handlers.outcomes import Refused, Uncertain
from handlers.secret import Secret
from handlers.wechat.answer import Result, whole_number
from handlers.wechat.failures import NO_TOKEN

EARLY_SECONDS = 300  # from then on `stable_token` hands out the next one, while the old one still works
LEAST_SECONDS = 60  # never asked for more often than this because of its age
LOCK_SECONDS = 30.0  # longer than a call for a token may take


class TokenStore(Protocol):
    """Where workers share what was fetched. A store that cannot be reached answers None and keeps nothing."""

    def get(self, key: str) -> str | None:
        """Return what was kept, None when it was not or has run out."""
        ...

    def set(self, key: str, value: str, seconds: float) -> None:
        """Keep `value` (up to 600 characters, a secret) for so many seconds."""
        ...

    def lock(self, key: str, seconds: float) -> AbstractContextManager[object]:
        """Return a lock that waits its turn for at most `seconds`, then goes on; let go after `seconds` in any case."""
        ...


class Tokens:
    """Hands out the access token of one account. `fetch` asks WeChat for one; safe to use from threads."""

    def __init__(
        self, *, app_id: str, store: TokenStore, fetch: Callable[[], Result], now: Callable[[], datetime]
    ) -> None:
        self._key = f"wechat:{app_id}:access_token"
        self._store = store
        self._fetch = fetch
        self._now = now
        self._mine = Lock()
        self._held: Secret | None = None
        self._until = 0.0

    def held(self) -> Secret | None:
        """Return the token without asking anybody, None where that cannot be done: for the event loop."""
        return self._held if self._now().timestamp() < self._until else None

    def current(self) -> Secret | Refused:
        """Return a token that should be good, or the reason why there is none."""
        return self.held() or self._renewed(stale=None)

    def renew(self, failed: Secret) -> Secret | Refused:
        """Return a token for another try after WeChat refused `failed`.

        WeChat is only asked while `failed` is still the one everybody uses. What comes back may be `failed` again: one
        more try with it is worth making, and no second one.
        """
        return self._renewed(stale=failed)

    def _renewed(self, stale: Secret | None) -> Secret | Refused:
        with self._mine:
            held = self.held()
            if held is not None and held != stale:
                return held  # another thread was faster
            with self._store.lock(f"{self._key}:lock", LOCK_SECONDS):
                kept = self._kept()
                return kept if kept is not None and kept != stale else self._asked()

    def _kept(self) -> Secret | None:
        """Take over what another worker fetched: its end in Unix seconds, a space, and the token."""
        until, _, token = (self._store.get(self._key) or "").partition(" ")
        if not token or not until.isdigit() or self._now().timestamp() >= int(until):
            return None
        self._held, self._until = Secret(token), float(until)
        return self._held

    def _asked(self) -> Secret | Refused:
        result = self._fetch()
        if isinstance(result, Refused):
            return result
        if isinstance(result, Uncertain):
            return Refused(NO_TOKEN, result.why)
        token = result.get("access_token")
        if not isinstance(token, str) or not token:
            return Refused(NO_TOKEN, "no access_token")
        lifetime = max(whole_number(result.get("expires_in")) - EARLY_SECONDS, LEAST_SECONDS)
        until = int(self._now().timestamp()) + lifetime
        self._held, self._until = Secret(token), float(until)
        self._store.set(self._key, f"{until} {token}", lifetime)
        return self._held
