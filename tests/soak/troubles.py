"""What may happen to an installation while it sends: each trouble takes the stack and a seeded random number source."""

import os
import random
import signal
import time
from collections.abc import Callable, Mapping
from functools import partial

import redis

from tests.support.disk import full_disk
from tests.support.promise import Sender
from tests.support.stack import until

Trouble = Callable[[Sender, int, random.Random], None]
"""Happens to a sender's installation while its broadcast of this id is under way."""

TWO_HOURS = 7200.0
WORKERS = ("worker1", "worker2")


def kill_worker(sender: Sender, _broadcast: int, dice: random.Random, how: signal.Signals = signal.SIGKILL) -> None:
    """End one of the workers, and start it again a little later."""
    name = dice.choice(WORKERS)
    status = sender.stack.kill(name, how)
    assert how is not signal.SIGTERM or status == 0, f"SIGTERM ended the worker with {status}"
    time.sleep(dice.uniform(0, 2))
    sender.stack.start_worker(name)


def kill_all_workers(sender: Sender, _broadcast: int, dice: random.Random) -> None:
    """Kill all workers at once, and start them again."""
    for name in WORKERS:
        sender.stack.kill(name)
    time.sleep(dice.uniform(0, 1))
    for name in WORKERS:
        sender.stack.start_worker(name)


def freeze_worker(sender: Sender, _broadcast: int, dice: random.Random) -> None:
    """Stop a worker's clock for so long that the other may take it for dead, and let it go on."""
    pid = sender.stack.pid(dice.choice(WORKERS))
    os.kill(pid, signal.SIGSTOP)
    time.sleep(dice.uniform(0.5, 13))
    os.kill(pid, signal.SIGCONT)


def kill_web(sender: Sender, _broadcast: int, dice: random.Random) -> None:
    """Kill the web process, and start it again a little later."""
    sender.stack.kill("web")
    time.sleep(dice.uniform(0, 1))
    sender.stack.start_web()


def wipe_redis(sender: Sender, _broadcast: int, _dice: random.Random) -> None:
    """Empty the queue."""
    redis.Redis.from_url(sender.stack.redis_url).flushall()


def restart_redis(sender: Sender, _broadcast: int, dice: random.Random) -> None:
    """Take the queue away for some seconds; it comes back empty."""
    sender.stack.stop_redis()
    time.sleep(dice.uniform(0, 4))
    sender.stack.start_redis()


def lock_database(sender: Sender, _broadcast: int, dice: random.Random) -> None:
    """Keep everybody from writing for some seconds."""
    with sender.stack.database() as connection:
        for statement in ("BEGIN", "LOCK TABLE recipients") if sender.stack.postgres else ("BEGIN IMMEDIATE",):
            connection.execute(statement)
        time.sleep(dice.uniform(0.5, 5))
        connection.execute("ROLLBACK")


def fill_disk(sender: Sender, _broadcast: int, dice: random.Random) -> None:
    """Leave the workers no room on the disk for some seconds."""
    with full_disk(sender.stack, WORKERS):
        time.sleep(dice.uniform(0.5, 4))


def move_clock(sender: Sender, _broadcast: int, dice: random.Random) -> None:
    """Let the clock leap by two hours, forward or back, and after some seconds leap to where it was."""
    sender.stack.move_clock(dice.choice((-TWO_HOURS, TWO_HOURS)))
    time.sleep(dice.uniform(0.5, 4))
    sender.stack.move_clock(0)


def cut_connections(sender: Sender, _broadcast: int, _dice: random.Random) -> None:
    """Break every connection to PostgreSQL, as its restart would."""
    if sender.stack.postgres:
        sender.stack.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )


def pause_and_resume(sender: Sender, broadcast: int, dice: random.Random) -> None:
    """Let the admin hold the broadcast for a moment, if it is still being sent."""
    sender.stack.sim("say", {"psid": sender.boss, "text": f"/broadcast pause {broadcast}"})
    time.sleep(dice.uniform(0.5, 2))
    if sender.status(broadcast) == "paused":
        sender.stack.sim("say", {"psid": sender.boss, "text": f"/broadcast resume {broadcast}"})
        until(lambda: sender.status(broadcast) != "paused", 10)


def _fault(
    sender: Sender, _broadcast: int, dice: random.Random, *, fault: str, most: float, options: Mapping[str, float]
) -> None:
    people = {} if fault.endswith(("webhook", "webhooks")) else {"people": sender.subscribers}
    sender.stack.fault(
        fault, fraction=round(dice.uniform(0.01, most), 3), seed=dice.randrange(1000), **options, **people
    )


FAULTS: Mapping[str, tuple[float, Mapping[str, float]]] = {
    "connection_reset": (0.1, {}),
    "connection_reset_after_accepting": (0.1, {}),
    "html_502_after_accepting": (0.1, {}),
    "timeout_after_accepting": (0.05, {"seconds": 1}),
    "invalid_json_reply": (0.1, {}),
    "transient": (0.1, {}),
    "latency": (0.1, {"ms": 1500}),
    "echo_before_answer": (0.3, {}),
    "duplicate_echo": (0.3, {}),
    "doubled_webhook": (0.5, {}),
    "reordered_webhooks": (0.5, {}),
}
"""What the platform may do: the largest share of calls it strikes, and its options."""

TROUBLES: Mapping[str, Trouble] = {
    "kill worker": kill_worker,
    "stop worker": partial(kill_worker, how=signal.SIGTERM),
    "kill all workers": kill_all_workers,
    "freeze worker": freeze_worker,
    "kill web": kill_web,
    "wipe redis": wipe_redis,
    "restart redis": restart_redis,
    "lock database": lock_database,
    "fill disk": fill_disk,
    "move clock": move_clock,
    "cut connections": cut_connections,
    "pause, resume": pause_and_resume,
    **{
        name.replace("_", " "): partial(_fault, fault=name, most=most, options=options)
        for name, (most, options) in FAULTS.items()
    },
}
