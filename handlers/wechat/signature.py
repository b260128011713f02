"""Is this request WeChat's? Looked at before anything else is read.

The signature covers the time stamp and the nonce but not the body, and there is no protection against a
repetition; so an old time stamp is refused, and in encrypted mode a second signature over the encrypted part is
asked for (`handlers.wechat.crypto`). Source: /doc/subscription/guide/dev/push, checked 2026-11-23.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from handlers.contract import BadSignature, Reply
from handlers.secret import Secret, same_secret

FRESH = timedelta(minutes=10)  # WeChat signs each delivery afresh, so this only has to cover clocks that differ


def sign(*parts: str) -> str:
    """Return the signature over `parts` (token, timestamp, nonce, and the encrypted part in encrypted mode)."""
    pieces = sorted(part.encode(errors="replace") for part in parts)
    return hashlib.sha1(b"".join(pieces), usedforsecurity=False).hexdigest()


def verify(query: Mapping[str, str], token: Secret, now: datetime) -> None:
    """Raise `BadSignature` unless `query` is signed with our token, about now (`now` is aware).

    The error says nothing: what we expected is what a forger wants to know.
    """
    timestamp = query.get("timestamp", "")
    given = query.get("signature", "").encode(errors="replace")
    if not same_secret(given, sign(token, timestamp, query.get("nonce", ""))):
        raise BadSignature
    if not _fresh(timestamp, now):
        raise BadSignature


def handshake(query: Mapping[str, str], token: Secret, now: datetime) -> Reply:
    """Answer the GET made when the address is entered: the echo to who knows the token, else 403.

    This request is never encrypted for official accounts.
    """
    try:
        verify(query, token, now)
    except BadSignature:
        return Reply(403)
    return Reply(200, query.get("echostr", "").encode(errors="replace"))


def _fresh(timestamp: str, now: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11):
        return False
    return abs(now.timestamp() - int(timestamp)) <= FRESH.total_seconds()
