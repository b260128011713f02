"""What the page shows and drives: the installation, its people, and the product's own numbers."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import peewee as pw

from bot import exchange
from bot.playground.installation import CHANNEL, PLATFORM, Installation
from bot.playground.simulator import Simulator
from bot.playground.trouble import TROUBLES, standing
from bot.playground.words import TYPED_PATH
from storage import channels, ledger, statistics, subscribers
from storage.database import open_database

Json = dict[str, Any]

_PEOPLE_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Stage:
    """A running installation with its people; `admin` is the platform user id of the admin."""

    installation: Installation
    admin: str
    channel_id: int
    database: pw.Database

    @classmethod
    def open(cls, installation: Installation, admin: str) -> "Stage":
        """Look into the installation's own database, which is only read from here on."""
        database = open_database("sqlite:///clarion.db", installation.config.parent)
        return cls(installation, admin, channels.ensure(CHANNEL, PLATFORM), database)

    def scene(self) -> Json:
        """Return what does not change while the page is open, and everybody as they are now."""
        listed = self._listed()
        with self.database.connection_context():
            people = [self._person(person) for person in listed]
        return {
            "channels": [{"name": CHANNEL, "platform": PLATFORM, "admin": self.admin}],
            "people": people,
            "hints": list(TYPED_PATH),
            "troubles": [trouble.as_json() for trouble in TROUBLES],
        }

    def subscribers(self) -> list[str]:
        """Return the platform user ids of everybody but the admin."""
        return [person["psid"] for person in self._listed() if person["psid"] != self.admin]

    def person(self, psid: str) -> Json:
        """Return one person: what the platform knows, and what the product does."""
        found = self._simulator().get(f"people/{psid}")
        with self.database.connection_context():
            return self._person(found)

    def numbers(self) -> Json:
        """Return what changes by itself: every broadcast's numbers, the trouble in force, whether the worker runs."""
        with self.database.connection_context():
            broadcasts = exchange.status({self.channel_id: CHANNEL})
            for row in broadcasts:
                row["reasons"] = [
                    {"state": state, "reason": reason, "count": number}
                    for state, reason, _code, number in ledger.reasons(row["id"])
                ]
            paused = any(value for _, _, value in statistics.paused(datetime.now(UTC)))
        return {
            "broadcasts": broadcasts,
            "paused": paused,
            "troubles": standing(self._simulator().get("faults")["rules"]),
            "worker": self.installation.processes.alive("worker"),
        }

    def _listed(self) -> list[Json]:
        people: list[Json] = self._simulator().get("people", limit=_PEOPLE_MOST)["people"]
        return people

    def _person(self, person: Json) -> Json:
        known = subscribers.find(self.channel_id, person["psid"])
        return {
            "psid": person["psid"],
            "name": person["profile"]["name"],
            "windowExpires": person["window_expires_ms"],
            "blocked": "blocked" in person["states"],
            "stopped": known is not None and known.consent == "opted_out",
            "known": known is not None,
            "city": known.city if known else "",
            "locale": person["profile"]["locale"],
            "variables": known.variables if known else {},
        }

    def _simulator(self) -> Simulator:
        return Simulator(self.installation.simulator_url)
