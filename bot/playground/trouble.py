"""Rehearsed trouble as the page offers it: what is made to go wrong, and what is to be seen then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.simulator.faults import FAULTS

Json = Mapping[str, Any]

_OF_A_SEND = frozenset(fault.name for fault in FAULTS if fault.scope == "send")


@dataclass(frozen=True, slots=True)
class Trouble:
    """One trouble: `rules` are the simulator's faults that make it; no two troubles share a fault."""

    name: str
    title: str
    sentence: str
    rules: tuple[Json, ...]

    def faults(self, people: Sequence[str]) -> list[dict[str, Any]]:
        """Return the faults to put up. They strike `people` only where that can be: answers to an admin go through."""
        return [{**rule, **({"people": list(people)} if rule["name"] in _OF_A_SEND else {})} for rule in self.rules]

    def as_json(self) -> dict[str, str]:
        """Return what the page shows."""
        return {"name": self.name, "title": self.title, "sentence": self.sentence}


TROUBLES: tuple[Trouble, ...] = (
    Trouble(
        "slow",
        "Slow answers",
        "Every answer takes a second and a half; the pace holds, because more calls are in flight.",
        ({"name": "latency", "ms": 1500},),
    ),
    Trouble(
        "throttle",
        "“Slow down”",
        "Facebook refuses one call with a throttle; the Page waits a minute, then goes on by itself, slowly at first.",
        ({"name": "throttled", "next_calls": 1, "minutes": 1},),
    ),
    Trouble(
        "hiccups",
        "Passing errors",
        "One call in five is refused for the moment; each is tried again after a pause, a few times at most.",
        ({"name": "transient", "fraction": 0.2},),
    ),
    Trouble(
        "lost_answers",
        "Lost answers",
        "One message in five arrives but its answer is lost; it is unknown until Facebook's echo proves it was sent.",
        ({"name": "connection_reset_after_accepting", "fraction": 0.2},),
    ),
    Trouble(
        "no_evidence",
        "No evidence",
        "A gateway swallows the next three calls. Nothing proves what became of them: they stay unknown, never resent.",
        ({"name": "html_502", "next_calls": 3},),
    ),
    Trouble(
        "blocked",
        "Ten people left",
        "The next ten people have blocked the Page; they are skipped as unreachable and nobody waits for them.",
        ({"name": "person_blocked", "next_calls": 10},),
    ),
    Trouble(
        "token",
        "Expired token",
        "Facebook refuses the access token; sending pauses. Switch this off, then say /broadcast resume.",
        ({"name": "token_expired"},),
    ),
    Trouble(
        "doubled",
        "Doubled webhooks",
        "Every notification is delivered twice, the admin's own words too; nothing happens twice.",
        ({"name": "doubled_webhook"},),
    ),
)

BY_NAME: Mapping[str, Trouble] = {trouble.name: trouble for trouble in TROUBLES}


def standing(rules: Sequence[Json]) -> dict[str, dict[str, Any]]:
    """Return for each trouble whether it is in force and how often it struck, from the simulator's fault rules."""
    found: dict[str, dict[str, Any]] = {}
    for trouble in TROUBLES:
        names = {rule["name"] for rule in trouble.rules}
        ours = [rule for rule in rules if rule["name"] in names]
        found[trouble.name] = {
            "on": any(rule["next_calls"] is None or rule["struck"] < rule["next_calls"] for rule in ours),
            "struck": sum(rule["struck"] for rule in ours),
        }
    return found
