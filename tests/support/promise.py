"""Launches broadcasts on a running stack and holds what came of them against the platform's own record.

The simulated platform knows what it accepted, per person and message. The product may believe what it likes: nobody
twice, nobody lost, and sums that balance are decided here.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.stack import Stack, until

ENDED = ("sent", "cancelled", "failed")


@dataclass
class Account:
    """What came of one broadcast: its numbers, and every breach of the promise in a sentence."""

    audience: int
    states: Counter[str]
    breaches: list[str] = field(default_factory=list)

    @property
    def unknown(self) -> int:
        """How many are in doubt."""
        return self.states["unknown"]


class Sender:
    """An admin, and the subscribers of one stack."""

    def __init__(self, stack: Stack, people: int) -> None:
        self.stack = stack
        self.subscribers = stack.people(people)
        stack.import_people(self.subscribers)
        self.boss = stack.people(1)[0]
        stack.become_admin(self.boss)
        self.people = people + 1  # whoever has written to the channel is a subscriber too
        self._launched = 0

    def launch(self, *messages: str, orders: Sequence[str] = ()) -> int:
        """Send a broadcast to everyone by the typed path; return its id when the undo period has begun.

        `orders` are said on the review card.
        """
        self._launched += 1
        said = messages or ("Hello!",)
        for line in (f"/broadcast new Trial {self._launched}", "now", "everyone", *said, "done", *orders, "send"):
            answer = self.stack.ask(self.boss, line)
        if "type" in answer.lower():
            self.stack.ask(self.boss, str(self.people))
        return int(self.stack.query("SELECT max(id) FROM broadcasts")[0][0])

    def status(self, broadcast: int) -> str:
        """Return where a broadcast is in its life."""
        return str(self.stack.query(f"SELECT status FROM broadcasts WHERE id = {broadcast}")[0][0])

    def states(self, broadcast: int) -> Counter[str]:
        """Return a broadcast's rows by state."""
        rows = self.stack.query(
            f"SELECT state, count(*) FROM recipients WHERE broadcast_id = {broadcast} GROUP BY state"
        )
        return Counter(dict(rows))

    def gone_out(self, broadcast: int) -> int:
        """Return how many rows have been spoken for."""
        states = self.states(broadcast)
        return states.total() - states["pending"] - states["claimed"]

    def ends(self, broadcast: int, seconds: float = 60) -> None:
        """Wait until a broadcast has ended by itself."""
        until(lambda: self.status(broadcast) in ENDED, seconds, 0.1)

    def settled(self, broadcast: int, unknown: int = 0, seconds: float = 15) -> None:
        """Wait until the echoes have settled all doubts but so many."""
        self.stack.sim("settle", {"seconds": seconds})
        until(lambda: self.states(broadcast)["unknown"] <= unknown, seconds, 0.1)

    def account(self, broadcast: int, steps: int = 1, echoes: bool = True, seconds: float = 10) -> Account:
        """Compare the ledger with the platform's record. Without `echoes` what was accepted may stay in doubt.

        The two are read one after the other, and a call that a frozen worker had begun may land in between: a
        breach counts if it is still one after `seconds`.
        """
        deadline = time.monotonic() + seconds
        while True:
            account = self._account(broadcast, steps, echoes)
            if not account.breaches or time.monotonic() > deadline:
                return account
            time.sleep(0.5)

    def _account(self, broadcast: int, steps: int, echoes: bool) -> Account:
        heard = self.heard(broadcast)
        rows = self.stack.query(
            "SELECT s.platform_user_id, r.state FROM recipients r JOIN subscribers s ON s.id = r.subscriber_id"
            f" WHERE r.broadcast_id = {broadcast}"
        )
        ledger: dict[str, str] = dict(rows)
        account = Account(len(ledger), Counter(ledger.values()))
        blame = account.breaches.append
        if not len(rows) == len(ledger) == self.people:
            blame(f"of {self.people} people {len(rows)} stand in the ledger")
        for person, got in heard.items():
            if any(times > 1 for times in Counter(got).values()):
                blame(f"{person} got a message twice: {got}, {ledger.get(person)}")
            if got != sorted(got):
                blame(f"{person} got messages out of order: {got}")
            if len(got) == steps and ledger.get(person) not in {"sent", "delivered", "read"}:
                state = ledger.get(person)
                if echoes or state != "unknown":
                    blame(f"{person} got everything and stands as {state}")
        for person, state in ledger.items():
            if state in {"pending", "claimed", "sending"}:
                blame(f"{person} is forgotten as {state}")
            if state in {"sent", "delivered", "read"} and len(heard[person]) < steps:
                blame(f"{person} stands as {state} and got {heard[person]}")
        return account

    def heard(self, broadcast: int) -> dict[str, list[int]]:
        """Return the numbers of the messages each person was sent, in the order the platform accepted them."""
        heard: dict[str, list[int]] = defaultdict(list)
        sends: list[dict[str, Any]] = self.stack.sim("sends")["sends"]
        for sent in sends:
            kind, number, *_, step = f"{sent['metadata']}::".split(":")[:4]
            if kind == "b" and number == str(broadcast):
                heard[sent["psid"]].append(int(step))
        return heard
