"""How a broadcast begins and runs for large audiences: time to the first message, memory, and the ledger's own speed.

    python -m benchmarks.scale [--people 10000 100000 1000000] [--seconds 20]

For each audience and both databases, with the real processes and the simulator: how long after the undo period the
first message is accepted, what the worker's memory is when it begins and after some seconds of sending, and the pace it
sends at. The peer, in the same run: reading that audience into memory first, as a loop over a list must.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.send import memory_of, peak_of
from tests.support.postgres import postgres_url
from tests.support.stack import Stack, until

RATE = 1_000
UNDO_SECONDS = 8.0
WINDOW_ENDS = 4_070_908_800_000  # 2099, in milliseconds


def seed(stack: Stack, number: int) -> None:
    """Make so many people on the platform and in the database, by plain SQL."""
    people = stack.people(number)
    rows = ((person, WINDOW_ENDS) for person in people)
    with stack.database() as connection:
        if stack.postgres:
            with connection.cursor().copy(
                "COPY subscribers (channel_id, platform_user_id, first_seen_at, window_expires_at) FROM STDIN"
            ) as copy:
                for person, ends in rows:
                    copy.write_row((1, person, 0, ends))
            connection.execute("ANALYZE subscribers")
        else:
            connection.execute("BEGIN")
            connection.executemany(
                "INSERT INTO subscribers (channel_id, platform_user_id, first_seen_at, window_expires_at)"
                " VALUES (1, ?, 0, ?)",
                rows,
            )
            connection.execute("COMMIT")


def loop_first(stack: Stack) -> tuple[float, float]:
    """Return the seconds and MB it takes to hold the audience in a list before the first call can be made."""
    before, started = memory_of("self"), time.monotonic()
    people = stack.query("SELECT platform_user_id, first_name FROM subscribers")
    seconds, after = time.monotonic() - started, memory_of("self")
    assert people
    return seconds, after - before


def measure(stack: Stack, number: int, seconds: float) -> tuple[float, float, float, float]:
    """Return (seconds to the first message, MB when it begins, most MB after some seconds, messages a second)."""
    boss = stack.people(1)[0]
    stack.become_admin(boss)
    for line in ("/broadcast new Large", "now", "everyone", "Hello there!", "done", "send"):
        answer = stack.ask(boss, line, patience=60)
    if "type" in answer.lower():
        stack.ask(boss, str(number + 1), patience=60)
    ends = until(lambda: stack.query("SELECT undo_until FROM broadcasts WHERE status = 'starting'"), 30)[0][0] / 1000
    until(lambda: time.time() > ends - 0.05, UNDO_SECONDS + 60, 0.005)
    said = stack.sends()
    until(lambda: stack.sends() > said + 1, 60, 0.005)  # one answer to the admin may still be on its way
    first = time.time() - ends
    pid = stack.pid("worker")
    begins, started, said = memory_of(pid), time.monotonic(), stack.sends()
    time.sleep(min(seconds, number / RATE * 0.7))
    rate = (stack.sends() - said) / (time.monotonic() - started)
    stack.ask(boss, "/broadcast cancel", patience=60)
    return first, begins, peak_of(pid), rate


def databases(base: Path) -> Iterator[tuple[str, str]]:
    """Yield (name, address) of each kind."""
    yield "SQLite", "sqlite:///clarion.db"
    for url in postgres_url(base / "postgres"):
        yield "PostgreSQL", url


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    print(f"{'people':>9} {'database':<11} {'first after':>12} {'begins MB':>10} {'most MB':>8} {'msg/s':>7}"
          f"   {'a list first':>12} {'MB':>5}")  # fmt: skip
    for number in options.people:
        with tempfile.TemporaryDirectory() as folder:
            for name, url in databases(Path(folder)):
                row = run(Path(folder), url, number, options.seconds)
                print(f"{number:>9,} {name:<11} {row[0]:>11.2f}s {row[1]:>10.0f} {row[2]:>8.0f} {row[3]:>7,.0f}"
                      f"   {row[4]:>11.2f}s {row[5]:>5.0f}", flush=True)  # fmt: skip


def run(folder: Path, url: str, number: int, seconds: float) -> tuple[float, ...]:
    """Measure one audience on one database."""
    stack = Stack(folder, url, undo_seconds=UNDO_SECONDS)
    stack.rate = RATE
    try:
        stack.start_simulator("--rates", "off", "--no-echoes", "--no-deliveries", "--no-reads")
        stack.run("migrate")
        stack.start_web()
        seed(stack, number)
        stack.start_worker()
        return (*measure(stack, number, seconds), *loop_first(stack))
    finally:
        stack.stop()


if __name__ == "__main__":
    main()
