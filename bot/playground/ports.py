"""Ports nobody uses."""

import socket
from contextlib import ExitStack

LOOPBACK = "127.0.0.1"
"""All of the playground listens here and nowhere else: its simulators do what anybody tells them."""


def free_ports(number: int) -> list[int]:
    """Return so many different ports that were free a moment ago."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(number)]
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [int(probe.getsockname()[1]) for probe in probes]
