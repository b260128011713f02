"""Puts people on the simulated platforms and into the product, and makes one of each an admin, by the front door."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import exchange
from bot.playground.accounts import Account
from bot.playground.installation import Installation
from bot.playground.people import Kind, Person
from storage import admins

_COLUMNS = (
    "platform_user_id", "first_name", "last_name", "language", "locale", "timezone", "city", "country",
    "first_seen_at", "last_seen_at", "window_expires_at", "var.plan",
)  # fmt: skip

_ANNA = Person("Anna", "Berg", "en_GB", "Europe/Berlin", 1, "Bremen", "Germany", "team", Kind.OPEN, 24)
_MEI = Person("Mei", "Lin", "en_GB", "Asia/Shanghai", 8, "Shanghai", "China", "team", Kind.OPEN, 24)
_ADMINS: Mapping[str, Person] = {"messenger": _ANNA, "wechat": _MEI}


@dataclass(frozen=True, slots=True)
class Seeded:
    """Who came to one channel; the admin is the first of them."""

    people: Mapping[str, Person]

    @property
    def admin(self) -> str:
        """The admin's platform user id."""
        return next(iter(self.people))


def bring_in(installation: Installation, account: Account, people: Sequence[Person]) -> Seeded:
    """Let people and an admin come to an account, and import what an owner would know of them."""
    everybody = [_ADMINS[account.platform], *people]
    account.furnish()
    seeded = Seeded(dict(zip(account.arrive(everybody), everybody, strict=True)))
    file = installation.processes.folder / f"{account.channel}.csv"
    _write(file, seeded.people, account.window, datetime.now(UTC))
    exchange.import_subscribers(_channel_id(installation, account), file, datetime.now(UTC))
    return seeded


def speak(installation: Installation, account: Account, seeded: Seeded) -> None:
    """Let the admin claim an invitation in the chat, and those who want nothing more say so. Needs the web process."""
    code = admins.invite(_channel_id(installation, account), "owner", datetime.now(UTC))
    account.say(seeded.admin, {"text": f"/admin claim {code}"})
    for identity, person in seeded.people.items():
        if person.kind is Kind.STOPPED:
            account.say(identity, {"text": "STOP"})


def _channel_id(installation: Installation, account: Account) -> int:
    return installation.runtime.channels[account.channel].id


def _write(file: Path, people: Mapping[str, Person], window: timedelta, now: datetime) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(_COLUMNS)
        for number, (identity, person) in enumerate(people.items()):
            writer.writerow(_row(identity, person, number, window, now))


def _row(identity: str, person: Person, number: int, window: timedelta, now: datetime) -> tuple[str, ...]:
    """Return one line; who follows without having written has no window."""
    closes = now + timedelta(hours=person.hours)
    wrote = closes - window if window else now
    came = wrote - timedelta(days=3 + number % 90)
    moments = (_utc(came), _utc(wrote), _utc(closes)) if window else (_utc(came), "", "")
    return (
        identity, person.first_name, person.last_name, person.locale.partition("_")[0], person.locale, person.zone,
        person.city, person.country, *moments, person.plan,
    )  # fmt: skip


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
