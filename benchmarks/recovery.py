"""How a broadcast goes on after its worker was killed with -9, at the fastest documented pace of a Page.

    python -m benchmarks.recovery [--rate 300] [--latency 300]

With one worker that is started again at once, and with a second one running, on both databases: how long nothing was
accepted, how long until the dead worker's rows were taken over, how many calls had no outcome in the ledger when it
died, and how many still were in doubt when the echoes had come. The peer of these is how many calls are in flight at
any moment: rate times latency.
"""

import argparse
import itertools
import tempfile
import time
from pathlib import Path

from benchmarks.scale import databases
from tests.support.postgres import fresh_database
from tests.support.promise import Sender
from tests.support.stack import Stack, until

SECONDS_BEFORE = 3.0


def measure(stack: Stack, rate: int, latency: int, workers: int) -> tuple[float, float, int, int, int]:
    """Kill a worker in the middle; return what the table shows."""
    stack.rate = rate
    stack.start_simulator("--latency-ms", str(latency), "--rates", "off")
    stack.run("migrate")
    stack.start_web()
    stack.start_worker("worker")
    sender = Sender(stack, rate * 25)
    if workers > 1:
        stack.start_worker("other")
    first = stack.query("SELECT id FROM workers ORDER BY started_at LIMIT 1")[0][0]
    broadcast = sender.launch()
    until(lambda: sender.gone_out(broadcast) > rate * SECONDS_BEFORE, 60)
    stack.kill("worker")
    killed = time.time()
    held = f"SELECT count(*) FROM recipients WHERE worker = '{first}' AND state "
    open_calls = int(stack.query(f"{held} = 'sending'")[0][0])
    if workers == 1:
        stack.start_worker("worker")
    until(lambda: not stack.query(f"{held} IN ('claimed', 'sending')")[0][0], 60, 0.05)
    taken_over = time.time() - killed
    sender.ends(broadcast, 120)
    sender.settled(broadcast, unknown=rate)
    account = sender.account(broadcast)
    assert not account.breaches, account.breaches
    accepted = sorted(one["at"] / 1000 for one in stack.sim("sends")["sends"] if one["metadata"].startswith("b:"))
    gaps = [(after - before, after) for before, after in itertools.pairwise(accepted) if after > killed]
    return max(gap for gap, _ in gaps), taken_over, rate * latency // 1000, open_calls, account.unknown


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=300)
    parser.add_argument("--latency", type=int, default=300, help="of the platform, in ms")
    options = parser.parse_args()
    print(
        f"{'database':<11} {'then':<22} {'silence':>8} {'taken over after':>17} {'in flight':>10} {'no outcome':>11}"
        f" {'unproven':>9}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, url) in enumerate(databases(Path(folder))):
            for workers, then in ((1, "it is started again"), (2, "another one is running")):
                base = Path(folder) / f"{number}-{workers}"
                base.mkdir()
                address = url if url.startswith("sqlite") else fresh_database(url, f"recovery{workers}")
                stack = Stack(base, address, undo_seconds=0.2)
                try:
                    silence, taken, flight, lost, unproven = measure(stack, options.rate, options.latency, workers)
                finally:
                    stack.stop()
                print(
                    f"{name:<11} {then:<22} {silence:>7.2f}s {taken:>16.1f}s {flight:>10} {lost:>11} {unproven:>9}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
