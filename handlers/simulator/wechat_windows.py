"""What a follower's acts allow the account to write to them: the customer-service allowance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from handlers.simulator.wechat_errors import WeChatError


class Allowance(NamedTuple):
    """So many messages within so many milliseconds of the act."""

    messages: int
    lasts_ms: int


_MINUTE_MS = 60 * 1000
_HOUR_MS = 60 * _MINUTE_MS

# /doc/service/api/customer/message/api_sendcustommessage. A tap on a menu message counts as a click.
ALLOWANCES: Mapping[str, Allowance] = {
    "message": Allowance(5, 48 * _HOUR_MS),
    "click": Allowance(3, _MINUTE_MS),
    "follow": Allowance(3, _MINUTE_MS),
    "scan": Allowance(3, _MINUTE_MS),
}


@dataclass(slots=True)
class Bucket:
    """What is left of one allowance, and until when."""

    left: int
    expires_ms: int


class Windows:
    """The open allowances of all followers.

    How allowances of several kinds combine is not documented. Here each kind has one bucket, a new act of the
    kind fills it afresh, and a message is taken from the bucket that expires first.
    """

    def __init__(self) -> None:
        self._buckets: dict[int, dict[str, Bucket]] = {}

    def open(self, number: int, kind: str, now_ms: int, lasts_ms: int | None = None) -> None:
        """Fill the bucket of this kind, for its own time or as long as is asked for."""
        allowance = ALLOWANCES[kind]
        expires = now_ms + (allowance.lasts_ms if lasts_ms is None else lasts_ms)
        self._buckets.setdefault(number, {})[kind] = Bucket(allowance.messages, expires)

    def close(self, number: int) -> None:
        """Forget all allowances of a follower."""
        self._buckets.pop(number, None)

    def is_open(self, number: int, now_ms: int) -> bool:
        """Say whether any allowance has time left, spent ones included."""
        return any(now_ms < bucket.expires_ms for bucket in self._buckets.get(number, {}).values())

    def check(self, number: int, now_ms: int) -> Bucket:
        """Return the bucket the next message comes from.

        Raises `WeChatError` 45047 when those that are open are spent, 45015 when none is open.
        """
        live = [bucket for bucket in self._buckets.get(number, {}).values() if now_ms < bucket.expires_ms]
        if not live:
            raise WeChatError(45015)
        filled = [bucket for bucket in live if bucket.left]
        if not filled:
            raise WeChatError(45047)
        return min(filled, key=lambda bucket: bucket.expires_ms)

    def as_json(self, number: int, now_ms: int) -> list[dict[str, Any]]:
        """Return the open allowances of a follower for the control API."""
        return [
            {"kind": kind, "left": bucket.left, "expires_ms": bucket.expires_ms}
            for kind, bucket in self._buckets.get(number, {}).items()
            if now_ms < bucket.expires_ms
        ]
