"""From a webhook's JSON to events. Pure, and deaf to nonsense: what is not known becomes `Unrecognised`.

Sources: Messenger Platform, Webhooks (5 May 2026) and its pages of events; checked 2026-11-23.
An item stands in `messaging[]`, in `standby[]` (another app holds the conversation) or in `changes[]`
(as the `value` of a `field`). A request that is no envelope at all raises `Unreadable`; one bad item
among good ones does not, for a refused request is repeated and in the end unsubscribes the app.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from handlers.contract import Unreadable
from handlers.events import (
    ButtonPressed,
    Delivered,
    Echoed,
    Event,
    MessageReceived,
    OptedIn,
    OptedOut,
    PolicyEnforced,
    Reacted,
    Read,
    Referred,
    Unrecognised,
)
from handlers.messenger.capabilities import CAPABILITIES
from handlers.messenger.item import Item, objects, text, when

WINDOW = CAPABILITIES.window


def parse(body: bytes, page_id: str) -> tuple[Event, ...]:
    """Return the events in a webhook's `body`, in its order. Raises `Unreadable`, never anything else."""
    try:
        envelope = json.loads(body)
        if not isinstance(envelope, dict) or envelope.get("object") != "page":
            raise Unreadable("not an object of a Page")
        if not isinstance(envelope.get("entry"), list):
            raise Unreadable("no list of entries")
        return tuple(_event(item, page_id) for item in _items(envelope["entry"]))
    except (ValueError, RecursionError) as error:  # not JSON, not UTF-8, endless digits, endless brackets
        raise Unreadable(type(error).__name__) from None


def _items(entries: list[Any]) -> Iterator[Item]:
    for entry in objects(entries):
        page, at = text(entry.get("id")), entry.get("time")
        for body in objects(entry.get("messaging")):
            yield Item(body, page, at)
        for body in objects(entry.get("standby")):
            yield Item(body, page, at, standby=True)
        for change in objects(entry.get("changes")):
            value = change.get("value")
            yield Item(value if isinstance(value, dict) else {}, page, at, field=text(change.get("field")))


def _event(item: Item, page_id: str) -> Event:
    if not item.concerns(page_id):
        return _unrecognised(item, "another_page")
    for name, read in READERS.items():
        body = item.body.get(name)
        if isinstance(body, dict):
            return read(item, body) or _unrecognised(item, name)
    if item.field == "messaging_optouts" and item.sender:
        return OptedOut(**_about(item, "optout"))
    return _unrecognised(item, item.kind())


def _about(item: Item, kind: str, *, mid: str = "", opens: bool = False) -> dict[str, Any]:
    """Return the fields every event has. `mid` makes the key where the platform gives each event one."""
    return {
        "key": f"{kind}:{mid}" if mid else f"{kind}:{_digest(item, kind)}",
        "person": item.sender,
        "at": item.at,
        "window_until": item.at + WINDOW if opens else None,
        "standby": item.standby,
    }


def _digest(item: Item, kind: str) -> str:
    """Return what is the same when the same event is delivered again, and only then."""
    about = [item.page, item.sender, item.body.get("timestamp", item.entry_time), kind, item.body]
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


def _unrecognised(item: Item, kind: str) -> Unrecognised:
    return Unrecognised(**_about(item, "unrecognised"), kind=kind)


def _message(item: Item, body: Mapping[str, Any]) -> Event | None:
    mid = text(body.get("mid"))
    if not mid:
        return None
    if body.get("is_echo") is True:
        return Echoed(
            **_about(item, "echo", mid=mid) | {"person": item.recipient},
            message_id=mid,
            metadata=text(body.get("metadata")),
            app_id=text(body.get("app_id")),
        )
    if not item.sender:
        return None
    words = text(body.get("text"))
    pictures, others = _attachments(body, has_words=bool(words))
    return MessageReceived(
        **_about(item, "message", mid=mid, opens=True),
        text=words,
        payload=_inside(body, "quick_reply", "payload"),
        image_urls=pictures,
        other_attachments=others,
        command=next((text(command.get("name")) for command in objects(body.get("commands"))), ""),
        ref=_inside(body, "referral", "ref"),
    )


def _attachments(body: Mapping[str, Any], *, has_words: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the addresses of pictures, and the types of everything else.

    A sticker (the thumb, above all) is no picture, though it comes as one too until the change-over
    of 30 August 2026 is done. A `fallback` beside words is only the preview of a link in them.
    """
    pictures: list[str] = []
    others: list[str] = []
    for attachment in objects(body.get("attachments")):
        kind, url = text(attachment.get("type")), _inside(attachment, "payload", "url")
        if kind == "sticker" or _inside(attachment, "payload", "sticker_id"):
            if "sticker" not in others:
                others.append("sticker")
        elif kind == "image" and url:
            pictures.append(url)
        elif not (kind == "fallback" and has_words):
            others.append(kind)
    return tuple(pictures), tuple(others)


def _postback(item: Item, body: Mapping[str, Any]) -> Event | None:
    if not item.sender:
        return None
    return ButtonPressed(
        **_about(item, "postback", mid=text(body.get("mid")), opens=True),
        payload=text(body.get("payload")),
        title=text(body.get("title")),
        ref=_inside(body, "referral", "ref"),
    )


def _referral(item: Item, body: Mapping[str, Any]) -> Event | None:
    if not item.sender:
        return None
    source = text(body.get("source"))
    # An m.me link opens the window; an ad does so only with the message that follows it.
    return Referred(**_about(item, "referral", opens=source == "SHORTLINK"), ref=text(body.get("ref")), source=source)


def _optin(item: Item, body: Mapping[str, Any]) -> Event | None:
    if not item.sender:
        return None
    # The page writes "STOP NOTIFICATIONS", real payloads may have an underscore.
    if text(body.get("notification_messages_status")).replace("_", " ").upper() == "STOP NOTIFICATIONS":
        return OptedOut(**_about(item, "optout"))
    return OptedIn(
        **_about(item, "optin"),
        kind=text(body.get("type")),
        ref=text(body.get("payload")) or text(body.get("ref")),
    )


def _optout(item: Item, _body: Mapping[str, Any]) -> Event | None:
    return OptedOut(**_about(item, "optout")) if item.sender else None


def _reaction(item: Item, body: Mapping[str, Any]) -> Event | None:
    if not item.sender or body.get("action") != "react":
        return None
    return Reacted(
        **_about(item, "reaction", opens=True),
        message_id=text(body.get("mid")),
        reaction=text(body.get("reaction")) or text(body.get("emoji")),
    )


def _delivery(item: Item, body: Mapping[str, Any]) -> Event | None:
    watermark, mids = when(body.get("watermark")), body.get("mids")
    if not item.sender or watermark is None:
        return None
    ids = tuple(text(mid) for mid in mids if text(mid)) if isinstance(mids, list) else ()
    return Delivered(**_about(item, "delivery"), watermark=watermark, message_ids=ids)


def _read(item: Item, body: Mapping[str, Any]) -> Event | None:
    watermark = when(body.get("watermark"))
    if not item.sender or watermark is None:
        return None
    return Read(**_about(item, "read"), watermark=watermark)


def _policy(item: Item, body: Mapping[str, Any]) -> Event | None:
    return PolicyEnforced(
        **_about(item, "policy_enforcement"), action=text(body.get("action")), reason=text(body.get("reason"))
    )


def _inside(body: Mapping[str, Any], name: str, key: str) -> str:
    inner = body.get(name)
    return text(inner.get(key)) if isinstance(inner, dict) else ""


# By the key that names an item's body. A reader returns None for what it cannot make sense of.
READERS: Mapping[str, Callable[[Item, Mapping[str, Any]], Event | None]] = {
    "message": _message,
    "postback": _postback,
    "referral": _referral,
    "optin": _optin,
    "optout": _optout,
    "delivery": _delivery,
    "read": _read,
    "policy_enforcement": _policy,
    "reaction": _reaction,
}
