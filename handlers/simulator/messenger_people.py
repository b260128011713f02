"""The people of one simulated Page, a million of them in a few megabytes."""

import zlib
from array import array
from collections.abc import Mapping
from typing import Any

from handlers.simulator.messenger_errors import GraphError

DAY_MS = 24 * 60 * 60 * 1000

# What a person's state makes the Send API answer; the first that holds is given.
# Error codes: Messenger Platform, error codes (Jun 25, 2026).
STATES: Mapping[str, str] = {
    "deleted": "no_user",
    "blocked": "blocked",
    "unavailable": "unavailable",
    "cannot_receive": "cannot_receive",
    "opted_out": "opted_out",
    "other_owner": "other_owner",
}

_BIT = {name: 1 << position for position, name in enumerate(STATES)}

# Profiles are made up from the person's number, so that a million of them need no room.
_PROFILES = (
    ("Ada", "Okafor", "en_GB", 0, "female"),
    ("Bruno", "Keller", "de_DE", 1, "male"),
    ("Chen", "Wei", "zh_CN", 8, "male"),
    ("Dina", "Haddad", "fr_FR", 1, "female"),
    ("Elif", "Yilmaz", "tr_TR", 3, "female"),
    ("Farid", "Rahimi", "en_US", -5, "male"),
    ("Gloria", "Santos", "pt_BR", -3, "female"),
)

PROFILE_FIELDS = ("first_name", "last_name", "locale", "timezone", "gender", "name", "profile_pic")


class People:
    """Everybody who has a page-scoped id (PSID) with this Page.

    PSIDs are 16-digit strings in a range that depends on the Page, so that one Page's ids mean nobody
    on another. A window of 0 means that the person has never written.
    """

    def __init__(self, page_id: str) -> None:
        self._base = (1000 + zlib.crc32(page_id.encode()) % 9000) * 10**12
        self._windows = array("q")
        self._states = bytearray()
        self._received = array("L")
        self._profiles: dict[int, Mapping[str, Any]] = {}

    def __len__(self) -> int:
        return len(self._windows)

    def add(self, count: int, window_expires_ms: int) -> range:
        """Add people whose window closes at that time (0: they never wrote); return their numbers."""
        first = len(self._windows)
        self._windows.extend(array("q", [window_expires_ms]) * count)
        self._states.extend(bytes(count))
        self._received.extend(array("L", [0]) * count)
        return range(first, first + count)

    def psid(self, number: int) -> str:
        """Return the page-scoped id of the person with this number."""
        return str(self._base + number)

    def find(self, psid: str) -> int:
        """Return the number of the person with this id. Raises `GraphError` 100/2018001 for nobody."""
        if psid.isdecimal() and len(psid) == 16:
            number = int(psid) - self._base
            if 0 <= number < len(self._windows):
                return number
        raise GraphError("no_user")

    def refuse(self, number: int) -> None:
        """Raise the `GraphError` of the person's state, if they cannot be written to."""
        if held := self._states[number]:
            raise GraphError(next(error for name, error in STATES.items() if held & _BIT[name]))

    def window_open(self, number: int, now_ms: int) -> bool:
        """Say whether the standard messaging window is open."""
        return now_ms < self._windows[number]

    def has_written(self, number: int) -> bool:
        """Say whether there is a thread: the person has written, tapped or been given a window."""
        return self._windows[number] > 0

    def open_window(self, number: int, now_ms: int, days: int = 1) -> None:
        """Open the window from now: 24 h after most actions, 7 days after a click on an ad."""
        self._windows[number] = max(self._windows[number], now_ms + days * DAY_MS)

    def set_window(self, number: int, expires_ms: int) -> None:
        """Put the end of the window where a test wants it."""
        self._windows[number] = expires_ms

    def has_state(self, number: int, name: str) -> bool:
        """Say whether a person is in a state of `STATES`."""
        return bool(self._states[number] & _BIT[name])

    def set_states(self, number: int, wanted: Mapping[str, bool]) -> None:
        """Set or clear states by name; `STATES` lists the names."""
        for name, holds in wanted.items():
            bit = _BIT[name]
            self._states[number] = self._states[number] | bit if holds else self._states[number] & ~bit

    def count_received(self, number: int) -> None:
        """Count one message that reached this person's phone."""
        self._received[number] += 1

    def most_received(self) -> int:
        """Return the largest number of messages that reached one phone."""
        return max(self._received, default=0)

    def set_profile(self, number: int, profile: Mapping[str, Any]) -> None:
        """Give a person a profile of their own in place of the made-up one."""
        self._profiles[number] = dict(profile)

    def profile(self, number: int) -> dict[str, Any]:
        """Return all profile fields of a person."""
        first, last, locale, timezone, gender = _PROFILES[number % len(_PROFILES)]
        made_up = {
            "first_name": first,
            "last_name": last,
            "locale": locale,
            "timezone": timezone,
            "gender": gender,
            "profile_pic": f"https://platform-lookaside.example/{self.psid(number)}.jpg",
        }
        own = {**made_up, **self._profiles.get(number, {})}
        return {"name": f"{own['first_name']} {own['last_name']}".strip(), **own}

    def as_json(self, number: int) -> dict[str, Any]:
        """Return what the control API tells about a person."""
        return {
            "psid": self.psid(number),
            "window_expires_ms": self._windows[number],
            "states": [name for name in STATES if self.has_state(number, name)],
            "received": self._received[number],
            "profile": self.profile(number),
        }
