"""What Meta says of a Page's access token beyond what the channel itself asks: its kind, end and permissions."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.doctor.finding import Finding, fine, fix, warn
from bot.settings import MessengerChannel
from handlers.messenger.answer import read_json
from handlers.messenger.client import NoAnswer, PageClient
from handlers.messenger.usage import read_usage
from handlers.secret import Secret

NEEDED_PERMISSIONS = ("pages_messaging", "pages_manage_metadata")
"""To send, and to subscribe the webhook (Messenger Platform, webhooks, 5 May 2026; checked 2026-11-23)."""

SOON = timedelta(days=14)
BUSY_PERCENT = 80.0
_TIMEOUT = (3.05, 20.0)


def examine(settings: MessengerChannel, now: Callable[[], datetime]) -> Iterator[Finding]:
    """Yield what the token is. Silence is left to the channel's own diagnosis, which has said it already."""
    client = PageClient(
        page_id=settings.page_id, access_token=Secret(settings.access_token), app_secret=Secret(settings.app_secret),
        api_base=settings.api_base, api_version=settings.api_version, timeout=_TIMEOUT,
    )  # fmt: skip
    # As an operation of a batch: `debug_token` wants the token as a parameter, and in a batch that travels in the
    # body of a POST instead of in an address that is logged on its way.
    operation = {"method": "GET", "relative_url": f"debug_token?input_token={settings.access_token}"}
    try:
        answer = client.call("POST", "", body={"batch": [operation], "include_headers": False})
    except NoAnswer:
        return
    if read_json(answer.body) is not None:
        return  # an object instead of a list is an error, and the channel's own diagnosis has said which
    yield from read_token(_inner(answer.body), now())
    usage = read_usage(answer.headers)
    if usage is not None:
        told = f"{usage.percent:.0f} % of what Facebook allows is used"
        yield warn(f"{told}; sending slows down by itself") if usage.percent >= BUSY_PERCENT else fine(told)


def read_token(found: Mapping[str, Any] | None, now: datetime) -> Iterator[Finding]:
    """Yield what the answer of `debug_token` comes to; None is an answer that could not be read."""
    if found is None:
        yield warn(
            "Facebook does not say what kind of token this is; see developers.facebook.com/tools/debug/accesstoken"
        )
        return
    if found.get("is_valid") is not True:
        reason = found.get("error")
        said = reason.get("message", "") if isinstance(reason, dict) else ""
        yield fix(f"Facebook calls the access token invalid: {said or 'no reason given'} Make a new one for the Page")
        return
    kind = str(found.get("type", "")).upper()
    if kind == "PAGE":
        yield fine("the access token is a Page's")
    else:
        yield fix(f"the access token is of the kind {kind or 'unknown'}; a Page access token is needed")
    yield from _ends(
        "the access token ends", found.get("expires_at"), now, "make one that does not end (docs/connect_a_page.md)"
    )
    yield from _ends("the access to people's data ends", found.get("data_access_expires_at"), now, "log in again")
    granted = found.get("scopes")
    lacking = [name for name in NEEDED_PERMISSIONS if name not in (granted if isinstance(granted, list) else [])]
    if lacking:
        yield fix(f"the token lacks the permissions {', '.join(lacking)}; grant them and make a new token")
    else:
        yield fine(f"the token has the permissions {', '.join(NEEDED_PERMISSIONS)}")


def _ends(what: str, at: object, now: datetime, mend: str) -> Iterator[Finding]:
    """Read a Unix time, where 0 or none means never."""
    if not isinstance(at, int) or at <= 0:
        if what == "the access token ends":
            yield fine("the access token does not end by itself")
        return
    moment = datetime.fromtimestamp(at, UTC)
    told = f"{what} on {moment:%Y-%m-%d %H:%M} UTC"
    yield fix(f"{told}; {mend}") if moment - now < SOON else warn(f"{told}; {mend} before that")


def _inner(body: bytes) -> Mapping[str, Any] | None:
    """Return `data` of the only operation's answer."""
    try:
        (part,) = json.loads(body)
        answer = read_json(str(part["body"]).encode())
    except (ValueError, TypeError, KeyError):
        return None
    data = (answer or {}).get("data")
    return data if isinstance(data, dict) else None
