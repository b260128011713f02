"""Ends what a demo leaves behind, also when the demo itself is killed with -9.

Runs as a process of its own with the demo's pipe as standard input, where each line is `+` or `-` and a process
group. The pipe ends when the demo does, in whatever way. Standard library only: it starts in milliseconds.
"""

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable

GONE_SECONDS = 3.0  # a killed process is gone in milliseconds; a zombie nobody reaps is not waited for longer


def groups_left(lines: Iterable[str]) -> set[int]:
    """Return the process groups that were started and not ended when the lines end."""
    groups: set[int] = set()
    for line in lines:
        change = groups.add if line.startswith("+") else groups.discard
        change(int(line[1:]))
    return groups


def main() -> None:
    """Wait until the demo is over, kill the groups it left, remove its folder."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)  # whoever stops us would leave the rest behind
    left = groups_left(sys.stdin)
    until = time.monotonic() + GONE_SECONDS
    while (left := {group for group in left if _killed(group)}) and time.monotonic() < until:
        time.sleep(0.02)
    shutil.rmtree(sys.argv[1], ignore_errors=True)


def _killed(group: int) -> bool:
    """Kill a group; say whether there was anybody in it."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
        return False
    return True


if __name__ == "__main__":
    main()
