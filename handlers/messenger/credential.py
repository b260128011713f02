"""What Facebook says of a Page's access token: its kind, its end and its permissions."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.finding import Finding, fine, fix, warn
from handlers.messenger.answer import read_json
from handlers.messenger.client import Answer, PageClient

NEEDED_PERMISSIONS = ("pages_messaging", "pages_manage_metadata")
"""To send, and to subscribe the webhook (Messenger Platform, webhooks, 5 May 2026; checked 2026-11-23)."""

SOON = timedelta(days=14)
"""An end that is nearer than this is to be mended now; a later one only has to be known."""


def ask_about_token(client: PageClient) -> Answer:
    """Ask `debug_token` about the client's own token. Raises `NoAnswer`.

    As an operation of a batch: `debug_token` wants the token as a parameter, and in a batch that travels in the body
    of a POST instead of in an address that is logged on its way.
    """
    operation = {"method": "GET", "relative_url": f"debug_token?input_token={client.access_token}"}
    return client.call("POST", "", body={"batch": [operation], "include_headers": False})


def inner(body: bytes) -> Mapping[str, Any] | None:
    """Return what the batch's only operation says of the token, None where that cannot be read."""
    try:
        (part,) = json.loads(body)
        answer = read_json(str(part["body"]).encode())
    except (ValueError, TypeError, KeyError):
        return None
    data = (answer or {}).get("data")
    return data if isinstance(data, dict) else None


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
