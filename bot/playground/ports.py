"""Ports nobody uses."""

import socket

LOOPBACK = "127.0.0.1"
"""All of the playground listens here and nowhere else: its simulators do what anybody tells them."""


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
