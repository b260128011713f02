"""Rehearsed trouble: what can be made to go wrong on a simulated platform, and for which calls."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Scope = Literal["call", "token", "authorised", "send", "webhook", "job", "tagging"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of trouble.

    `scope` says what it is drawn for: any call to the platform, one that asks for a token, one that shows a
    token, the sending of one message, one webhook notification, one mass job, or one call that tags people.
    `options` are its own settings with their defaults.
    """

    name: str
    scope: Scope
    sentence: str
    options: Mapping[str, float] = field(default_factory=dict)


FAULTS: tuple[Fault, ...] = (
    Fault("latency", "send", "The answer comes this many milliseconds later.", {"ms": 1000}),
    Fault(
        "timeout_after_accepting",
        "send",
        "The message is sent, the answer never comes; the line closes after this many seconds.",
        {"seconds": 30},
    ),
    Fault("connection_reset", "send", "The connection is reset and nothing was sent."),
    Fault("connection_reset_after_accepting", "send", "The message is sent, then the connection is reset."),
    Fault("html_502", "send", "A gateway answers 502 with a page of HTML; nothing was sent."),
    Fault("html_502_after_accepting", "send", "The message is sent, and a gateway answers 502 with HTML."),
    Fault("transient", "send", "Code 2, temporary; nothing was sent."),
    Fault("invalid_json_reply", "send", "Code 1, subcode 1357046, although the message was sent."),
    Fault(
        "throttled",
        "send",
        "Code 80006 with the minutes until access is regained in the usage header.",
        {"minutes": 19},
    ),
    Fault("token_expired", "call", "Code 190, subcode 463: the access token has expired."),
    Fault("page_restricted", "send", "Code 10, subcode 1893063: the Page may not send for now."),
    Fault("not_live", "send", "Code 200, subcode 2018028: only people with a role on the app are reachable."),
    Fault("person_blocked", "send", "Code 551, subcode 1545041: this person is not available."),
    Fault("lost_echo", "send", "The message is sent, its echo never comes; receipts do."),
    Fault("duplicate_echo", "send", "The message is sent once and its echo comes twice."),
    Fault("echo_before_answer", "send", "The echo and the receipts come before the call is answered."),
    Fault("doubled_webhook", "webhook", "The same notification is posted twice."),
    Fault("reordered_webhooks", "webhook", "The events of one notification come in reverse order."),
)

Drawn = Mapping[str, Mapping[str, float]]
"""The faults that strike one call: name → its options."""

_NONE: Drawn = {}


class UnknownFault(ValueError):
    """A fault was asked for that does not exist or cannot be set that way; the sentence says which."""


@dataclass(slots=True)
class FaultRule:
    """One fault and the calls it strikes; conditions that are given all have to hold.

    `next_calls`: the next so many calls that the other conditions let through. `every`: each k-th
    call. `fraction`: this share of calls, drawn from `seed`. `people`: calls for these people only.
    `calls`: these calls of the platform only, by name. With none of them every call is struck until the
    rule is taken away.
    """

    fault: Fault
    next_calls: int | None = None
    every: int | None = None
    fraction: float | None = None
    seed: int = 0
    people: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    options: Mapping[str, float] = field(default_factory=dict)
    seen: int = 0
    struck: int = 0
    _dice: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311 - a repeatable rehearsal, not a secret

    @property
    def name(self) -> str:
        """The fault's name."""
        return self.fault.name

    def strikes(self, person: str, call: str = "") -> bool:
        """Count this call and say whether the fault strikes it."""
        if self.calls and call not in self.calls:
            return False
        if self.people and person not in self.people:
            return False
        if self.next_calls is not None and self.struck >= self.next_calls:
            return False
        self.seen += 1
        if self.every is not None and self.seen % self.every:
            return False
        if self.fraction is not None and self._dice.random() >= self.fraction:
            return False
        self.struck += 1
        return True

    def spent(self) -> bool:
        """Say whether the rule has struck as often as it was set for."""
        return self.next_calls is not None and self.struck >= self.next_calls

    def as_json(self) -> dict[str, Any]:
        """Return the rule and its counters for the control API."""
        return {
            "name": self.name,
            "sentence": self.fault.sentence,
            "next_calls": self.next_calls,
            "every": self.every,
            "fraction": self.fraction,
            "seed": self.seed,
            "people": sorted(self.people),
            "calls": sorted(self.calls),
            "options": dict(self.options),
            "seen": self.seen,
            "struck": self.struck,
        }


class FaultBoard:
    """The rules in force on one simulator, which knows these faults."""

    def __init__(self, known: Sequence[Fault] = FAULTS) -> None:
        self.known = {fault.name: fault for fault in known}
        self._rules: dict[Scope, list[FaultRule]] = {scope: [] for scope in get_args(Scope)}

    def add(self, wanted: Mapping[str, Any]) -> FaultRule:
        """Put one fault up, as the control API words it. Raises `UnknownFault` with a sentence."""
        rule = _read(wanted, self.known)
        self._rules[rule.fault.scope].append(rule)
        return rule

    def clear(self, name: str | None = None) -> int:
        """Take down every rule, or those of one fault; return how many there were."""
        removed = 0
        for scope, rules in self._rules.items():
            kept = [rule for rule in rules if name is not None and rule.name != name]
            removed += len(rules) - len(kept)
            self._rules[scope] = kept
        return removed

    def rules(self) -> list[FaultRule]:
        """Return the rules that are up, spent ones included, so that their counters can be read."""
        return [rule for rules in self._rules.values() for rule in rules]

    def draw(self, scope: Scope, person: str = "", call: str = "") -> Drawn:
        """Count one call and return the faults that strike it, with their options."""
        rules = self._rules[scope]
        if not rules:
            return _NONE
        return {rule.name: rule.options for rule in rules if rule.strikes(person, call)}

    def standing(self, name: str) -> bool:
        """Say whether a rule of this name is up and not spent, without counting a call."""
        return any(rule.name == name and not rule.spent() for rule in self.rules())


def _read(wanted: Mapping[str, Any], faults: Mapping[str, Fault]) -> FaultRule:
    name = wanted.get("name")
    fault = faults.get(name) if isinstance(name, str) else None
    if fault is None:
        raise UnknownFault(f"There is no fault named {name!r}; the faults are {', '.join(faults)}.")
    known = {"name", "next_calls", "every", "fraction", "seed", "people", "calls", *fault.options}
    if stray := sorted(set(wanted) - known):
        raise UnknownFault(f"{fault.name} has no setting {stray[0]!r}; it has {', '.join(sorted(known))}.")
    every, fraction, next_calls = wanted.get("every"), wanted.get("fraction"), wanted.get("next_calls")
    if every is not None and every < 1:
        raise UnknownFault(f"'every' is at least 1; {every} was given.")
    if next_calls is not None and next_calls < 1:
        raise UnknownFault(f"'next_calls' is at least 1; {next_calls} was given.")
    if fraction is not None and not 0 <= fraction <= 1:
        raise UnknownFault(f"'fraction' is between 0 and 1; {fraction} was given.")
    if wanted.get("people") and fault.scope != "send":
        raise UnknownFault(f"{fault.name} strikes a whole {fault.scope}; it cannot be set for some people.")
    if wanted.get("calls") and fault.scope not in {"call", "authorised"}:
        raise UnknownFault(f"{fault.name} strikes one {fault.scope}; it cannot be set for some calls.")
    return FaultRule(
        fault=fault,
        next_calls=next_calls,
        every=every,
        fraction=fraction,
        seed=wanted.get("seed", 0),
        people=frozenset(wanted.get("people", ())),
        calls=frozenset(wanted.get("calls", ())),
        options={key: wanted.get(key, default) for key, default in fault.options.items()},
    )
