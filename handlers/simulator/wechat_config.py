"""How one simulated Official Account is set up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Mode = Literal["plain", "compatible", "encrypted"]
Account = Literal["subscription", "service"]
MenuId = Literal["present", "zero", "absent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatConfig:
    """One account, its webhook, and how strictly the platform is played.

    `mode` is how webhooks are written: in plain XML, in both forms, or encrypted alone; the latter two need
    the `aes_key` of 43 characters. `rates` `off` lifts the daily quotas and the 60 mass calls a minute, never
    what an account or a follower may get; `daily` replaces single daily quotas, by path.
    `protection` asks an administrator before a send to all. `record` False keeps counters only.

    `mass_text_most` counts characters; the platform documents none (293 failed in 2020, the website takes
    600). `digest_most` is 120 on the page of 2026-10 and 128 on the one before. `bizmsgmenuid` is what a tap
    on a menu message carries, as all three have been seen.

    A webhook that is not answered 200 within `webhook_timeout_seconds` is posted again, `webhook_attempts`
    times in all, each attempt beginning `webhook_gap_seconds` after the one before. These are real seconds,
    since they are about the line and not about the platform's calendar. Raises `ValueError` for an aes key
    that is missing or has another length.
    """

    app_id: str = "wx0123456789abcdef"
    app_secret: str = "simulatedappsecret0123456789abcd"  # noqa: S105 - the simulator's own, known to nobody else
    token: str = "simulatedtoken"  # noqa: S105 - as above
    aes_key: str = ""
    mode: Mode = "plain"
    account: Account = "service"
    original_id: str = "gh_0123456789ab"
    verified: bool = True
    test_account: bool = False
    protection: bool = False
    followers: int = 0
    record: bool = True
    latency_ms: tuple[int, int] = (0, 0)
    rates: Literal["documented", "off"] = "documented"
    daily: Mapping[str, int] = field(default_factory=dict)
    page_of_followers: int = 10_000
    mass_text_most: int = 600
    digest_most: int = 120
    bizmsgmenuid: MenuId = "present"
    webhook_url: str = ""
    webhook_attempts: int = 3
    webhook_timeout_seconds: float = 5.0
    webhook_gap_seconds: float = 5.0

    def __post_init__(self) -> None:
        if self.mode != "plain" and len(self.aes_key) != 43:
            raise ValueError(f"The {self.mode} mode needs an EncodingAESKey of 43 characters.")
