"""The items of a Messenger webhook, built as the documentation shows them."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from handlers.simulator.messenger_record import Sent

Json = dict[str, Any]

# Which subscribed field lets an item through, by the key that names its kind.
FIELD_OF_KEY: Mapping[str, str] = {
    "message": "messages",
    "postback": "messaging_postbacks",
    "referral": "messaging_referrals",
    "optin": "messaging_optins",
    "delivery": "message_deliveries",
    "read": "message_reads",
    "reaction": "message_reactions",
    "policy_enforcement": "messaging_policy_enforcement",
}


def field_of(item: Mapping[str, Any]) -> str:
    """Return the subscribed field an item belongs to; empty for kinds that need none."""
    if "message" in item and item["message"].get("is_echo"):
        return "message_echoes"
    return next((field for key, field in FIELD_OF_KEY.items() if key in item), "")


def from_person(psid: str, page_id: str, at: int, kind: str, body: Json) -> Json:
    """Return an item that a person caused: `{sender, recipient, timestamp, <kind>: body}`."""
    return {"sender": {"id": psid}, "recipient": {"id": page_id}, "timestamp": at, kind: body}


def echo(sent: Sent, page_id: str, app_id: str) -> Json:
    """Return the echo of a message the Page sent: sender and recipient are exchanged."""
    message: Json = {"mid": sent.mid, "is_echo": True, "app_id": int(app_id)}
    if sent.metadata:
        message["metadata"] = sent.metadata
    message |= shown(sent.message)
    return {
        "sender": {"id": page_id},
        "recipient": {"id": sent.psid},
        "timestamp": sent.at,
        "message": message,
    }


def shown(message: Json) -> Json:
    """Return the text or the attachments of a sent message as webhooks carry them."""
    if "text" in message:
        return {"text": message["text"]}
    if "attachment" in message:
        return {"attachments": [message["attachment"]]}
    if "attachments" in message:
        return {"attachments": message["attachments"]}
    if "template" in message:
        return {"attachments": [{"type": "template", "payload": message["template"]}]}
    return {"attachments": [{"type": "sticker", "payload": {"sticker_id": message["sticker_id"]}}]}


def delivery(sent: Sent, page_id: str, *, with_mids: bool) -> Json:
    """Return the receipt that all up to this message has arrived; `mids` come only sometimes."""
    body: Json = {"mids": [sent.mid]} if with_mids else {}
    return from_person(sent.psid, page_id, sent.at, "delivery", {**body, "watermark": sent.at})


def read(sent: Sent, page_id: str) -> Json:
    """Return the receipt that the person has seen all up to this message."""
    return from_person(sent.psid, page_id, sent.at, "read", {"watermark": sent.at})


def envelope(items: Sequence[Json], page_id: str, at: int, items_per_entry: int) -> bytes:
    r"""Return the bytes of one notification, escaped as the platform escapes them.

    Non-ASCII characters are `\uXXXX` in lower-case hex (emoji as surrogate pairs) and `/` is `\/`; the
    signature is made over exactly these bytes.
    """
    entries = [
        {"id": page_id, "time": at, "messaging": list(items[first : first + items_per_entry])}
        for first in range(0, len(items), items_per_entry)
    ]
    return escaped({"object": "page", "entry": entries})


def escaped(payload: Json) -> bytes:
    """Return JSON in the platform's escaped form."""
    return json.dumps(payload, ensure_ascii=True, separators=(",", ":")).replace("/", "\\/").encode()


def signatures(body: bytes, app_secret: str) -> dict[str, str]:
    """Return the signature headers of a notification: SHA-256, and the legacy SHA-1 beside it."""
    key = app_secret.encode()
    return {
        "X-Hub-Signature-256": "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest(),
        "X-Hub-Signature": "sha1=" + hmac.new(key, body, hashlib.sha1).hexdigest(),
    }
