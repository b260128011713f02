"""A mass broadcast to a million followers: how long until the last mass call, in how much memory, in how many calls.

    python -m benchmarks.wechat [--people 1000000]

The real web process and worker against the local simulator of a service account, which takes 60 mass calls a minute
and 10,000 people a call as WeChat does. The named limits are those: nobody can be faster, or make fewer calls.
"""

import argparse
import math
import tempfile
import time
from pathlib import Path

from benchmarks.send import cpu_of, peak_of
from handlers.wechat.lists import LIST_MOST
from tests.support.account import AccountStack
from tests.support.stack import until

CALLS_A_MINUTE = 60
"""WeChat's limit for mass calls (Batch_Sends page, checked 2026-11-23)."""


def measure(stack: AccountStack, people: int) -> None:
    """Let everybody follow, send one broadcast to all of them, and print the figures."""
    began = time.monotonic()
    stack.start(people, "--latency-ms", "150", "--no-record")
    known = time.monotonic() - began
    pid = stack.pid("worker")
    card = stack.compose("Benchmark")
    cpu = cpu_of(pid)
    sent_at = time.time()
    answer = stack.say("send")
    if "type that number" in answer:
        stack.say(str(people))
    least = math.ceil(people / LIST_MOST)
    until(lambda: len(stack.platform_jobs()) >= least, 1200, 0.2)
    stack.ends(1, 120)
    jobs = stack.platform_jobs()
    first, last = (min(job["accepted_at"] for job in jobs), max(job["accepted_at"] for job in jobs))
    seconds = last / 1000 - sent_at
    limit = (least - 1) * 60 / CALLS_A_MINUTE
    states = stack.states(1)
    assert states["sent"] == people, states
    calls = {path: stack.calls(path) for path in ("message/mass/send", "message/mass/sendall", "user/get")}
    print(card.splitlines()[3])
    print(f"followers read: {people:,} in {known:.0f} s, {calls['user/get']} calls")
    print(f"Send to first mass call: {first / 1000 - sent_at:.1f} s (undo period {stack.undo} s)")
    print(f"Send to last mass call: {seconds:.1f} s; WeChat's limit alone: {limit:.0f} s; ratio {seconds / limit:.2f}")
    made = calls["message/mass/send"] + calls["message/mass/sendall"]
    print(f"mass calls: {made} of at least {least}; ratio {made / least:.2f}")
    print(f"worker: {peak_of(pid):.0f} MB at most, {cpu_of(pid) - cpu:.1f} CPU s")


def main() -> None:
    """Run it once."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stack = AccountStack(Path(folder))
        try:
            measure(stack, options.people)
        finally:
            stack.stop()


if __name__ == "__main__":
    main()
