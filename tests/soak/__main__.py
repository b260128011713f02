"""Rounds of broadcasts under random, seeded trouble, and a table of what came of each.

    python -m tests.soak --rounds 20 --seed 1 --database sqlite

Exit status 0 only when the promise was kept in every round: nobody twice, nobody lost, sums that balance, an end in
bounded time.
"""

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from tests.soak.rounds import HEADINGS, installation, play
from tests.support.postgres import postgres_url


def say(line: str) -> None:
    """Print one line at once: a soak may be ended at any moment."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Play and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--first", type=int, default=1, help="number of the first round, to repeat one of a seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nothing we started outlives us
    broken = 0
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        urls = postgres_url(base / "postgres") if options.database == "postgres" else iter(["sqlite:///clarion.db"])
        for url in urls:
            (base / "installation").mkdir()
            with installation(base / "installation", url, options.people) as sender:
                say(HEADINGS)
                for number in range(options.first, options.first + options.rounds):
                    result = play(sender, number, options.seed)
                    say("\n      ".join([str(result), *result.breaches[:5]]))
                    broken += bool(result.breaches)
                mistakes = {name: sender.stack.log(name).count("Traceback") for name in ("worker1", "worker2", "web")}
                say(f"{options.rounds} rounds, {broken} broken; tracebacks in the logs: {mistakes}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
