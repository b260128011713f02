"""One simulated account as the playground sees it: its people, what is on their phones, what they can do.

The two platforms' simulators differ in words; here they are brought to one.
"""

import base64
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from bot.playground.people import Kind, Person
from bot.playground.simulator import Simulator
from broadcast.outgoing import MARK
from handlers.simulator.wechat_people import MASS_PER_MONTH

Json = dict[str, Any]

_PICTURE = Path(__file__).parent / "static" / "pictures" / "spring.png"
_PEOPLE_MOST = 100_000
_TEMPLATE_TEXT = "Hello {{1}}, your order {{2}} is on its way. Answer STOP to hear no more."
_TEMPLATE = {
    "name": "order_update",
    "language": "en",
    "category": "UTILITY",
    "components": [{"type": "BODY", "text": _TEMPLATE_TEXT}],
}
_PLACE = re.compile(r"\{\{(\d+)\}\}")


class Account(ABC):
    """One channel's platform. Safe to use from several threads.

    `key` is what its simulator calls a person's id. A person is shown as `id`, `channel`, `name` and `locale` (where
    the platform tells them), `windowExpires` (ms, 0 for never), `blocked` (nothing reaches them, and nobody has told
    the product) and `spent` (they had all a month allows).
    """

    platform: ClassVar[str]
    key: ClassVar[str]
    window: ClassVar[timedelta]  # how long it lasts after a person wrote, where broadcasts need one

    def __init__(self, channel: str, url: str) -> None:
        self.channel, self.url = channel, url

    @property
    def by_window(self) -> bool:
        """Whether a broadcast reaches only those whose window is open."""
        return bool(self.window)

    def simulator(self) -> Simulator:
        """Return a new connection to the simulator's control API."""
        return Simulator(self.url)

    def people(self) -> list[Json]:
        """Return everybody."""
        return [self._person(each) for each in self.simulator().get("people", limit=_PEOPLE_MOST)["people"]]

    def person(self, identity: str) -> Json:
        """Return one person. Raises `Refused`."""
        return self._person(self.simulator().get(f"people/{identity}"))

    def messages(self, identity: str) -> Json:
        """Return what is on a person's phone. Raises `Refused`."""
        found = self.simulator().get(f"people/{identity}/messages")["messages"]
        return {"messages": [self._message(each) for each in found]}

    def say(self, identity: str, act: Json) -> Json:
        """Let a person act, in the words of their platform. Raises `Refused`."""
        return self.simulator().post("say", {**self._act(act), self.key: identity})

    def feed(self) -> Iterator[Json]:
        """Yield each message as it reaches a phone, until the simulator ends."""
        return (self._message(body) for event, body in self.simulator().feed() if event == "message")

    @abstractmethod
    def most_copies(self) -> int:
        """Return how often the message of a broadcast that came most often came to one phone; 0 before any did.

        The platform counts, by the mark each message carries. WeChat's messages one by one carry none.
        """

    @abstractmethod
    def arrive(self, people: Sequence[Person]) -> list[str]:
        """Bring people in and return their ids."""

    @abstractmethod
    def furnish(self) -> None:
        """Give the account what its owner would have made in the platform's own tools."""

    @abstractmethod
    def turn_away(self, identity: str, *, on: bool) -> None:
        """Let a person turn their back on the account, or come back."""

    @abstractmethod
    def _person(self, found: Json) -> Json: ...

    def _act(self, act: Json) -> Json:
        return act

    def _message(self, found: Json) -> Json:
        return {**found, "channel": self.channel, "person": found[self.key]}


class MessengerAccount(Account):
    """A Facebook Page."""

    platform, key, window = "messenger", "psid", timedelta(hours=24)

    def arrive(self, people: Sequence[Person]) -> list[str]:
        """Bring people in with their profiles and windows."""
        simulator = self.simulator()
        wanted = [
            {
                "window_hours": person.hours,
                "profile": person.profile,
                "states": {"blocked": person.kind is Kind.BLOCKED},
            }
            for person in people
        ]
        return [str(simulator.post("people", each)["psids"][0]) for each in wanted]

    def furnish(self) -> None:
        """Let the Page have a template for people whose window is closed."""
        self.simulator().post("templates", _TEMPLATE)

    def most_copies(self) -> int:
        """Return the most copies of one mark; an answer in a conversation has another kind, and may be said again."""
        return int(self.simulator().get("counts", metadata=MARK)["most_per_metadata"])

    def turn_away(self, identity: str, *, on: bool) -> None:
        """Block the Page, or unblock it."""
        self.simulator().post(f"people/{identity}", {"blocked": on})

    def _person(self, found: Json) -> Json:
        return {
            "id": found["psid"],
            "channel": self.channel,
            "name": found["profile"]["name"],
            "locale": found["profile"]["locale"],
            "windowExpires": found["window_expires_ms"],
            "blocked": "blocked" in found["states"],
            "spent": False,
        }

    def _message(self, found: Json) -> Json:
        """Spell a template out: the platform knows its text, a message only its name and what stands in its places."""
        shown = super()._message(found)
        template = shown["message"].get("template")
        if template is None:
            return shown
        return {**shown, "message": {"text": _spelled_out(template)}}


def _spelled_out(template: Json) -> str:
    """Return the words of a message by the Page's one template."""
    values = [each["text"] for part in template.get("components", ()) for each in part.get("parameters", ())]
    return _PLACE.sub(lambda place: values[int(place[1]) - 1], _TEMPLATE_TEXT)


_OUT_OF_REACH: Mapping[Kind, Json] = {
    Kind.CLOSED: {"received_this_month": MASS_PER_MONTH},  # from the account's website
    Kind.BLOCKED: {"refused": True},
}


class WeChatAccount(Account):
    """A WeChat Official Account. It tells neither names nor languages of its followers."""

    platform, key, window = "wechat", "openid", timedelta(0)

    def arrive(self, people: Sequence[Person]) -> list[str]:
        """Bring followers in, who never wrote; nobody tells the product what keeps some of them out of reach."""
        simulator = self.simulator()
        found = [str(each) for each in simulator.post("people", {"count": len(people)})["openids"]]
        for identity, person in zip(found, people, strict=True):
            if person.kind in _OUT_OF_REACH:
                simulator.post(f"people/{identity}", _OUT_OF_REACH[person.kind])
        return found

    def furnish(self) -> None:
        """Leave it as it is: broadcasts need nothing made beforehand here."""

    def most_copies(self) -> int:
        """Return the most copies of one mass message."""
        counts = self.simulator().get("counts")
        return int(counts["most_per_clientmsgid"]) if counts["mass_delivered"] else 0

    def turn_away(self, identity: str, *, on: bool) -> None:
        """Unfollow the account, or follow it and take its messages again."""
        simulator = self.simulator()
        if on:
            simulator.post("say", {self.key: identity, "unsubscribe": True})
        elif simulator.post(f"people/{identity}", {"refused": False})["subscribed"] is False:
            simulator.post("say", {self.key: identity, "subscribe": {}})

    def _person(self, found: Json) -> Json:
        return {
            "id": found["openid"],
            "channel": self.channel,
            "name": "",
            "locale": "",
            "windowExpires": max((window["expires_ms"] for window in found["windows"]), default=0),
            "blocked": bool(found["states"]) or not found["subscribed"],
            "spent": found["received_this_month"] >= MASS_PER_MONTH,
        }

    def _act(self, act: Json) -> Json:
        """Turn the address of the page's picture into its bytes: WeChat keeps what people send and serves it itself."""
        return {"image": base64.b64encode(_PICTURE.read_bytes()).decode()} if "image_url" in act else act


def account(channel: str, platform: str, url: str) -> Account:
    """Return the account of a channel."""
    return _KINDS[platform](channel, url)


_KINDS = {kind.platform: kind for kind in (MessengerAccount, WeChatAccount)}
