"""Rehearsed trouble as the page offers it: what is made to go wrong, and what is to be seen then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.simulator.faults import FAULTS
from handlers.simulator.wechat_faults import FAULTS as WECHAT_FAULTS

Json = Mapping[str, Any]

MESSENGER, WECHAT = "messenger", "wechat"

_CAN_BE_AIMED = frozenset(
    (platform, fault.name)
    for platform, faults in ((MESSENGER, FAULTS), (WECHAT, WECHAT_FAULTS))
    for fault in faults
    if fault.scope == "send"
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One trouble of one platform: `rules` are its simulator's faults; no two troubles of a platform share a fault."""

    platform: str
    name: str
    title: str
    sentence: str
    rules: tuple[Json, ...]

    def faults(self, people: Sequence[str]) -> list[dict[str, Any]]:
        """Return the faults to put up. They strike `people` only where that can be: answers to an admin go through."""
        aimed = {"people": list(people)}
        return [{**rule, **(aimed if (self.platform, rule["name"]) in _CAN_BE_AIMED else {})} for rule in self.rules]

    def as_json(self) -> dict[str, str]:
        """Return what the page shows."""
        return {"platform": self.platform, "name": self.name, "title": self.title, "sentence": self.sentence}


_MASS_CALLS = ("message/mass/send", "message/mass/sendall")

TROUBLES: tuple[Trouble, ...] = (
    Trouble(
        MESSENGER,
        "slow",
        "Slow answers",
        "Every answer takes a second and a half; the pace holds, because more calls are in flight.",
        ({"name": "latency", "ms": 1500},),
    ),
    Trouble(
        MESSENGER,
        "throttle",
        "“Slow down”",
        "Facebook refuses one call with a throttle; the Page waits a minute, then goes on by itself, slowly at first.",
        ({"name": "throttled", "next_calls": 1, "minutes": 1},),
    ),
    Trouble(
        MESSENGER,
        "hiccups",
        "Passing errors",
        "One call in five is refused for the moment; each is tried again after a pause, a few times at most.",
        ({"name": "transient", "fraction": 0.2},),
    ),
    Trouble(
        MESSENGER,
        "lost_answers",
        "Lost answers",
        "One message in five arrives but its answer is lost; it is unknown until Facebook's echo proves it was sent.",
        ({"name": "connection_reset_after_accepting", "fraction": 0.2},),
    ),
    Trouble(
        MESSENGER,
        "no_evidence",
        "No evidence",
        "A gateway swallows the next three calls. Nothing proves what became of them: they stay unknown, never resent.",
        ({"name": "html_502", "next_calls": 3},),
    ),
    Trouble(
        MESSENGER,
        "blocked",
        "Ten people left",
        "The next ten people have blocked the Page; they are skipped as unreachable and nobody waits for them.",
        ({"name": "person_blocked", "next_calls": 10},),
    ),
    Trouble(
        MESSENGER,
        "token",
        "Expired token",
        "Facebook refuses the token: sending pauses, answers to Anna wait. Switch it off, then say /broadcast resume.",
        ({"name": "token_expired"},),
    ),
    Trouble(
        MESSENGER,
        "doubled",
        "Doubled webhooks",
        "Every notification is delivered twice, the admin's own words too; nothing happens twice.",
        ({"name": "doubled_webhook"},),
    ),
    Trouble(
        WECHAT,
        "wechat_lost_answer",
        "Lost answer",
        "WeChat takes the message, but says “system error”. Asked again in a minute, with the same id, it sends once.",
        ({"name": "system_error_after_accepting", "next_calls": 1, "calls": _MASS_CALLS},),
    ),
    Trouble(
        WECHAT,
        "wechat_review",
        "Review says no",
        "WeChat's review refuses the next mass message. Nobody gets it, and the report says why.",
        ({"name": "review_failed", "next_calls": 1},),
    ),
    Trouble(
        WECHAT,
        "wechat_quota",
        "Quota spent",
        "WeChat says that none is left, whatever our count says. The broadcast waits; /broadcast resume tries again.",
        ({"name": "refused", "next_calls": 1, "code": 45028, "calls": _MASS_CALLS},),
    ),
    Trouble(
        WECHAT,
        "wechat_token",
        "Expired token",
        "The next call's token is refused. It is renewed once and the call made again; nobody notices.",
        ({"name": "token_expired", "next_calls": 1},),
    ),
    Trouble(
        WECHAT,
        "wechat_lost_event",
        "Lost result",
        "WeChat never tells that the job ended. The worker asks by itself after ten minutes: move the clock.",
        ({"name": "lost_event", "next_calls": 1},),
    ),
)

BY_NAME: Mapping[str, Trouble] = {trouble.name: trouble for trouble in TROUBLES}


def standing(rules: Mapping[str, Sequence[Json]]) -> dict[str, dict[str, Any]]:
    """Return for each trouble whether it is in force and how often it struck, from the fault rules by platform."""
    found: dict[str, dict[str, Any]] = {}
    for trouble in TROUBLES:
        names = {rule["name"] for rule in trouble.rules}
        ours = [rule for rule in rules[trouble.platform] if rule["name"] in names]
        found[trouble.name] = {
            "on": any(rule["next_calls"] is None or rule["struck"] < rule["next_calls"] for rule in ours),
            "struck": sum(rule["struck"] for rule in ours),
        }
    return found
