"""What a person can do in the chat: write, tap, scan, follow, leave. Each becomes one webhook."""

import base64
import secrets
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from handlers.simulator.wechat_config import WeChatConfig
from handlers.simulator.wechat_record import OnPhone
from handlers.simulator.wechat_world import World

Json = dict[str, Any]

_MENU_IDS = ("present", "zero", "absent")


class CannotSay(ValueError):
    """The person cannot do that now, or the request is incomplete; the sentence says which."""


class Said(NamedTuple):
    """One act of a person: the webhook's own fields, what the phone shows, and the allowance it opens."""

    fields: Json
    shown: Json
    allowance: str = ""


class Act(NamedTuple):
    """One act as it goes out: all fields of the webhook, its MsgId where it has one, and the phone's line."""

    fields: Json
    mid: str
    shown: OnPhone


def say(world: World, config: WeChatConfig, now_ms: int, address: str, wanted: Json) -> Act:
    """Let the person with the `openid` in `wanted` act: build the webhook, open their allowance, show it.

    `address` is where this simulator can be reached, for pictures that are given as bytes. Raises `CannotSay`, and
    `Nobody` for somebody who does not exist.
    """
    openid = str(wanted.get("openid", ""))
    number = world.people.find(openid)
    kind = next((name for name in _ACTS if name in wanted), None)
    if kind is None:
        raise CannotSay(f"Say one of {', '.join(_ACTS)}.")
    follows = world.people.follows(number)
    if kind != "subscribe" and not follows:
        raise CannotSay("This person does not follow the account; say 'subscribe' first.")
    if kind == "subscribe" and follows:
        raise CannotSay("This person follows the account already.")
    said = _ACTS[kind](_Scene(world, config, number, now_ms, address), wanted)
    if said.allowance:
        world.windows.open(number, said.allowance, now_ms)
        world.exchanged[number] = now_ms
    # Events carry no MsgId.
    mid = "" if said.fields["MsgType"] == "event" else str(24_000_000_000_000_000 + secrets.randbelow(10**15))
    fields = {
        "ToUserName": config.original_id,
        "FromUserName": openid,
        "CreateTime": now_ms // 1000,
        **said.fields,
        **({"MsgId": int(mid)} if mid else {}),
    }
    return Act(fields, mid, world.record.show(number, "person", "said", said.shown, now_ms, mid))


class _Scene(NamedTuple):
    world: World
    config: WeChatConfig
    number: int
    now_ms: int
    address: str


def _event(name: str, key: object = "", **more: object) -> Json:
    return {"MsgType": "event", "Event": name, "EventKey": str(key), **more}


def _menu_tap(scene: _Scene, wanted: Json) -> Said:
    tapped = wanted["menu_tap"]
    if not isinstance(tapped, dict) or not {"id", "content"} <= tapped.keys():
        raise CannotSay("'menu_tap' is an object with 'id' and 'content'.")
    carried = wanted.get("bizmsgmenuid", scene.config.bizmsgmenuid)
    if carried not in _MENU_IDS:
        raise CannotSay(f"'bizmsgmenuid' is one of {', '.join(_MENU_IDS)}; {carried!r} was given.")
    fields: Json = {"MsgType": "text", "Content": str(tapped["content"])}
    if carried != "absent":
        fields["bizmsgmenuid"] = "0" if carried == "zero" else str(tapped["id"])
    return Said(fields, {"text": fields["Content"]}, "click")


def _text(_scene: _Scene, wanted: Json) -> Said:
    return Said({"MsgType": "text", "Content": str(wanted["text"])}, {"text": str(wanted["text"])}, "message")


def _picture(scene: _Scene, wanted: Json) -> Said:
    # The platform keeps what people send and tells where; here that is the simulator itself.
    data = base64.b64decode(str(wanted["image"]), validate=True)
    media_id = scene.world.media.from_person("image", "image/jpeg", data, scene.now_ms)
    return _shown_picture(media_id, f"{scene.address}/_sim/media/{media_id}")


def _image(scene: _Scene, wanted: Json) -> Said:
    address = str(wanted["image_url"])
    media_id = scene.world.media.from_person("image", "image/jpeg", b"", scene.now_ms, address)
    return _shown_picture(media_id, address)


def _shown_picture(media_id: str, address: str) -> Said:
    shown = {"image": {"media_id": media_id, "url": address}}
    return Said({"MsgType": "image", "PicUrl": address, "MediaId": media_id}, shown, "message")


def _media(scene: _Scene, wanted: Json) -> Said:
    given = wanted["media"]
    kind = given.get("kind") if isinstance(given, dict) else None
    if kind not in {"voice", "video", "shortvideo"}:
        raise CannotSay(
            "'media' is an object whose 'kind' is voice, video or shortvideo; pictures are 'image' or 'image_url'."
        )
    stored = "voice" if kind == "voice" else "video"
    media_id = scene.world.media.from_person(stored, "application/octet-stream", b"", scene.now_ms)
    extra = {"Format": "amr"} if kind == "voice" else {"ThumbMediaId": media_id}
    return Said({"MsgType": kind, "MediaId": media_id, **extra}, {kind: {"media_id": media_id}}, "message")


def _location(_scene: _Scene, wanted: Json) -> Said:
    place = wanted["location"]
    fields = {"Location_X": str(place["latitude"]), "Location_Y": str(place["longitude"])}
    more = {"Scale": 15, "Label": str(place.get("label", ""))}
    return Said({"MsgType": "location", **fields, **more}, {"location": place}, "message")


def _link(_scene: _Scene, wanted: Json) -> Said:
    link = wanted["link"]
    fields = {"Title": str(link["title"]), "Description": str(link.get("description", "")), "Url": str(link["url"])}
    return Said({"MsgType": "link", **fields}, {"link": link}, "message")


def _click(_scene: _Scene, wanted: Json) -> Said:
    return Said(_event("CLICK", wanted["click"]), {"click": str(wanted["click"])}, "click")


def _view(_scene: _Scene, wanted: Json) -> Said:
    # Opening a page from the menu allows no message.
    return Said(_event("VIEW", wanted["view"], MenuId="1"), {"view": str(wanted["view"])})


def _scan(_scene: _Scene, wanted: Json) -> Said:
    return Said(_event("SCAN", wanted["scan"], Ticket=_ticket()), {"scan": str(wanted["scan"])}, "scan")


def _subscribe(scene: _Scene, wanted: Json) -> Said:
    given = wanted["subscribe"]
    scene_code = str(given.get("scene", "")) if isinstance(given, dict) else ""
    scene.world.people.follow(scene.number, scene.now_ms, scene_code)
    event = _event("subscribe", f"qrscene_{scene_code}", Ticket=_ticket()) if scene_code else _event("subscribe")
    return Said(event, {"subscribe": scene_code}, "follow")


def _unsubscribe(scene: _Scene, _wanted: Json) -> Said:
    scene.world.people.unfollow(scene.number)
    scene.world.tags.forget(scene.number)
    return Said(_event("unsubscribe"), {"unsubscribe": True})


def _ticket() -> str:
    return "gQ" + secrets.token_urlsafe(60)


# The first name found in the request decides.
_ACTS: Mapping[str, Callable[[_Scene, Json], Said]] = {
    "menu_tap": _menu_tap,
    "text": _text,
    "image": _picture,
    "image_url": _image,
    "media": _media,
    "location": _location,
    "link": _link,
    "click": _click,
    "view": _view,
    "scan": _scan,
    "subscribe": _subscribe,
    "unsubscribe": _unsubscribe,
}
