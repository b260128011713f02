"""What happened on the simulated account: calls, messages, and what is on whose phone."""

import hashlib
import json
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Json = dict[str, Any]


class OnPhone(NamedTuple):
    """One message in a person's thread.

    `sender` is `page` (the account), `person` or `platform`; `road` says how it came: `said`, `passive`,
    `custom`, `mass`, `preview` or `failure`.
    """

    seq: int
    mid: str
    sender: str
    road: str
    message: Json
    at: int

    def as_json(self, openid: str) -> Json:
        """Return the message for the control API and the stream."""
        return {
            "openid": openid,
            "mid": self.mid,
            "from": self.sender,
            "road": self.road,
            "message": self.message,
            "at": self.at,
        }


@dataclass(slots=True)
class Delivery:
    """One mass message and whom it reached, by number, ascending."""

    seq: int
    mid: str
    clientmsgid: str
    message: Json
    at: int
    numbers: "array[int]" = field(default_factory=lambda: array("I"))

    def reached(self, number: int) -> bool:
        """Say whether it is on this person's phone."""
        at = bisect_left(self.numbers, number)
        return at < len(self.numbers) and self.numbers[at] == number


class Record:
    """Everything that tests and the playground ask about; with `keep` False the counters alone."""

    def __init__(self, *, keep: bool) -> None:
        self.keep = keep
        self.calls: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.in_flight = 0
        self.most_in_flight = 0
        self.custom_accepted = 0
        self.mass_delivered = 0
        self.sends: list[tuple[int, OnPhone]] = []
        self._seq = 0
        self._threads: dict[int, list[OnPhone]] = {}
        self._deliveries: list[Delivery] = []
        self._mass_times: dict[str, bytearray] = {}
        self._custom_times: Counter[tuple[int, str]] = Counter()
        self._repeated: dict[tuple[int, str], int] = {}

    def show(self, number: int, sender: str, road: str, message: Json, at: int, mid: str = "") -> OnPhone:
        """Put a message on a person's phone."""
        self._seq += 1
        shown = OnPhone(self._seq, mid, sender, road, message, at)
        if self.keep:
            self._threads.setdefault(number, []).append(shown)
        return shown

    def count_custom(self, number: int, message: Json, at: int) -> OnPhone:
        """Count, and keep, one accepted customer-service message."""
        self.custom_accepted += 1
        shown = self.show(number, "page", "custom", message, at)
        if self.keep:
            self.sends.append((number, shown))
            content = digest(message)
            self._custom_times[number, content] += 1
            self._note_repeats(number, content)
        return shown

    def begin_mass(self, mid: str, clientmsgid: str, message: Json, at: int) -> Delivery:
        """Begin to deliver a mass message."""
        self._seq += 1
        delivery = Delivery(self._seq, mid, clientmsgid, message, at)
        if self.keep:
            self._deliveries.append(delivery)
        return delivery

    def count_mass(self, delivery: Delivery, numbers: Sequence[int]) -> None:
        """Count, and keep, a mass message on these phones; numbers ascend from call to call."""
        self.mass_delivered += len(numbers)
        if not self.keep or not numbers:
            return
        delivery.numbers.extend(numbers)
        content = digest(delivery.message)
        times = self._mass_times.setdefault(content, bytearray())
        if len(times) <= numbers[-1]:
            times.extend(bytes(numbers[-1] + 1 - len(times)))
        for number in numbers:
            times[number] += times[number] < 255
            if times[number] > 1 or self._custom_times:
                self._note_repeats(number, content)

    def phone(self, number: int, since: int) -> list[OnPhone]:
        """Return what came on a person's phone after this sequence number, in order."""
        own = [message for message in self._threads.get(number, ()) if message.seq > since]
        mass = [
            OnPhone(one.seq, one.mid, "page", "mass", one.message, one.at)
            for one in self._deliveries
            if one.seq > since and one.reached(number)
        ]
        return sorted(own + mass)

    @property
    def last(self) -> int:
        """The sequence number of the newest message of all."""
        return self._seq

    def repeated(self) -> list[tuple[int, str, int]]:
        """Return (number, content digest, times) of what reached somebody more than once, by any road."""
        return [(number, content, times) for (number, content), times in self._repeated.items()]

    def most_per_content(self) -> int:
        """Return how often the content that came most often came to one person."""
        some = 1 if self._custom_times or any(self._mass_times.values()) else 0
        return max(self._repeated.values(), default=some)

    def repeated_clientmsgids(self) -> list[tuple[int, str, int]]:
        """Return (number, clientmsgid, times) of what reached somebody more than once under one id."""
        by_id: dict[str, list[Delivery]] = {}
        for delivery in self._deliveries:
            by_id.setdefault(delivery.clientmsgid, []).append(delivery)
        times: Counter[tuple[int, str]] = Counter()
        for name, deliveries in by_id.items():
            if len(deliveries) > 1:
                times.update((number, name) for delivery in deliveries for number in delivery.numbers)
        return [(number, name, count) for (number, name), count in times.items() if count > 1]

    def _note_repeats(self, number: int, content: str) -> None:
        mass = self._mass_times.get(content, b"")
        times = self._custom_times.get((number, content), 0)
        times += mass[number] if number < len(mass) else 0
        if times > 1:
            self._repeated[number, content] = times


def digest(content: object) -> str:
    """Return a short name of a content, the same for the same content."""
    return hashlib.sha1(json.dumps(content, sort_keys=True).encode(), usedforsecurity=False).hexdigest()
