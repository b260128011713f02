"""The channels of the demo: for each the simulated platform behind it and its settings, with fresh secrets."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

LATENCY_MS = "60-180"  # about what the platforms take, so that calls are in flight when the worker is killed

_PAGE_ID, _APP_ID = "104857600000001", "204857600000002"
_ACCOUNT_ID, _ORIGINAL_ID = "wx204857600000002", "gh_1048576000ab"
_KEY_BYTES = 32  # an EncodingAESKey is 32 bytes as Base64, without the "=" at its end


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel: `simulator` are the module and options of its platform, `settings` what config.toml says of it."""

    name: str
    platform: str
    simulator: tuple[str, ...]
    settings: Mapping[str, str | bool]


def demo_channels() -> tuple[Channel, ...]:
    """Return the channels the playground has phones for, in the order in which they are shown."""
    return _page(), _account()


def _page() -> Channel:
    """Return a Facebook Page."""
    token, app_secret, verify_token = (secrets.token_urlsafe(24) for _ in range(3))
    return Channel(
        name="page",
        platform="messenger",
        simulator=(
            "handlers.simulator.messenger", "--page-id", _PAGE_ID, "--app-id", _APP_ID,
            f"--token={token}", f"--app-secret={app_secret}", "--latency-ms", LATENCY_MS,
        ),
        settings={
            "page_id": _PAGE_ID, "access_token": token, "app_secret": app_secret, "verify_token": verify_token,
        },
    )  # fmt: skip


def _account() -> Channel:
    """Return a WeChat service account in secure mode."""
    app_secret, token = secrets.token_hex(16), secrets.token_hex(12)
    aes_key = base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode().rstrip("=")
    return Channel(
        name="account",
        platform="wechat",
        simulator=(
            "handlers.simulator.wechat", "--app-id", _ACCOUNT_ID, "--original-id", _ORIGINAL_ID,
            "--account", "service", "--mode", "encrypted", f"--aes-key={aes_key}",
            f"--token={token}", f"--app-secret={app_secret}", "--latency-ms", LATENCY_MS,
        ),
        settings={
            "app_id": _ACCOUNT_ID, "app_secret": app_secret, "token": token, "encoding_aes_key": aes_key,
            "account": "service", "original_id": _ORIGINAL_ID, "menus": True,
        },
    )  # fmt: skip
