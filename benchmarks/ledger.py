"""The ledger by itself: rows a second to plan, claim, mark and record, on both databases, without any call.

    python -m benchmarks.ledger [--people 100000 1000000] [--rows 20000]

The peer, in the same run, does what is usual: one `insert_many` of the audience in pages of 500 from Python, and one
UPDATE by primary key for each row that was sent.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.scale import databases
from broadcast.plan import plan
from storage import broadcasts, channels, ledger
from storage.database import execute, is_postgres, open_database, transaction
from storage.lifecycle import BroadcastStatus
from storage.migrate import migrate
from storage.models import Recipient, Subscriber
from tests.conftest import START

BLOCK = 64
CLAIM = 500
PEER_ROWS = 5_000


def timed(work: Callable[[], object]) -> float:
    """Return the seconds some work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def seed(number: int) -> int:
    """Make a channel with so many people; return its id."""
    channel = channels.ensure("page", "messenger")
    series = f"generate_series(1, {number}) AS n" if is_postgres() else (
        f"(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {number}) SELECT n FROM c)"
    )  # fmt: skip
    execute(
        "INSERT INTO subscribers (channel_id, platform_user_id, first_seen_at, window_expires_at)"
        f" SELECT {channel}, 'p' || n, 0, 4070908800000 FROM {series}"
    )
    if is_postgres():
        execute("ANALYZE subscribers")
    return channel


def starting(channel: int) -> int:
    """Make a broadcast to everyone whose audience is to be chosen."""
    content = {"version": 1, "messages": [{"kind": "text", "text": "Hello!"}]}
    row = broadcasts.create(channel, "Large", "boss", START, content=content, time_zone="UTC")
    broadcasts.move(row.id, BroadcastStatus.STARTING, "boss", START)
    return int(row.id)


def pipeline(broadcast: int, rows: int) -> list[float]:
    """Return rows a second of claiming, marking and recording, in the blocks and the order of delivery."""
    spent = [0.0, 0.0, 0.0]

    def claim(into: list[ledger.Claim]) -> None:
        into += ledger.claim(broadcast, "w1", CLAIM, START)

    def mark(ids: list[int]) -> None:
        with transaction():
            assert len(ledger.standing(broadcast, "w1", ids) or ()) == len(ids)
            ledger.mark_sending(broadcast, "w1", ids, START)

    def record(ids: list[int]) -> None:
        with transaction():
            ledger.record_accepted(broadcast, "w1", 1, [(person, 0, "m_abc") for person in ids], START)

    for _ in range(rows // CLAIM):
        claims: list[ledger.Claim] = []
        spent[0] += timed(partial(claim, claims))
        for first in range(0, CLAIM, BLOCK):
            ids = [one.subscriber_id for one in claims[first : first + BLOCK]]
            spent[1] += timed(partial(mark, ids))
            spent[2] += timed(partial(record, ids))
    return [rows / seconds for seconds in spent]


def usual(channel: int, number: int) -> tuple[float, float]:
    """Return (rows a second planned from Python, rows a second marked one by one)."""
    broadcast = starting(channel)
    people = [row[0] for row in execute(f"SELECT id FROM subscribers LIMIT {min(number, 50_000)}")]

    def insert() -> None:
        for first in range(0, len(people), 500):
            Recipient.insert_many(
                [{"broadcast": broadcast, "subscriber": person} for person in people[first : first + 500]]
            ).execute()

    planning = timed(insert)

    def mark() -> None:
        for person in people[:PEER_ROWS]:
            Recipient.update(state="sent", message_ids="m_abc").where(
                (Recipient.broadcast == broadcast) & (Recipient.subscriber == person)
            ).execute()

    return len(people) / planning, min(len(people), PEER_ROWS) / timed(mark)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--rows", type=int, default=20_000)
    options = parser.parse_args()
    print(f"{'people':>9} {'database':<11} {'plan':>7} {'rows/s':>9} {'claims/s':>9} {'marks/s':>9} {'records/s':>9}"
          f"   {'usual plan/s':>12} {'usual marks/s':>13}")  # fmt: skip
    for number in options.people:
        with tempfile.TemporaryDirectory() as folder:
            for name, url in databases(Path(folder)):
                database = open_database(url, Path(folder))
                migrate(database)
                channel = seed(number)
                broadcast = starting(channel)
                seconds = timed(partial(plan, broadcast, START))
                assert Subscriber.select().count() == number
                broadcasts.move(broadcast, BroadcastStatus.SENDING, "boss", START)
                claims, marks, records = pipeline(broadcast, options.rows)
                planned, marked = usual(channel, number)
                print(f"{number:>9,} {name:<11} {seconds:>6.2f}s {number / seconds:>9,.0f} {claims:>9,.0f}"
                      f" {marks:>9,.0f} {records:>9,.0f}   {planned:>12,.0f} {marked:>13,.0f}", flush=True)  # fmt: skip
                database.close()


if __name__ == "__main__":
    main()
