"""How fast and how much a Page may call: the documented limits and the usage headers."""

import json
from collections import deque

from handlers.simulator.messenger_config import MessengerConfig
from handlers.simulator.messenger_errors import GraphError

# Messenger Platform, rate limiting (Mar 23, 2026).
MEDIA_PER_SECOND = 10  # audio and video
CALLS_PER_PERSON_PER_DAY = 200
STRICT_PER_SECOND = 40  # above it the inbox stops until the volume decreases
PROFILE_CALLS = 10  # Messenger Profile API, each 10 minutes
PROFILE_WINDOW_MS = 10 * 60 * 1000

_MINUTE_MS = 60_000
_DAY_MINUTES = 24 * 60


class _Window:
    """At most so many calls in any stretch of that many milliseconds, exactly."""

    def __init__(self, most: int, span_ms: int) -> None:
        self._span = span_ms
        self._last: deque[int] = deque(maxlen=most)

    def full(self, now_ms: int) -> bool:
        """Say whether one more call now would be over the limit."""
        return len(self._last) == self._last.maxlen and now_ms - self._last[0] < self._span

    def count(self, now_ms: int) -> None:
        """Count a call."""
        self._last.append(now_ms)


class _Day:
    """Calls in the last 24 hours, to the minute."""

    def __init__(self) -> None:
        self._minutes: deque[list[int]] = deque()
        self._total = 0

    def count(self, now_ms: int) -> int:
        """Count a call and return how many there were in the last 24 hours."""
        minute = now_ms // _MINUTE_MS
        if self._minutes and self._minutes[-1][0] == minute:
            self._minutes[-1][1] += 1
        else:
            self._minutes.append([minute, 1])
            while self._minutes[0][0] <= minute - _DAY_MINUTES:
                self._total -= self._minutes.popleft()[1]
        self._total += 1
        return self._total

    def minutes_until_some_expire(self, now_ms: int) -> int:
        """Return in how many minutes the oldest calls stop counting."""
        return self._minutes[0][0] + _DAY_MINUTES - now_ms // _MINUTE_MS


class Rates:
    """The counters of one Page. Calls while throttled count too, as the platform warns."""

    def __init__(self, config: MessengerConfig) -> None:
        self._config = config
        self._sends = _Window(config.rate_per_second, 1000)
        self._media = _Window(MEDIA_PER_SECOND, 1000)
        self._strict = _Window(STRICT_PER_SECOND, 1000)
        self._profile = _Window(PROFILE_CALLS, PROFILE_WINDOW_MS)
        self._day = _Day()
        self._calls = 0
        self._used = 0  # percent of the day's calls
        self._headers: dict[str, str] = {}

    def count_call(self, engaged: int, now_ms: int) -> None:
        """Count any Graph call. Raises `GraphError` when the day's calls for `engaged` people are spent."""
        if self._config.rates == "off":
            return
        self._calls += 1
        in_day, most = self._day.count(now_ms), CALLS_PER_PERSON_PER_DAY * max(engaged, 1)
        used = min(100, 100 * in_day // most)
        if used != self._used or not self._headers:
            self._used = used
            self._headers = self._usage(0)
        if in_day > most:
            raise self.throttled(self._day.minutes_until_some_expire(now_ms))

    def count_send(self, *, media: bool, now_ms: int) -> None:
        """Count a call that sends a message. Raises `GraphError` above the Page's messages a second."""
        if self._config.rates == "off":
            return
        if self._config.rates == "strict":
            full = self._strict.full(now_ms)
            self._strict.count(now_ms)  # also what is refused: the volume itself has to fall
            if full:
                raise self.throttled(1)
        if self._sends.full(now_ms) or (media and self._media.full(now_ms)):
            raise self.throttled(1)
        self._sends.count(now_ms)
        if media:
            self._media.count(now_ms)

    def count_profile_call(self, now_ms: int) -> None:
        """Count a Messenger Profile call. Raises `GraphError` 613 above 10 in 10 minutes."""
        if self._config.rates == "off":
            return
        if self._profile.full(now_ms):
            raise GraphError("throttled_613")
        self._profile.count(now_ms)

    def throttled(self, minutes: int, *, code: int | None = None) -> GraphError:
        """Return the refusal of a throttled Page, with `estimated_time_to_regain_access` in its header."""
        code = code or self._config.throttle_code
        return GraphError(f"throttled_{code}", headers=self._usage(minutes, used=100))

    def headers(self) -> dict[str, str]:
        """Return the usage headers, empty until enough calls were made."""
        return self._headers if self._calls >= self._config.usage_headers_after else {}

    def _usage(self, minutes: int, *, used: int | None = None) -> dict[str, str]:
        percent = self._used if used is None else used
        app = {"call_count": percent, "total_time": percent // 4, "total_cputime": percent // 4}
        page = {"type": "messenger", **app, "estimated_time_to_regain_access": minutes}
        return {
            "x-app-usage": json.dumps(app),
            "x-business-use-case-usage": json.dumps({self._config.page_id: [page]}),
        }
