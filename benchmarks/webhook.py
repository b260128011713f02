"""Webhook events a second into one web process: receipts after a broadcast, and people's messages one by one.

    python -m benchmarks.webhook [--people 20000] [--seconds 5]

Signed requests over loopback to gunicorn with one worker process, everything committed before it is answered. Receipts
come 100 to a POST, each for another person who was sent something; echoes likewise; messages come one to a POST, from
people the product knows. The peer, in the same run: a bare Flask application under the same gunicorn settings that
checks the same signature, parses the JSON and answers, keeping nothing.
"""

import argparse
import asyncio
import itertools
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.scale import databases, seed
from handlers.simulator.messenger_events import envelope, from_person, signatures
from tests.support.stack import PAGE, SECRET, Stack, free_port, until

CONNECTIONS = 8
PER_POST = 100
Body = bytes

PEER = """
import hashlib, hmac, json
from flask import Flask, request

app = Flask("peer")

@app.post("/webhooks/page")
def webhook():
    body = request.get_data()
    expected = "sha256=" + hmac.new({secret!r}.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.headers["X-Hub-Signature-256"]):
        return "", 403
    json.loads(body)
    return "EVENT_RECEIVED"
"""


def sent_to_all(stack: Stack) -> list[tuple[str, int]]:
    """Make a broadcast that was sent to everybody a moment ago; return (person, subscriber id) of each."""
    with stack.database() as connection:
        now = int(time.time() * 1000)
        content = '{"messages": [{"kind": "text", "text": "a"}]}'
        connection.execute(
            "INSERT INTO broadcasts"
            " (id, channel_id, name, status, content, created_by, created_at, updated_at, started_at)"
            f" VALUES (1, 1, 'Flood', 'sending', '{content}', 'boss', {now}, {now}, {now})"
        )
        connection.execute(
            "INSERT INTO recipients (broadcast_id, subscriber_id, state, step, sent_at, updated_at)"
            f" SELECT 1, id, 'unknown', 0, {now - 10_000}, {now - 10_000} FROM subscribers"
        )
        if stack.postgres:
            connection.execute("ANALYZE")
        return [*connection.execute("SELECT platform_user_id, id FROM subscribers ORDER BY id").fetchall()]


def echoes(people: list[tuple[str, int]], at: int) -> Iterator[Body]:
    """Yield notifications of echoes, `PER_POST` in each, that prove what is in doubt."""
    for page in _pages(people):
        items = []
        for person, number in page:
            echo = {"mid": f"m_{number}", "is_echo": True, "app_id": 1, "metadata": f"b:1:{number}:0", "text": "a"}
            items.append({"sender": {"id": PAGE}, "recipient": {"id": person}, "timestamp": at, "message": echo})
        yield envelope(items, PAGE, at, 1)


def receipts(people: list[tuple[str, int]], at: int, kind: str) -> Iterator[Body]:
    """Yield notifications of receipts, `PER_POST` in each."""
    for page in _pages(people):
        yield envelope([from_person(person, PAGE, at, kind, {"watermark": at}) for person, _ in page], PAGE, at, 1)


def messages(people: list[tuple[str, int]], at: int) -> Iterator[Body]:
    """Yield notifications of one message each."""
    for number, (person, _) in enumerate(itertools.cycle(people)):
        item = from_person(person, PAGE, at, "message", {"mid": f"m_in_{at}_{number}", "text": "hello"})
        yield envelope([item], PAGE, at, 1)


def _pages(people: list[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    for first in range(0, len(people), PER_POST):
        yield people[first : first + PER_POST]


async def post(url: str, bodies: Iterator[Body], seconds: float) -> tuple[float, float]:
    """Post from several connections until the bodies or the time are over; return (posts, seconds)."""
    signed = iter([(body, signatures(body, SECRET)) for body in itertools.islice(bodies, 20_000)])
    done, ends = 0, time.monotonic() + seconds

    async def one(http: aiohttp.ClientSession) -> None:
        nonlocal done
        for body, headers in signed:
            if time.monotonic() > ends:
                return
            async with http.post(url, data=body, headers={**headers, "Content-Type": "application/json"}) as answer:
                assert answer.status == 200, await answer.text()
            done += 1

    started = time.monotonic()
    async with aiohttp.ClientSession() as http:
        await asyncio.gather(*[one(http) for _ in range(CONNECTIONS)])
    return done, time.monotonic() - started


def rate(url: str, bodies: Iterator[Body], seconds: float, each: int) -> float:
    """Return events a second."""
    posts, spent = asyncio.run(post(url, bodies, seconds))
    return posts * each / spent


def start_peer(stack: Stack) -> str:
    """Start the bare application; return where it listens."""
    (stack.folder / "peer.py").write_text(PEER.format(secret=SECRET))
    port = free_port()
    stack.start_other("peer", "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
                      "--threads", "8", "--keep-alive", "75", "peer:app")  # fmt: skip
    until(lambda: _listens(port), 30)
    return f"http://127.0.0.1:{port}/webhooks/page"


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def measure(folder: Path, url: str, number: int, seconds: float) -> list[tuple[str, float, float]]:
    """Return (what, events a second, the peer's) for one database."""
    stack = Stack(folder, url)
    try:
        stack.start_simulator("--no-webhooks")
        stack.run("migrate")
        stack.start_web()
        seed(stack, number)
        people = sent_to_all(stack)
        ours, peer = f"http://127.0.0.1:{stack.port}/webhooks/page", start_peer(stack)
        now = int(time.time() * 1000)
        floods: list[tuple[str, Any, int]] = [
            ("echoes, 100 per POST", lambda: echoes(people, now), PER_POST),
            ("deliveries, 100 per POST", lambda: receipts(people, now, "delivery"), PER_POST),
            ("reads, 100 per POST", lambda: receipts(people, now, "read"), PER_POST),
            ("messages, one per POST", lambda: messages(people, now), 1),
        ]
        rows = [
            (what, rate(ours, bodies(), seconds, each), rate(peer, bodies(), seconds, each))
            for what, bodies, each in floods
        ]
        states = dict(stack.query("SELECT state, count(*) FROM recipients GROUP BY state"))
        assert states.get("read", 0) > 0, states
        return rows
    finally:
        stack.stop()


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    print(f"{'database':<11} {'what':<26} {'events/s':>9} {'bare Flask':>11} {'ours is':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, url) in enumerate(databases(Path(folder))):
            base = Path(folder) / str(number)
            base.mkdir()
            for what, ours, peer in measure(base, url, options.people, options.seconds):
                print(f"{name:<11} {what:<26} {ours:>9,.0f} {peer:>11,.0f} {ours / peer:>7.0%}", flush=True)


if __name__ == "__main__":
    main()
