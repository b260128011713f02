"""Counts an audience of three conditions among 1,000,000 subscribers, next to the same count in hand-written SQL.

    python -m benchmarks.audience [SUBSCRIBERS]

The peer is the shortest SQL that gives the same number on this data: it relies on the data having no other
case, no missing values and no mistyped variables, which the filter language may not. Medians of five, after
one count that warms the cache; target 0.35 s on both databases at 1,000,000.
"""

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import peewee as pw

from broadcast.audience.fields import Vocabulary
from broadcast.audience.nodes import Kind
from broadcast.audience.parse import parse
from broadcast.audience.query import query
from storage.database import open_database
from storage.migrate import migrate
from storage.models import Channel, Subscriber
from storage.subscribers import count
from tests.support.postgres import postgres_url

TARGET_SECONDS = 0.35
NOW = datetime(2026, 11, 24, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
VOCABULARY = Vocabulary(
    {"plan": Kind.TEXT, "points": Kind.NUMBER, "vip": Kind.YES_NO, "birthday": Kind.DATE, "score": Kind.NUMBER}
)
COLUMNS = (
    "channel_id", "platform_user_id", "first_name", "language", "city", "country", "gender",
    "first_seen_at", "last_seen_at", "variables",
)  # fmt: skip

FILTERS = (
    (
        "a profile field and two variables",
        "language = zh and plan = pro and points > 500",
        "language = 'zh' AND {plan} = 'pro' AND {points} > 500",
    ),
    (
        "three variables",
        "plan = pro and points > 500 and vip = yes",
        "{plan} = 'pro' AND {points} > 500 AND {vip}",
    ),
    (
        "a moment, a name and a negation",
        "last_seen in the last 30 days and city contains er and plan != pro",
        f"last_seen_at BETWEEN {NOW_MS - 30 * 86_400_000} AND {NOW_MS} AND city LIKE '%er%' AND {{plan}} <> 'pro'",
    ),
)
"""What it is, the filter, and the same by hand; {…} is a variable as each database writes it."""

BY_HAND = {
    "SQLite": {
        "plan": "json_extract(variables, '$.plan')",
        "points": "json_extract(variables, '$.points')",
        "vip": "json_extract(variables, '$.vip')",
    },
    "PostgreSQL": {
        "plan": "variables->>'plan'",
        "points": "(variables->>'points')::numeric",
        "vip": "(variables->>'vip')::boolean",
    },
}


def people(number: int, channel_id: int) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of `number` subscribers, the same ones every time."""
    dice = random.Random(7)
    for index in range(number):
        variables = {
            "plan": dice.choice(("free", "pro", "team")),
            "points": dice.randrange(1000),
            "vip": dice.random() < 0.1,
            "birthday": f"{dice.randrange(1960, 2005)}-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}",
            "score": round(dice.random(), 3),
        }
        yield (
            channel_id, f"{dice.randrange(10**16):016}", dice.choice(("Ann", "Bo", "Zoë")),
            dice.choice(("zh", "en", "fr")), dice.choice(("Berlin", "Paris", "München")),
            dice.choice(("de", "fr")), dice.choice(("female", "male")), NOW_MS - index,
            NOW_MS - dice.randrange(90 * 86_400_000), json.dumps(variables),
        )  # fmt: skip


def seed(database: pw.Database, number: int) -> int:
    """Fill an empty database as fast as it takes rows, and return the channel they are on."""
    channel_id: int = Channel.create(name="page", platform="messenger").id
    rows = people(number, channel_id)
    names = ", ".join(COLUMNS)
    if isinstance(database, pw.PostgresqlDatabase):
        with database.cursor() as cursor, cursor.copy(f"COPY subscribers ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        database.commit()
        database.connection().autocommit = True
        database.execute_sql("VACUUM ANALYZE subscribers")
        database.connection().autocommit = False
    else:
        places = ", ".join("?" * len(COLUMNS))
        with database.atomic():
            database.cursor().executemany(f"INSERT INTO subscribers ({names}) VALUES ({places})", rows)
    return channel_id


def median(work: Callable[[], int]) -> tuple[float, int]:
    """Return the median seconds of five runs after a first one, and what the work answers."""
    answer, seconds = work(), []
    for _ in range(5):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), answer


def measure(name: str, database: pw.Database, number: int) -> None:
    """Print one line for each filter on one database."""
    migrate(database)
    channel_id = seed(database, number)
    for title, text, by_hand in FILTERS:
        condition = query(parse(text, VOCABULARY), now=NOW)
        where = by_hand.replace("%", "%%" if name == "PostgreSQL" else "%").format(**BY_HAND[name])
        peer_sql = f"SELECT count(*) FROM subscribers WHERE channel_id = {channel_id} AND {where}"
        ours, counted = median(lambda condition=condition: count(channel_id, condition))
        bare, _ = median(lambda condition=condition: Subscriber.select().where(condition).count())
        peer, by_peer = median(lambda sql=peer_sql: int(database.execute_sql(sql).fetchone()[0]))
        assert counted == by_peer, (title, counted, by_peer)
        verdict = "ok" if ours <= TARGET_SECONDS else "over"
        print(f"{name:11} {title:34} {counted:8,} {ours:7.3f} {bare:7.3f} {peer:7.3f} {ours / peer:6.2f} {verdict}")


def main() -> None:
    """Run on both databases."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(f"{number:,} subscribers, five profile fields and five variables; seconds, median of 5")
    print(f"{'':11} {'':34} {'matches':>8} {'count':>7} {'no chan':>7} {'by hand':>7} {'ratio':>6}")
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", open_database("sqlite:///audience.db", Path(folder)), number)
    with tempfile.TemporaryDirectory() as folder:
        for url in postgres_url(Path(folder) / "postgres"):
            measure("PostgreSQL", open_database(url, Path(folder)), number)


if __name__ == "__main__":
    main()
