"""The followers of one simulated account, a million of them in a few megabytes."""

import base64
import hashlib
from array import array
from collections.abc import Iterable, Mapping
from typing import Any

from handlers.simulator.wechat_errors import Nobody

# What a follower's state makes a customer-service message answer; the first that holds is given.
STATES: Mapping[str, int] = {"blacklisted": 43019, "refused": 48002, "limited": 50002, "minor": 70000}

# Those whom a mass message passes by: /doc/service/guide/product/message/Batch_Sends.html. Minors are not known
# to be filtered from it.
FILTERED = ("blacklisted", "refused", "limited")

MASS_PER_MONTH = 4  # service accounts: received by one follower in a calendar month, website and API together

_SUBSCRIBED = 1
_BIT = {name: 2 << position for position, name in enumerate(STATES)}
_FILTER_MASK = sum(_BIT[name] for name in FILTERED)

_ODD = 0x9E3779B97F4A7C15F39CC0605CEDC835  # any odd number is a one-to-one map of 128 bits
_UNDO = pow(_ODD, -1, 1 << 128)
_MOST_128 = (1 << 128) - 1


class Followers:
    """Everybody who has an OpenID with this account, those who have unfollowed included.

    OpenIDs have 28 characters of which the first 6 are the account's; they are made from the follower's
    number and can be turned back into it, so that a million of them need no room.
    """

    def __init__(self, app_id: str) -> None:
        digest = hashlib.blake2b(app_id.encode(), digest_size=20).digest()
        self._prefix = "o" + base64.urlsafe_b64encode(digest[:4]).decode()[:5]
        self._mask = int.from_bytes(digest[4:])
        self._flags = bytearray()
        self._since = array("I")
        self._month = 0
        self._this_month = bytearray()
        self._mass = array("I")
        self._origins: dict[int, tuple[str, str]] = {}
        self.remarks: dict[int, str] = {}
        self.subscribed = 0

    def __len__(self) -> int:
        return len(self._flags)

    def add(self, count: int, at_ms: int, *, subscribed: bool = True) -> range:
        """Add people, who follow since now or do not yet; return their numbers."""
        first = len(self._flags)
        self._flags.extend(bytes([_SUBSCRIBED if subscribed else 0]) * count)
        self._since.extend(array("I", [at_ms // 1000]) * count)
        self._this_month.extend(bytes(count))
        self._mass.extend(array("I", [0]) * count)
        self.subscribed += count if subscribed else 0
        return range(first, first + count)

    def openid(self, number: int) -> str:
        """Return the OpenID of the follower with this number."""
        scrambled = (number * _ODD & _MOST_128) ^ self._mask
        return self._prefix + base64.urlsafe_b64encode(scrambled.to_bytes(16)).decode()[:22]

    def find(self, openid: object) -> int:
        """Return the number of the follower with this OpenID. Raises `Nobody`."""
        if not isinstance(openid, str) or len(openid) != 28 or not openid.isascii():
            raise Nobody
        scrambled = int.from_bytes(base64.urlsafe_b64decode(openid[6:] + "=="))
        number = ((scrambled ^ self._mask) * _UNDO) & _MOST_128
        if number >= len(self._flags) or self.openid(number) != openid:
            raise Nobody
        return number

    def follows(self, number: int) -> bool:
        """Say whether this person follows the account now."""
        return bool(self._flags[number] & _SUBSCRIBED)

    def followed_at(self, number: int) -> int:
        """Return since when, in seconds since 1970."""
        return self._since[number]

    def follow(self, number: int, at_ms: int, scene: str = "") -> None:
        """Let a person follow, by a QR code with `scene` or by search."""
        if not self.follows(number):
            self._flags[number] |= _SUBSCRIBED
            self.subscribed += 1
        self._since[number] = at_ms // 1000
        self._origins[number] = ("ADD_SCENE_QR_CODE", scene) if scene else ("ADD_SCENE_SEARCH", "")

    def unfollow(self, number: int) -> None:
        """Let a person go."""
        if self.follows(number):
            self._flags[number] &= ~_SUBSCRIBED
            self.subscribed -= 1

    def origin(self, number: int) -> tuple[str, str]:
        """Return how the person came: the `subscribe_scene`, and the scene of the QR code."""
        return self._origins.get(number, ("ADD_SCENE_SEARCH", ""))

    def set_states(self, number: int, wanted: Mapping[str, bool]) -> None:
        """Set or clear states by name; `STATES` lists the names."""
        for name, holds in wanted.items():
            bit = _BIT[name]
            self._flags[number] = self._flags[number] | bit if holds else self._flags[number] & ~bit

    def states(self, number: int) -> list[str]:
        """Return the names of the states a person is in."""
        return [name for name in STATES if self._flags[number] & _BIT[name]]

    def page(self, first: int, size: int) -> list[int]:
        """Return the numbers of up to `size` present followers from this number on."""
        found: list[int] = []
        for number in range(first, len(self._flags)):
            if self._flags[number] & _SUBSCRIBED:
                found.append(number)
                if len(found) == size:
                    break
        return found

    def present(self) -> Iterable[int]:
        """Return the numbers of all who follow now."""
        flags = self._flags
        return (number for number in range(len(flags)) if flags[number] & _SUBSCRIBED)

    def remaining(self, numbers: Iterable[int], month: int, most: int) -> list[int]:
        """Return those a mass message reaches: who follow, refuse nothing, and got fewer than `most` this month."""
        self._turn(month)
        flags, received = self._flags, self._this_month
        wanted = _SUBSCRIBED | _FILTER_MASK
        return [number for number in numbers if flags[number] & wanted == _SUBSCRIBED and received[number] < most]

    def charge(self, numbers: Iterable[int], month: int) -> None:
        """Count one mass message for each of these in this month."""
        self._turn(month)
        received, mass = self._this_month, self._mass
        for number in numbers:
            if received[number] < 255:
                received[number] += 1
            mass[number] += 1

    def received_in(self, number: int, month: int) -> int:
        """Return how many mass messages a person got this month."""
        self._turn(month)
        return self._this_month[number]

    def set_received(self, number: int, times: int, month: int) -> None:
        """Put the month's count where a test wants it."""
        self._turn(month)
        self._this_month[number] = times

    def most_mass(self) -> int:
        """Return the largest number of mass messages that reached one phone since the start."""
        return max(self._mass, default=0)

    def mass_received(self, number: int) -> int:
        """Return how many mass messages reached this phone since the start."""
        return self._mass[number]

    def _turn(self, month: int) -> None:
        if month != self._month:
            self._month = month
            self._this_month = bytearray(len(self._flags))

    def info(self, number: int, tags: list[int]) -> dict[str, Any]:
        """Return what `user/info` tells. Names, faces and languages are no longer given by the platform."""
        if not self.follows(number):
            return {"subscribe": 0, "openid": self.openid(number)}
        scene, code = self.origin(number)
        return {
            "subscribe": 1,
            "openid": self.openid(number),
            "subscribe_time": self._since[number],
            "remark": self.remarks.get(number, ""),
            "groupid": tags[0] if tags else 0,
            "tagid_list": tags,
            "subscribe_scene": scene,
            "qr_scene": int(code) if code.isdecimal() else 0,
            "qr_scene_str": "" if code.isdecimal() else code,
        }
