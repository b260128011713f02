"""A few lines of HTTP on localhost that answer as they are told and remember what they were asked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Told:
    """One answer to give. `silent` says nothing until the test is over; `torn` hangs up without a word."""

    status: int = 200
    body: bytes = b'{"recipient_id":"5678901234567890","message_id":"m_1"}'
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    torn: bool = False


@dataclass
class Asked:
    """One request that came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


class Graph:
    """Stands for graph.facebook.com: `answers` by path are given to every request for it."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.asked: list[Asked] = []
        self.told = Told()
        self.by_path: dict[str, Told] = {}
        self.over = Event()

    def error(self, code: int, subcode: int | None = None, status: int = 400, **more: object) -> None:
        """Refuse everything from here on with an error body."""
        body = {"message": "no", "type": "OAuthException", "code": code, "fbtrace_id": "AbC", **more}
        if subcode is not None:
            body["error_subcode"] = subcode
        self.told = Told(status, json.dumps({"error": body}).encode())


@contextmanager
def graph_server() -> Iterator[Graph]:
    """Run a `Graph` until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _answer(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            parts = urlsplit(self.path)
            graph.asked.append(
                Asked(
                    self.command,
                    parts.path,
                    dict(parse_qsl(parts.query)),
                    {name.lower(): value for name, value in self.headers.items()},
                    json.loads(raw) if raw else None,
                )
            )
            told = graph.by_path.get(parts.path, graph.told)
            if told.silent:
                graph.over.wait(10)
            if told.silent or told.torn:
                self.close_connection = True
                return
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    graph = Graph(f"http://127.0.0.1:{server.server_address[1]}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield graph
    finally:
        graph.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
