"""A few lines of HTTP on localhost that answer as they are told and remember what they were asked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TOKEN_PATH = "/cgi-bin/stable_token"


@dataclass
class Told:
    """One answer to give. `silent` says nothing until the test is over; `torn` hangs up without a word."""

    status: int = 200
    body: bytes = b'{"errcode":0,"errmsg":"ok"}'
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
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


def answer(**body: Any) -> Told:
    return Told(body=json.dumps(body, ensure_ascii=False).encode())


def error(code: int, message: str = "no rid: 5f1e2d3c-0a1b2c3d-4e5f6a7b", **more: Any) -> Told:
    return answer(errcode=code, errmsg=message, **more)


class Api:
    """Stands for api.weixin.qq.com: what `told` holds for a path is given in order, the last one again and again."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.asked: list[Asked] = []
        self.by_path: dict[str, list[Told]] = {TOKEN_PATH: [answer(access_token="token-1", expires_in=7200)]}
        self.over = Event()

    def tell(self, path: str, *told: Told) -> None:
        self.by_path[path if path.startswith("/") else f"/cgi-bin/{path}"] = [*told]

    def calls(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == f"/cgi-bin/{path}"]

    @property
    def tokens(self) -> int:
        """How often a token was asked for."""
        return len(self.calls("stable_token"))

    def next(self, path: str) -> Told:
        told = self.by_path.get(path, [Told()])
        return told.pop(0) if len(told) > 1 else told[0]


@contextmanager
def api_server() -> Iterator[Api]:
    """Run an `Api` until the block ends."""

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
            headers = {name.lower(): value for name, value in self.headers.items()}
            api.asked.append(Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, raw))
            told = api.next(parts.path)
            if told.silent:
                api.over.wait(10)
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
    api = Api(f"http://127.0.0.1:{server.server_address[1]}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield api
    finally:
        api.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
