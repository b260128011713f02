"""How often each call may be made: by the day and month in China, and by the minute."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from handlers.simulator.wechat_calendar import china_day, china_month
from handlers.simulator.wechat_config import WeChatConfig
from handlers.simulator.wechat_errors import WeChatError

# /doc/service/Message_Management/API_Call_Limits.html, a new account. The mass endpoints are counted apart, as
# `openapi/quota/get` tells them apart; stable_token and draft/get are from their own pages.
DAILY: Mapping[str, int] = {
    "token": 2000,
    "stable_token": 500_000,
    "menu/create": 1000,
    "message/custom/send": 500_000,
    "message/mass/sendall": 100,
    "message/mass/send": 100,
    "message/mass/delete": 10,
    "user/get": 500,
    "user/info": 5_000_000,
    "user/info/updateremark": 10_000,
    "media/upload": 100_000,
    "draft/add": 1000,
    "draft/delete": 1000,
    "draft/update": 1000,
    "draft/count": 1000,
    "draft/batchget": 1000,
    "draft/get": 500,
    "freepublish/submit": 100,
}

MASS = ("message/mass/sendall", "message/mass/send")
MASS_PER_MINUTE = 60  # both together; the code for it is not documented, 45011 is this simulator's choice
STABLE_PER_MINUTE = 10_000
FORCED_PER_DAY = 20  # stable_token with force_refresh
TO_NAMES_PER_DAY = 100  # mass/preview by WeChat id
CLEARED_PER_MONTH = 10  # clear_quota, both versions together

_MINUTE_MS = 60_000


class Quotas:
    """The counters of one account. Every call that shows a good token is counted, refused ones too."""

    def __init__(self, config: WeChatConfig) -> None:
        self._off = config.rates == "off"
        self._daily = {**DAILY, **config.daily}
        self._day = self._month = self._minute = 0
        self._used: Counter[str] = Counter()
        self._in_minute: Counter[str] = Counter()
        self._cleared = 0

    def count(self, path: str, now_ms: int) -> None:
        """Count a call. Raises `WeChatError` 45009 over the day's quota, 45011 over the minute's."""
        self._turn(now_ms)
        self._used[path] += 1
        if self._off:
            return
        if self._used[path] > self._daily.get(path, self._used[path]):
            raise WeChatError(45009)
        minute, most = ("mass", MASS_PER_MINUTE) if path in MASS else (path, STABLE_PER_MINUTE)
        if path in MASS or path == "stable_token":
            self._in_minute[minute] += 1
            if self._in_minute[minute] > most:
                raise WeChatError(45011)

    def count_special(self, name: str, most: int, now_ms: int) -> None:
        """Count against a daily quota of its own. Raises `WeChatError` 45009."""
        self._turn(now_ms)
        self._used[name] += 1
        if not self._off and self._used[name] > most:
            raise WeChatError(45009)

    def clear(self, now_ms: int) -> None:
        """Begin the day's counters anew. Raises `WeChatError` 48006 above 10 times a month."""
        self._turn(now_ms)
        if self._cleared >= CLEARED_PER_MONTH:
            raise WeChatError(48006)
        self._cleared += 1
        self._used.clear()

    def set_daily(self, path: str, most: int) -> None:
        """Give a path another daily quota."""
        self._daily[path] = most

    def tell(self, path: str, now_ms: int) -> dict[str, Any]:
        """Return what `openapi/quota/get` answers. Raises `WeChatError` 76021 for a path without a quota."""
        self._turn(now_ms)
        if path not in self._daily:
            raise WeChatError(76021)
        most, used = self._daily[path], self._used[path]
        told: dict[str, Any] = {"quota": {"daily_limit": most, "used": used, "remain": max(0, most - used)}}
        if path in MASS:
            told["rate_limit"] = {"call_count": MASS_PER_MINUTE, "refresh_second": 60}
        return told

    def _turn(self, now_ms: int) -> None:
        if self._day != (day := china_day(now_ms)):
            self._day = day
            self._used.clear()
        if self._month != (month := china_month(now_ms)):
            self._month, self._cleared = month, 0
        if self._minute != (minute := now_ms // _MINUTE_MS):
            self._minute = minute
            self._in_minute.clear()
