"""Puts people on the simulated Page and into the product, and makes one of them an admin, all by the front door."""

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.playground.installation import CHANNEL, Installation
from bot.playground.people import Kind, Person
from bot.playground.simulator import Simulator
from bot.playground.stage import Stage

ADMIN = {"first_name": "Anna", "last_name": "Berg", "locale": "en_GB", "timezone": 1}

_WINDOW = timedelta(hours=24)
_COLUMNS = (
    "platform_user_id", "first_name", "last_name", "language", "locale", "timezone", "city", "country",
    "first_seen_at", "last_seen_at", "window_expires_at", "var.plan",
)  # fmt: skip


def seed(installation: Installation, people: Sequence[Person]) -> Stage:
    """Take everybody in and return the stage, ready to be shown."""
    simulator = Simulator(installation.simulator_url)
    by_psid = {_arrive(simulator, person): person for person in people}
    admin = _make_admin(installation, simulator)
    file = installation.processes.folder / "subscribers.csv"
    _write(file, by_psid, datetime.now(UTC))
    installation.bot("import", "--channel", CHANNEL, str(file))
    for psid, person in by_psid.items():
        if person.kind is Kind.STOPPED:
            simulator.post("say", {"psid": psid, "text": "STOP"})
        elif person.kind is Kind.BLOCKED:
            simulator.post(f"people/{psid}", {"blocked": True})
    return Stage.open(installation, admin)


def _make_admin(installation: Installation, simulator: Simulator) -> str:
    """Let somebody claim an invitation in the chat. First of all, so that their name is the first to be read."""
    admin = str(simulator.post("people", {"window_hours": None, "profile": ADMIN})["psids"][0])
    code = installation.bot("invite", "--channel", CHANNEL, "--role", "owner").strip()
    simulator.post("say", {"psid": admin, "text": f"/admin claim {code}"})
    return admin


def _arrive(simulator: Simulator, person: Person) -> str:
    return str(simulator.post("people", {"window_hours": person.hours, "profile": person.profile})["psids"][0])


def _write(file: Path, people: Mapping[str, Person], now: datetime) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(_COLUMNS)
        writer.writerows(_row(psid, person, number, now) for number, (psid, person) in enumerate(people.items()))


def _row(psid: str, person: Person, number: int, now: datetime) -> tuple[str, ...]:
    closes = now + timedelta(hours=person.hours)
    wrote = closes - _WINDOW
    came = wrote - timedelta(days=3 + number % 90)
    return (
        psid, person.first_name, person.last_name, person.locale.partition("_")[0], person.locale, person.zone,
        person.city, person.country, _utc(came), _utc(wrote), _utc(closes), person.plan,
    )  # fmt: skip


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
