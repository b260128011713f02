"""One round after the other: a broadcast, some troubles while it is under way, and the account of what came of it."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.soak.troubles import FAULTS, TROUBLES, WORKERS
from tests.support.promise import Sender
from tests.support.stack import running

RATE = 150.0
LATENCY_MS = "50-150"
ENDS_WITHIN = 90.0
"""Seconds: an audience takes some seconds, a silent worker ten, each retry at most about ten."""

IN_FLIGHT = int(RATE * 0.15 + RATE * 0.05)
"""Calls cut off before the platform heard them can never be proven either way: so many at each kill of a worker."""


LOST_ANSWERS = {name for name in FAULTS if name.startswith(("connection", "html", "timeout", "invalid"))}


@dataclass(frozen=True)
class Round:
    """What happened in one round and what came of it."""

    number: int
    troubles: tuple[str, ...]
    messages: int
    seconds: float
    states: Counter[str]
    breaches: tuple[str, ...]

    def __str__(self) -> str:
        states = self.states
        reached = states["sent"] + states["delivered"] + states["read"]
        kept = "kept" if not self.breaches else "BROKEN"
        return (
            f"{self.number:>5} {self.messages:>4} {reached:>6} {states['unknown']:>8} {states['failed']:>7}"
            f" {states['skipped']:>8} {self.seconds:>8.1f}  {kept:<7} {', '.join(self.troubles)}"
        )


HEADINGS = "round  msgs   sent  unknown  failed  skipped  seconds  promise  troubles"


@contextmanager
def installation(folder: Path, database_url: str, people: int) -> Iterator[Sender]:
    """Run everything, with two workers, for some rounds."""
    with running(folder, database_url=database_url, undo_seconds=0.2) as stack:
        stack.rate = RATE
        # Without its rates: after some ninety rounds a Page's calls of the day are spent, and everybody slows down.
        stack.start_simulator("--latency-ms", LATENCY_MS, "--rates", "off")
        stack.run("migrate")
        stack.start_web()
        for name in WORKERS:
            stack.start_worker(name)
        yield Sender(stack, people)


def play(sender: Sender, number: int, seed: int, most_troubles: int = 4) -> Round:
    """Play one round. What happens depends on the seed and the number alone; when, on this machine's speed too."""
    dice = random.Random(f"{seed}/{number}")
    troubles = dice.sample(sorted(TROUBLES), dice.randint(1, most_troubles))
    troubles.sort(key=lambda name: name.replace(" ", "_") not in FAULTS)  # the platform's trouble is there first
    messages = dice.randint(1, 3)
    started = time.monotonic()
    broadcast = sender.launch(*[f"Message {one}" for one in range(1, messages + 1)])
    for name in troubles:
        if name.replace(" ", "_") not in FAULTS:
            time.sleep(dice.uniform(0, 2))
        TROUBLES[name](sender, broadcast, dice)
    breaches: list[str] = []
    try:
        sender.ends(broadcast, ENDS_WITHIN)
    except AssertionError:
        breaches.append(f"it stands as {sender.status(broadcast)} after {ENDS_WITHIN} s: {sender.states(broadcast)}")
    seconds = time.monotonic() - started
    rules = sender.stack.sim("faults")["rules"]
    # Where nothing was sent no evidence can come; where nobody could take its echoes the platform gave them up.
    deaf = "kill web" in troubles or (sender.stack.postgres and "fill disk" in troubles)
    unproven = LOST_ANSWERS if deaf else {"connection_reset"}
    unheard = sum(rule["struck"] for rule in rules if rule["name"] in unproven)
    sender.stack.clear_faults()
    sender.stack.sim("settle", {"seconds": 20})
    account = sender.account(broadcast, steps=messages, echoes=not deaf)
    breaches += account.breaches
    doubts = unheard + IN_FLIGHT * len(WORKERS) * sum("worker" in name for name in troubles)
    if account.unknown > doubts:
        breaches.append(f"{account.unknown} are in doubt, where {doubts} calls may have been cut off")
    return Round(number, tuple(troubles), messages, seconds, account.states, tuple(breaches))
