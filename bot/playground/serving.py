"""Serves the page on this machine only."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from bot.playground.ports import LOOPBACK


class PortTaken(Exception):
    """Somebody else listens on the port; the sentence says what to do."""


class _Quiet(WSGIRequestHandler):
    """Says nothing about requests: the terminal belongs to the demo's own words."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Leave the request unmentioned."""


def listen(port: int) -> socket.socket:
    """Take the port before anything else is started; 0 takes a free one. Raises `PortTaken`.

    A browser that comes early waits in the queue of connections instead of being turned away.
    """
    try:
        return socket.create_server((LOOPBACK, port))
    except (OSError, OverflowError) as error:
        why = str(error.args[-1]).partition(" (")[0].rstrip(".")
        raise PortTaken(
            f"The page cannot listen on port {port}: {why}."
            " Choose another, or a free one by itself: python -m bot demo --port 0"
        ) from None


@contextmanager
def serving(app: Flask, door: socket.socket) -> Iterator[str]:
    """Serve from a thread as long as the block runs; give the address."""
    host, port = door.getsockname()[:2]
    server = make_server(host, port, app, threaded=True, request_handler=_Quiet, fd=door.fileno())
    threading.Thread(target=server.serve_forever, name="page", daemon=True).start()
    try:
        yield f"http://{host}:{port}/"
    finally:
        server.shutdown()
        server.server_close()
