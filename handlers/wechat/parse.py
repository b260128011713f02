"""From a webhook's XML to events. Pure, and deaf to nonsense: what is not known becomes `Unrecognised`.

Sources: /doc/service/guide/product/message, "standard messages" and "events"; /doc/service/guide/product/menu;
checked 2026-11-23. Each request holds one message or event. A body that is none raises `Unreadable`.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from handlers.contract import Unreadable
from handlers.events import (
    ButtonPressed,
    Event,
    Followed,
    MassSendFinished,
    MessageReceived,
    Referred,
    Unfollowed,
    Unrecognised,
)
from handlers.wechat.capabilities import CAPABILITIES, SHORT_WINDOW
from handlers.wechat.fields import Fields, inside, moment, number, read_fields, text

WINDOW = CAPABILITIES.window
KEY_PREFIX = "qrscene_"  # before the scene of a QR code, in a subscribe event only


def parse(xml: str, original_id: str = "") -> tuple[Event, ...]:
    """Return the one event in `xml`. Raises `Unreadable`, never anything else.

    With `original_id` (gh_...) a request for another account becomes `Unrecognised`.
    """
    fields = read_fields(xml)
    if not text(fields, "MsgType") or not text(fields, "FromUserName"):
        raise Unreadable("no MsgType or no FromUserName")
    if original_id and text(fields, "ToUserName") != original_id:
        return (_unrecognised(fields, "another_account"),)
    kind = text(fields, "MsgType").lower()
    if kind != "event":
        return (_message(fields, kind),)
    event = text(fields, "Event").lower()
    read = READERS.get(event)
    return (read(fields) if read is not None else _unrecognised(fields, event or "event"),)


def _about(fields: Fields, kind: str, *, opens: timedelta | None = None) -> dict[str, Any]:
    """Return the fields every event has; `opens` is how long it lets us write."""
    at = moment(fields)
    return {
        "key": f"{kind}:{_identity(fields)}",
        "person": text(fields, "FromUserName"),
        "at": at,
        "window_until": at + opens if opens is not None else None,
    }


def _identity(fields: Fields) -> str:
    """Return what is the same when the same thing is delivered again, and only then.

    Messages have an id. Events have none: WeChat names sender and second, and the event and its key are
    added, for two of them may share a second.
    """
    if text(fields, "MsgId"):
        return text(fields, "MsgId")
    names = ("FromUserName", "CreateTime", "MsgType", "Event", "EventKey")
    return hashlib.sha256("\n".join(text(fields, name) for name in names).encode()).hexdigest()


def _unrecognised(fields: Fields, kind: str) -> Unrecognised:
    return Unrecognised(**_about(fields, "unrecognised"), kind=kind)


def _message(fields: Fields, kind: str) -> Event:
    """Return a message of any kind. A tap on a `msgmenu` line comes as one, and opens no more than a menu click.

    Its `bizmsgmenuid` is not always told, and sometimes told as 0 for every line: the words say what was tapped.
    """
    tapped = "bizmsgmenuid" in fields
    pictures = (text(fields, "PicUrl"),) if kind == "image" else ()
    return MessageReceived(
        **_about(fields, "message", opens=SHORT_WINDOW if tapped else WINDOW),
        text=text(fields, "Content") if kind == "text" else "",
        image_urls=tuple(filter(None, pictures)),
        other_attachments=() if kind in {"text", "image"} else (kind,),
    )


def _subscribe(fields: Fields) -> Event:
    return Followed(
        **_about(fields, "follow", opens=SHORT_WINDOW), ref=text(fields, "EventKey").removeprefix(KEY_PREFIX)
    )


def _unsubscribe(fields: Fields) -> Event:
    return Unfollowed(**_about(fields, "unfollow"))


def _scan(fields: Fields) -> Event:
    return Referred(**_about(fields, "scan", opens=SHORT_WINDOW), ref=text(fields, "EventKey"), source="QRCODE")


def _menu_click(fields: Fields) -> Event:
    return ButtonPressed(
        **_about(fields, "click", opens=SHORT_WINDOW),
        payload=text(fields, "EventKey"),
        ref=text(inside(fields, "ScanCodeInfo"), "ScanResult"),
    )


def _mass_send_finished(fields: Fields) -> Event:
    """Return how a mass send ended. Its sender is `mphelper` or the account's owner: nobody who said anything."""
    job_id = text(fields, "MsgID")
    if not job_id:
        return _unrecognised(fields, "masssendjobfinish")
    return MassSendFinished(
        **_about(fields, "mass") | {"key": f"mass:{job_id}", "person": ""},
        job_id=job_id,
        status=text(fields, "Status"),
        total=number(fields, "TotalCount"),
        filtered=number(fields, "FilterCount"),
        sent=number(fields, "SentCount"),
        errors=number(fields, "ErrorCount"),
    )


# By the event's name in lower case. `subscribe_scan` is wechatpy's name for a follow by a QR code.
READERS: Mapping[str, Callable[[Fields], Event]] = {
    "subscribe": _subscribe,
    "subscribe_scan": _subscribe,
    "unsubscribe": _unsubscribe,
    "scan": _scan,
    "click": _menu_click,
    "scancode_push": _menu_click,
    "scancode_waitmsg": _menu_click,
    "masssendjobfinish": _mass_send_finished,
}
