"""Messages a second and CPU for one worker against the local simulator, next to what people do otherwise.

    python -m benchmarks.send [--people 20000] [--latency 0 50 150 300] [--rate 300] [--tls]

Four ways to write to the same people, in one run: the worker of this program with its full ledger (every intent
committed before its call), `pymessenger.Bot.send_text_message` in a loop, one RQ job per recipient, and that call in a
pool of threads without any ledger. The others stop after a few seconds: their rate does not change.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from benchmarks.certificate import trusted_certificate
from benchmarks.peers import plain
from tests.support.stack import Stack, until

PEER_SECONDS = 5.0
THREADS = 128


def ours(stack: Stack, people: int) -> tuple[float, float, float]:
    """Send one broadcast to everybody; return (messages a second, CPU seconds per 1,000, MB at most)."""
    boss = stack.people(1)[0]
    stack.become_admin(boss)
    for line in ("/broadcast new Benchmark", "now", "everyone", "Hello there!", "done", "send"):
        answer = stack.ask(boss, line)
    if "type" in answer.lower():
        stack.ask(boss, str(people + 1))
    pid = stack.pid("worker")
    said = stack.sends()
    started = until(lambda: stack.sends() > said and time.monotonic(), 60, 0.005)
    before = cpu_of(pid)
    until(lambda: stack.sends() >= said + people, 600, 0.02)
    seconds = time.monotonic() - started
    cpu = cpu_of(pid) - before
    until(lambda: stack.status()[0]["status"] == "sent", 60)
    row = stack.status()[0]
    assert row["sent"] == row["audience"] == people + 1, row
    return people / seconds, cpu / people * 1000, peak_of(pid)


def loop(url: str, people: list[str]) -> tuple[float, float]:
    """Send with pymessenger in a loop for a few seconds."""
    return timed(lambda person: plain(url, person, "Hello there!"), people)


def jobs(stack: Stack, people: list[str]) -> tuple[float, float]:
    """Send with one RQ job per recipient, by a worker that does not fork, for a few seconds."""
    redis = Redis.from_url(stack.redis_url)
    queue = Queue("peer", connection=redis, serializer=JSONSerializer)
    worker = SimpleWorker([queue], connection=redis, serializer=JSONSerializer)

    def one(person: str) -> None:
        queue.enqueue(plain, stack.simulator_url, person, "Hello there!", result_ttl=0)
        worker.work(burst=True, max_jobs=1, logging_level="CRITICAL")

    return timed(one, people)


def pool(url: str, people: list[str]) -> tuple[float, float]:
    """Send from a pool of threads for a few seconds, and write nothing down."""
    ends = time.monotonic() + PEER_SECONDS

    def one(person: str) -> bool:
        if time.monotonic() > ends:
            return False
        plain(url, person, "Hello there!")
        return True

    def sent() -> Iterable[bool]:  # begins when it is counted
        with ThreadPoolExecutor(THREADS) as threads:
            yield from threads.map(one, people)

    return measured(sent())


def timed(send: Callable[[str], None], people: list[str]) -> tuple[float, float]:
    """Call `send` for one person after the other until the time is up."""

    def sent() -> Iterable[bool]:
        ends = time.monotonic() + PEER_SECONDS
        for person in people:
            if time.monotonic() > ends:
                return
            send(person)
            yield True

    return measured(sent())


def measured(sent: Iterable[bool]) -> tuple[float, float]:
    """Count what is sent; return (messages a second, CPU seconds of this process per 1,000)."""
    started, cpu = time.monotonic(), time.process_time()
    done = sum(sent)
    return done / (time.monotonic() - started), (time.process_time() - cpu) / done * 1000


def cpu_of(pid: int) -> float:
    """Return the processor seconds a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_of(pid: int | str) -> float:
    """Return the most memory a process has held, in MB."""
    return _memory(pid, "VmHWM")


def memory_of(pid: int | str) -> float:
    """Return the memory a process holds now, in MB."""
    return _memory(pid, "VmRSS")


def _memory(pid: int | str, what: str) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(what))
    return int(line.split()[1]) / 1024


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--latency", type=int, nargs="+", default=[0, 50, 150, 300], help="of the platform, in ms")
    parser.add_argument("--rate", type=float, default=1_000_000, help="messages a second at most")
    parser.add_argument("--tls", action="store_true", help="call the simulator over TLS")
    parser.add_argument("--database", default="sqlite:///clarion.db")
    options = parser.parse_args()
    print(f"{'latency':>8} {'way':<28} {'msg/s':>9} {'CPU s/1000':>11} {'MB':>6} {'ours is':>9}")
    for latency in options.latency:
        with tempfile.TemporaryDirectory() as folder:
            tls = ["--certificate", str(trusted_certificate(Path(folder)))] if options.tls else []
            stack = Stack(Path(folder), options.database)
            stack.rate = options.rate
            try:
                stack.start_simulator(
                    "--latency-ms", str(latency), "--rates", "off", "--no-echoes", "--no-deliveries", "--no-reads",
                    *tls,
                )  # fmt: skip
                report(stack, options.people, latency)
            finally:
                stack.stop()


def report(stack: Stack, number: int, latency: int) -> None:
    """Run the four ways and print their lines."""
    stack.run("migrate")
    stack.start_web()
    people = stack.people(number)
    stack.import_people(people)
    stack.start_worker()
    rate, cpu, memory = ours(stack, number)
    print(f"{latency:>6}ms {'this worker, full ledger':<28} {rate:>9,.0f} {cpu:>11.2f} {memory:>6.0f}")
    for name, (peer, cost) in {
        "pymessenger in a loop": loop(stack.simulator_url, people),
        "one RQ job per recipient": jobs(stack, people),
        f"{THREADS} threads without a ledger": pool(stack.simulator_url, people),
    }.items():
        print(f"{latency:>6}ms {name:<28} {peer:>9,.1f} {cost:>11.2f} {'':>6} {rate / peer:>8.0f}x")


if __name__ == "__main__":
    main()
