"""What the page shows and drives: the installation, its people, and the product's own numbers."""

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import peewee as pw

from bot import exchange
from bot.playground.accounts import Account
from bot.playground.clock import STEPS, Clock
from bot.playground.installation import Installation
from bot.playground.simulator import Refused
from bot.playground.trouble import TROUBLES, standing
from bot.playground.words import TYPED_PATH
from bot.texts import texts
from broadcast import because
from storage import broadcasts, channels, entries, mass_jobs, statistics, subscribers
from storage.lifecycle import BroadcastStatus, MassJobState

Json = dict[str, Any]

_LANGUAGE = "en"  # the page's
_GREETERS = 4  # people who write at the same moment


@dataclass(frozen=True, slots=True)
class Stage:
    """A running installation with its people; `admins` has each channel's admin, by platform user id."""

    installation: Installation
    accounts: Mapping[str, Account]
    admins: Mapping[str, str]
    clock: Clock

    def scene(self) -> Json:
        """Return what does not change while the page is open, and everybody as they are now."""
        return {
            "channels": [
                {
                    "name": name,
                    "platform": account.platform,
                    "admin": self.admins[name],
                    "hints": list(TYPED_PATH[account.platform]),
                    "media": f"{account.url}/_sim/media/",
                }
                for name, account in self.accounts.items()
            ],
            "people": self.people(),
            "troubles": [trouble.as_json() for trouble in TROUBLES],
            "steps": [{"name": name, "title": step.title} for name, step in STEPS.items()],
        }

    def people(self) -> list[Json]:
        """Return everybody on every channel."""
        found = [person for account in self.accounts.values() for person in account.people()]
        with self._database.connection_context():
            return [self._known(person) for person in found]

    def subscribers(self, channel: str) -> list[str]:
        """Return the platform user ids of everybody on a channel but the admin."""
        return [person["id"] for person in self.accounts[channel].people() if person["id"] != self.admins[channel]]

    def person(self, channel: str, identity: str) -> Json:
        """Return one person: what the platform knows, and what the product does."""
        found = self.accounts[channel].person(identity)
        with self._database.connection_context():
            return self._known(found)

    def numbers(self) -> Json:
        """Return what changes by itself: every broadcast's numbers, copies on phones, the trouble, the worker."""
        with self._database.connection_context():
            rows = exchange.status(self._names)
            held = self._held()
            for row in rows:
                sending = row["status"] == BroadcastStatus.SENDING
                row["why"] = held.get(row["channel"], "") if sending else _stands_still(row["id"])
                row["platform"] = self.accounts[row["channel"]].platform
                row["jobs"] = _told(row["id"])
                row["reasons"] = _reasons(row["id"])
        rules = {account.platform: account.simulator().get("faults")["rules"] for account in self.accounts.values()}
        return {
            "broadcasts": rows,
            "copies": {account.platform: account.most_copies() for account in self.accounts.values()},
            "paused": list(held),
            "troubles": standing(rules),
            "worker": self.installation.processes.alive("worker"),
            "ahead": self.clock.ahead_seconds,
        }

    def move_clock(self, step: str) -> None:
        """Move the clock, at most to the next scheduled broadcast. Raises `Refused` while one is being sent."""
        with self._database.connection_context():
            if broadcasts.with_status(None, BroadcastStatus.SENDING):
                raise Refused("A broadcast is being sent. Wait until it has ended, or pause it.")
            stop_at = broadcasts.next_due()
        self.clock.move(STEPS[step], stop_at)

    def greet(self) -> None:
        """Let everybody who takes messages write a word, which opens their windows again."""
        greeting = [
            (self.accounts[person["channel"]], person["id"])
            for person in self.people()
            if person["standing"] in {"open", "closed"} and person["id"] not in self.admins.values()
        ]
        with ThreadPoolExecutor(_GREETERS) as pool:
            list(pool.map(lambda each: each[0].say(each[1], {"text": "hi"}), greeting))

    @property
    def _database(self) -> pw.Database:
        return self.installation.runtime.database

    @property
    def _names(self) -> dict[int, str]:
        return {channel.id: name for name, channel in self.installation.runtime.channels.items()}

    def _held(self) -> dict[str, str]:
        """Return why each channel that waits does, and until when where that ends by itself."""
        found, now = {}, self.clock.now()
        for number in [number for number, _, value in statistics.paused(now) if value]:
            reason, until = channels.paused(number, now)
            next_try = f"Next try: {until:%H:%M:%S} UTC." if until else ""
            found[self._names[number]] = f"{because.say(reason, texts(_LANGUAGE))} {next_try}".strip()
        return found

    def _known(self, person: Json) -> Json:
        """Add what the product knows."""
        channel_id = self.installation.runtime.channels[person["channel"]].id
        known = subscribers.find(channel_id, person["id"])
        made = {
            **person,
            "stopped": known is not None and known.consent == "opted_out",
            "city": known.city if known else "",
            "variables": known.variables if known else {},
        }
        if known:
            made["name"] = person["name"] or f"{known.first_name} {known.last_name}".strip()
            made["locale"] = person["locale"] or known.locale
        return {**made, "standing": self._standing(made)}

    def _standing(self, person: Json) -> str:
        """Return how a person stands towards their channel, the strongest reason first."""
        if person["blocked"]:
            return "blocked"
        if person["stopped"]:
            return "stopped"
        if self.accounts[person["channel"]].by_window:
            now_ms = self.clock.now().timestamp() * 1000
            return "open" if person["windowExpires"] > now_ms else "closed"
        return "closed" if person["spent"] else "open"


def _stands_still(broadcast_id: int) -> str:
    """Return why a broadcast is paused; '' where it is not, or somebody paused it."""
    row = broadcasts.get(broadcast_id)
    return because.say(row.pause_reason, texts(_LANGUAGE)) if row and row.status == BroadcastStatus.PAUSED else ""


def _reasons(broadcast_id: int) -> list[Json]:
    """Return how many did not get it for which reason, whatever the platform's code for it was; most first."""
    counts: Counter[tuple[str, str]] = Counter()
    for state, reason, _code, number in entries.reasons(broadcast_id):
        counts[state, reason] += number
    return [{"state": state, "reason": reason, "count": number} for (state, reason), number in counts.most_common()]


def _told(broadcast_id: int) -> Json | None:
    """Return what the platform told of a broadcast's mass messages in all, or if they are over; None without any."""
    jobs = mass_jobs.of(broadcast_id)
    told = [job for job in jobs if job.total is not None]
    if not told:
        return {"over": all(job.state == MassJobState.FINISHED for job in jobs)} if jobs else None
    return {"total": sum(job.total for job in told), "sent": sum(job.sent or 0 for job in told)}
