"""What a person can do in the chat: write, tap, follow a link, react. Each becomes one webhook item."""

import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from handlers.simulator.clock import VirtualClock
from handlers.simulator.messenger_config import MessengerConfig
from handlers.simulator.messenger_events import from_person
from handlers.simulator.messenger_record import OnPhone
from handlers.simulator.messenger_world import World

Json = dict[str, Any]

_REF = re.compile(r"[A-Za-z0-9_=-]+")  # m.me links

AD_WINDOW_DAYS = 7  # policy page (Sep 28, 2026): the first message after a click-to-Messenger ad


class CannotSay(ValueError):
    """The person cannot do that now, or the request is incomplete; the sentence says which."""


class Said(NamedTuple):
    """One act of a person: the webhook item, the message id where it has one, what the phone shows.

    `window_days` is for how long it lets the Page write: 0 where it does not open the window.
    """

    item: Json
    mid: str
    shown: Json
    window_days: int = 1


def say(world: World, config: MessengerConfig, clock: VirtualClock, psid: str, wanted: Json) -> Said:
    """Let a person act: build the item, move their window, put it on their phone.

    A person who writes has evidently not blocked the Page any more. Raises `CannotSay`, and `GraphError`
    100/2018001 for somebody who does not exist.
    """
    number = world.people.find(psid)
    if world.people.has_state(number, "deleted"):
        raise CannotSay("This account was deleted; nobody writes from it any more.")
    kind = next((name for name in _ACTS if name in wanted), None)
    if kind is None:
        raise CannotSay(f"Say one of {', '.join(_ACTS)}.")
    said = _ACTS[kind](_Scene(world, config, psid, number, clock.millis()), wanted)
    world.people.set_states(number, {"blocked": False, "unavailable": False, "cannot_receive": False})
    if said.window_days:
        world.people.open_window(number, clock.millis(), said.window_days)
    world.record.show(psid, OnPhone(said.mid, "person", said.shown, clock.millis()))
    return said


class _Scene(NamedTuple):
    world: World
    config: MessengerConfig
    psid: str
    number: int
    at: int

    def item(self, kind: str, body: Json) -> Json:
        return from_person(self.psid, self.config.page_id, self.at, kind, body)

    def message(self, body: Json, *, shown: Json | None = None, window_days: int = 1) -> Said:
        mid = _mid()
        return Said(self.item("message", {"mid": mid, **body}), mid, shown or body, window_days)


def _text(scene: _Scene, wanted: Json) -> Said:
    body: Json = {"text": str(wanted["text"])}
    if "reply_to" in wanted:
        body["reply_to"] = {"mid": str(wanted["reply_to"])}
    if "ad_id" in wanted:
        body["referral"] = {"source": "ADS", "type": "OPEN_THREAD", "ad_id": str(wanted["ad_id"])}
        return scene.message(body, window_days=AD_WINDOW_DAYS)
    if "ref" in wanted:
        body["referral"] = _referral(wanted["ref"])
    return scene.message(body)


def _quick_reply(scene: _Scene, wanted: Json) -> Said:
    tapped = _titled(wanted, "quick_reply")
    return scene.message({"text": tapped["title"], "quick_reply": {"payload": tapped["payload"]}})


def _command(scene: _Scene, wanted: Json) -> Said:
    name = str(wanted["command"])
    return scene.message({"text": str(wanted.get("text", f"/{name}")), "commands": [{"name": name}]})


def _image(scene: _Scene, wanted: Json) -> Said:
    image = {"type": "image", "payload": {"url": str(wanted["image_url"])}}
    return scene.message({"attachments": [image]})


def _postback(scene: _Scene, wanted: Json) -> Said:
    mid, tapped = _mid(), _titled(wanted, "postback")
    body = {"mid": mid, "title": tapped["title"], "payload": tapped["payload"]}
    return Said(scene.item("postback", body), mid, {"postback": tapped})


def _ref(scene: _Scene, wanted: Json) -> Said:
    referral = _referral(wanted["ref"])
    if scene.world.people.has_written(scene.number):
        return Said(scene.item("referral", referral), "", {"referral": referral})
    payload = scene.world.profile.get_started()
    if payload is None:
        raise CannotSay(
            "This Page has no Get Started button, so a link opens an empty chat: "
            "say 'text' together with 'ref', or set get_started in the Messenger profile."
        )
    mid = _mid()
    body = {"mid": mid, "title": "Get Started", "payload": payload, "referral": referral}
    return Said(scene.item("postback", body), mid, {"postback": {"title": "Get Started", "payload": payload}})


def _reaction(scene: _Scene, wanted: Json) -> Said:
    given = wanted["reaction"]
    reaction = given if isinstance(given, dict) else {"reaction": given, "emoji": "❤"}
    mid = reaction.get("mid") or _last_from_page(scene)
    body = {
        "reaction": str(reaction.get("reaction", "love")),
        "emoji": str(reaction.get("emoji", "❤")),
        "action": str(reaction.get("action", "react")),
        "mid": mid,
    }
    return Said(scene.item("reaction", body), "", {"reaction": body})


def _optin(scene: _Scene, wanted: Json) -> Said:
    # Marketing opt-in taps do not open the window (send messages, May 5, 2026).
    return Said(scene.item("optin", dict(wanted["optin"])), "", {"optin": wanted["optin"]}, window_days=0)


# The first name found in the request decides; `text` also goes with a command, a ref or an ad.
_ACTS: Mapping[str, Callable[[_Scene, Json], Said]] = {
    "quick_reply": _quick_reply,
    "postback": _postback,
    "command": _command,
    "image_url": _image,
    "text": _text,
    "ref": _ref,
    "reaction": _reaction,
    "optin": _optin,
}


def _titled(wanted: Json, kind: str) -> dict[str, str]:
    given = wanted[kind]
    if not isinstance(given, dict) or not {"title", "payload"} <= given.keys():
        raise CannotSay(f"{kind!r} is an object with 'title' and 'payload'.")
    return {"title": str(given["title"]), "payload": str(given["payload"])}


def _referral(ref: object) -> Json:
    if not isinstance(ref, str) or not _REF.fullmatch(ref):
        raise CannotSay(f"A ref has letters, digits, '-', '_' and '='; {ref!r} was given.")
    return {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}


def _last_from_page(scene: _Scene) -> str:
    thread = scene.world.record.phones.get(scene.psid, ())
    found = next((message.mid for message in reversed(thread) if message.sender == "page"), "")
    if not found:
        raise CannotSay("There is no message of the Page to react to; give its 'mid'.")
    return found


def _mid() -> str:
    return "m_" + secrets.token_urlsafe(30)
