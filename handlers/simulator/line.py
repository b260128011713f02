"""What can become of a connection in place of an answer: it is held, reset, or a gateway speaks."""

import socket
import struct

from aiohttp import web

GATEWAY_PAGE = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>Sorry.</body></html>"


def cut(request: web.Request, *, reset: bool) -> None:
    """Close the connection without an answer; with `reset` by RST, so that the caller sees a reset."""
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if reset and connection is not None:
        # Lingering for 0 s makes the kernel reset the connection instead of closing it in order.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
