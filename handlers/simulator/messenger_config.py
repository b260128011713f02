"""How one simulated Page is set up."""

from dataclasses import dataclass
from typing import Literal

SUBSCRIBED_FIELDS = (
    "messages",
    "messaging_postbacks",
    "messaging_referrals",
    "messaging_optins",
    "messaging_optouts",
    "message_echoes",
    "message_deliveries",
    "message_reads",
    "message_reactions",
    "messaging_policy_enforcement",
)
"""The webhook fields a Page is subscribed to from the start; `POST /subscribed_apps` changes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessengerConfig:
    """One Page, its app, and how strictly the platform is played.

    `rates`: `documented` holds the Page to 300 calls a second (10 for audio and video) and 200 calls a
    day for each person; `strict` refuses above 40 a second until the volume falls; `off` never throttles.
    `record` False keeps counters only, for benchmarks.

    `people` exist from the start, with a window that is open for `window_hours`. `latency_ms` is the least
    and the most a call takes. `usage_headers_after` so many calls the usage headers begin.

    Events go to `webhook_url` in `webhook_lanes` posts at a time, about `events_per_post` in each,
    `items_per_entry` to an entry; at most `webhook_queue_most` sends wait for theirs. A post that is not
    answered 200 within `webhook_timeout_seconds` is repeated after each of `webhook_retry_seconds`. These
    are real seconds, since they are about the line and not about the platform's calendar. Raises
    `ValueError` for an app id that is not a number, as echoes carry it as one.
    """

    page_id: str = "104857600000001"
    page_name: str = "Simulated Page"
    app_id: str = "204857600000002"
    token: str = "EAAsimulatedpagetoken"  # noqa: S105 - the simulator's own, known to nobody else
    app_secret: str = ""
    api_version: str = "26.0"
    people: int = 0
    window_hours: float = 24
    record: bool = True
    latency_ms: tuple[int, int] = (0, 0)
    rates: Literal["documented", "strict", "off"] = "documented"
    rate_per_second: int = 300
    throttle_code: Literal[613, 80006] = 80006
    usage_headers_after: int = 100
    profile_access: bool = True
    webhook_url: str = ""
    subscribed_fields: tuple[str, ...] = SUBSCRIBED_FIELDS
    echoes: bool = True
    deliveries: bool = True
    reads: bool = True
    events_per_post: int = 100
    items_per_entry: int = 1
    webhook_lanes: int = 4
    webhook_queue_most: int = 200_000
    webhook_timeout_seconds: float = 5.0
    webhook_retry_seconds: tuple[float, ...] = (0.0, 0.2, 1.0)

    def __post_init__(self) -> None:
        if not self.app_id.isdecimal():
            raise ValueError(f"An app id is a number; {self.app_id!r} was given.")
