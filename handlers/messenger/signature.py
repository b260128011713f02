"""Is this request Meta's? Looked at on the raw bytes, before anything is parsed."""

import hashlib
import hmac
from collections.abc import Mapping

from handlers.contract import BadSignature, Reply
from handlers.secret import Secret, same_secret

HEADER = "x-hub-signature-256"  # the older SHA-1 header is not accepted


def sign(body: bytes, app_secret: Secret) -> str:
    """Return the header value Meta sends with `body`."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def verify(body: bytes, headers: Mapping[str, str], app_secret: Secret) -> None:
    """Raise `BadSignature` unless `headers` (lower-case names) sign exactly these bytes.

    The error says nothing: what we expected is what a forger wants to know.
    """
    given = headers.get(HEADER, "").encode(errors="replace")
    if not same_secret(given, sign(body, app_secret)):
        raise BadSignature


def handshake(query: Mapping[str, str], verify_token: Secret) -> Reply:
    """Answer the GET made when the webhook is set up: the challenge to who knows the token, else 403."""
    token = query.get("hub.verify_token", "").encode(errors="replace")
    if query.get("hub.mode") == "subscribe" and same_secret(token, verify_token):
        return Reply(200, query.get("hub.challenge", "").encode(errors="replace"))
    return Reply(403)
