"""How long an admin waits for an answer: with nothing else going on, and while a broadcast runs at the full rate.

    python -m benchmarks.replies [--rate 300] [--asks 60]

From the moment the person's message is posted to the webhook until the answer is on their phone, through the real
web process and worker. The peer is the same installation at rest, in the same run; the target is a 95th percentile of
at most 1.5 times that.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.scale import databases
from tests.support.stack import Stack, until


def answers(stack: Stack, person: str, number: int) -> list[float]:
    """Ask so many times; return how long each answer took, in milliseconds."""
    waits = []
    for _ in range(number):
        before = len(stack.heard(person))
        started = time.monotonic()
        stack.sim("say", {"psid": person, "text": "/help"})
        until(lambda: len(stack.heard(person)) > before, 30, 0.002)  # noqa: B023
        waits.append((time.monotonic() - started) * 1000)
        time.sleep(0.05)
    return waits


def measure(folder: Path, url: str, rate: int, asks: int) -> tuple[list[float], list[float]]:
    """Return the waits at rest and those during a broadcast."""
    stack = Stack(folder, url)
    stack.rate = rate
    try:
        stack.start_simulator("--latency-ms", "50")
        stack.run("migrate")
        stack.start_web()
        people = stack.people(rate * 90)
        stack.import_people(people)
        stack.start_worker()
        boss = stack.people(1)[0]
        stack.become_admin(boss)
        answers(stack, boss, 5)
        idle = answers(stack, boss, asks)
        for line in ("/broadcast new Busy", "now", "everyone", "Hello there!", "done", "send"):
            answer = stack.ask(boss, line)
        if "type" in answer.lower():
            stack.ask(boss, str(len(people) + 1))
        said = stack.sends()
        until(lambda: stack.sends() > said + rate, 60)
        busy = answers(stack, boss, asks)
        assert stack.query("SELECT status FROM broadcasts")[0][0] == "sending"
        return idle, busy
    finally:
        stack.stop()


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=300)
    parser.add_argument("--asks", type=int, default=60)
    options = parser.parse_args()
    print(f"{'database':<11} {'idle p50':>9} {'p95':>6} {'busy p50':>9} {'p95':>6} {'p95 ratio':>10}   (ms)")
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, url) in enumerate(databases(Path(folder))):
            base = Path(folder) / str(number)
            base.mkdir()
            idle, busy = (statistics.quantiles(waits, n=20) for waits in measure(base, url, options.rate, options.asks))
            print(
                f"{name:<11} {idle[9]:>9.0f} {idle[18]:>6.0f} {busy[9]:>9.0f} {busy[18]:>6.0f}"
                f" {busy[18] / idle[18]:>10.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
