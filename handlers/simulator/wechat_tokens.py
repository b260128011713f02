"""The two kinds of access token, which do not know of each other."""

import re
import secrets
from typing import Any

from handlers.secret import same_secret
from handlers.simulator.wechat_config import WeChatConfig
from handlers.simulator.wechat_errors import WeChatError
from handlers.simulator.wechat_quotas import FORCED_PER_DAY, Quotas

LASTS_MS = 7200 * 1000
OVERLAP_MS = 300 * 1000  # a token that has been followed by another stays good this long
FORCED_APART_MS = 30 * 1000

_FORM = re.compile(r"[0-9]{2}_[A-Za-z0-9_-]{100,}")


class Tokens:
    """The tokens of one account: `/cgi-bin/token` rotates, `/cgi-bin/stable_token` does not."""

    def __init__(self, config: WeChatConfig, quotas: Quotas) -> None:
        self._config, self._quotas = config, quotas
        self._good_until: dict[str, int] = {}
        self._superseded: set[str] = set()
        self._current: dict[str, str] = {}
        self._forced_at = -FORCED_APART_MS
        self.issued = 0

    def rotate(self, given: dict[str, Any], now_ms: int) -> dict[str, Any]:
        """Answer `/cgi-bin/token`: a new token each time; the one before stays good for 300 s."""
        self._check(given, wrong_secret=40001)
        return {"access_token": self._issue("plain", now_ms), "expires_in": LASTS_MS // 1000}

    def stable(self, given: dict[str, Any], now_ms: int) -> dict[str, Any]:
        """Answer `/cgi-bin/stable_token`: the same token until 300 s before its end, then a new one.

        `force_refresh` ends the token before at once. Raises `WeChatError` 45009 above 20 of these a day,
        45011 within 30 s of the one before (its code is not documented).
        """
        self._check(given, wrong_secret=40125)
        current = self._current.get("stable", "")
        if given.get("force_refresh"):
            if now_ms - self._forced_at < FORCED_APART_MS:
                raise WeChatError(45011)
            self._quotas.count_special("force_refresh", FORCED_PER_DAY, now_ms)
            self._forced_at = now_ms
            self._good_until[current] = min(now_ms, self._good_until.get(current, now_ms))
            current = self._issue("stable", now_ms)
        elif self._good_until.get(current, 0) - now_ms <= OVERLAP_MS:
            current = self._issue("stable", now_ms)
        return {"access_token": current, "expires_in": (self._good_until[current] - now_ms) // 1000}

    def check(self, token: str, now_ms: int) -> None:
        """Raise `WeChatError` 41001, 40014, 40001 or 42001 for a token that does not serve."""
        if not token:
            raise WeChatError(41001)
        until = self._good_until.get(token)
        if until is None:
            raise WeChatError(40001 if _FORM.fullmatch(token) else 40014)
        if now_ms >= until:
            raise WeChatError(40001 if token in self._superseded else 42001)

    def _issue(self, kind: str, now_ms: int) -> str:
        before = self._current.get(kind)
        if before is not None:
            self._superseded.add(before)
            self._good_until[before] = min(self._good_until[before], now_ms + OVERLAP_MS)
        token = f"87_{secrets.token_urlsafe(96)}"
        self._current[kind] = token
        self._good_until[token] = now_ms + LASTS_MS
        self.issued += 1
        return token

    def _check(self, given: dict[str, Any], *, wrong_secret: int) -> None:
        if given.get("grant_type") != "client_credential":
            raise WeChatError(40002)
        for name, value, missing, wrong in (
            ("appid", self._config.app_id, 41002, 40013),
            ("secret", self._config.app_secret, 41004, wrong_secret),
        ):
            if not given.get(name):
                raise WeChatError(missing)
            if not same_secret(str(given[name]), value):
                raise WeChatError(wrong)
