"""How exactly the pace is kept: with the real worker and simulator, counted by when the platform accepted each message.

    python -m benchmarks.pace [--rates 30 100 300] [--seconds 10] [--workers 1 4]

The peer, in the same run: a token bucket kept in each worker, refilled every tenth of a second, each worker with its
share of the rate.
"""

import argparse
import bisect
import tempfile
import threading
import time
from pathlib import Path

from tests.support.stack import Stack, until


def paced(rate: int, seconds: float, workers: int) -> list[float]:
    """Send for some seconds; return when the platform accepted each message."""
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        stack.rate = rate
        try:
            stack.start_simulator(
                "--rates", "off", "--no-echoes", "--no-deliveries", "--no-reads", "--latency-ms", "50"
            )
            stack.run("migrate")
            stack.start_web()
            people = stack.people(int(rate * seconds * 1.4))
            stack.import_people(people)
            for number in range(workers):
                stack.start_worker(f"worker{number}")
            boss = stack.people(1)[0]
            stack.become_admin(boss)
            for line in ("/broadcast new Pace", "now", "everyone", "Hello there!", "done", "send"):
                answer = stack.ask(boss, line)
            if "type" in answer.lower():
                stack.ask(boss, str(len(people) + 1))
            until(lambda: stack.sends() > len(people), seconds * 3 + 30)
            sends = [one for one in stack.sim("sends")["sends"] if one["metadata"].startswith("b:")]
            return sorted(one["at"] / 1000 for one in sends)
        finally:
            stack.stop()


def buckets(rate: int, seconds: float, workers: int) -> list[float]:
    """Let each worker take tokens from a bucket of its own; return when each message would have left."""
    times: list[float] = []

    def worker() -> None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            times.extend([time.monotonic()] * round(rate / workers / 10))
            time.sleep(0.1)

    threads = [threading.Thread(target=worker) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(times)


def accuracy(times: list[float], rate: int, seconds: float) -> tuple[float, int]:
    """Return (part of the rate kept over so many seconds, most in any one second), after the first second."""
    inside = [moment for moment in times if times[0] + 1 <= moment < times[0] + 1 + seconds]
    most = max(bisect.bisect_left(times, start + 1) - number for number, start in enumerate(times))
    return len(inside) / (rate * seconds), most


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rates", type=int, nargs="+", default=[30, 100, 300])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 4])
    options = parser.parse_args()
    print(f"{'rate':>5} {'workers':>8} {'kept':>7} {'worst second':>13}   {'buckets kept':>12} {'worst second':>13}")
    for rate in options.rates:
        for workers in options.workers:
            kept, most = accuracy(paced(rate, options.seconds, workers), rate, options.seconds)
            theirs, worst = accuracy(buckets(rate, options.seconds + 2, workers), rate, options.seconds)
            print(f"{rate:>5} {workers:>8} {kept:>6.1%} {most:>13}   {theirs:>11.1%} {worst:>13}", flush=True)


if __name__ == "__main__":
    main()
