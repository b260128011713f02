"""One, two and four workers on one PostgreSQL, unlimited: how fast, what fills the cores, and if anybody got it twice.

    python -m benchmarks.workers [--people 20000] [--workers 1 2 4] [--latency 150 600]

No rate limit. More workers can only be faster while there are idle cores: the simulator and the database need some
too. With a slow platform a worker is held up by the calls it may have in flight (600), not by its core, and so two
cores can show more workers. The peer, in the same run, is one worker.
"""

import argparse
import os
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.scale import seed
from benchmarks.send import cpu_of
from tests.support.postgres import postgres_url
from tests.support.stack import Stack, until


def measure(stack: Stack, people: int, workers: int, latency: int) -> tuple[float, float, float, int]:
    """Send to everybody; return what the table shows but for the last column.

    These are messages a second, the cores that the workers and that the simulator kept busy meanwhile (the database
    has the rest), and how many people got it twice.
    """
    stack.rate = 1_000_000
    stack.start_simulator(
        "--latency-ms", str(latency), "--rates", "off", "--no-echoes", "--no-deliveries", "--no-reads"
    )
    stack.run("migrate")
    stack.start_web()
    names = [f"worker{number}" for number in range(workers)]
    for name in names:
        stack.start_worker(name)
    boss = stack.people(1)[0]
    stack.become_admin(boss)
    seed(stack, people)
    for line in ("/broadcast new Workers", "now", "everyone", "Hello there!", "done", "send"):
        answer = stack.ask(boss, line)
    if "type" in answer.lower():
        stack.ask(boss, str(people + 1))
    said = stack.sends()
    started = until(lambda: stack.sends() > said and time.monotonic(), 60, 0.005)
    before, theirs = sum(cpu_of(stack.pid(name)) for name in names), cpu_of(stack.pid("simulator"))
    until(lambda: stack.sends() >= said + people, 600, 0.02)
    seconds = time.monotonic() - started
    busy = (sum(cpu_of(stack.pid(name)) for name in names) - before) / seconds
    simulator = (cpu_of(stack.pid("simulator")) - theirs) / seconds
    until(lambda: stack.status()[0]["status"] == "sent", 60)
    row = stack.status()[0]
    assert row["sent"] == row["audience"] == people + 1, row
    got = Counter(one["psid"] for one in stack.sim("sends")["sends"] if one["metadata"].startswith("b:"))
    return people / seconds, busy, simulator, sum(times > 1 for times in got.values())


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--latency", type=int, nargs="+", default=[150, 600], help="of the platform, in ms")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores")
    print(
        f"{'latency':>8} {'workers':>8} {'msg/s':>8} {'cores of workers':>17} {'of simulator':>13} {'twice':>6}"
        f" {'of one':>8}"
    )
    for latency in options.latency:
        alone = 0.0
        for workers in options.workers:
            rate, busy, simulator, twice = run(options.people, workers, latency)
            alone = alone or rate
            print(
                f"{latency:>6}ms {workers:>8} {rate:>8,.0f} {busy:>17.2f} {simulator:>13.2f} {twice:>6}"
                f" {rate / alone:>7.2f}x",
                flush=True,
            )


def run(people: int, workers: int, latency: int) -> tuple[float, float, float, int]:
    """Measure one case on a fresh PostgreSQL; see `measure`."""
    with tempfile.TemporaryDirectory() as folder:
        for url in postgres_url(Path(folder) / "postgres"):
            stack = Stack(Path(folder), url)
            try:
                found = measure(stack, people, workers, latency)
            finally:
                stack.stop()
    return found


if __name__ == "__main__":
    main()
