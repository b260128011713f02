"""What the simulator's tests stand on: a Page without a network, and one with a webhook that listens."""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from aiohttp import web

from handlers.simulator.clock import VirtualClock
from handlers.simulator.messenger import MessengerSimulator
from handlers.simulator.messenger_config import MessengerConfig
from handlers.simulator.messenger_graph import Graph, read_target
from handlers.simulator.messenger_world import World
from handlers.simulator.serving import start_in_thread
from handlers.simulator.stream import Stream

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HOUR_MS = 3_600_000
PAYLOADS = Path(__file__).parent / "payloads"


class OfflinePage:
    """One Page whose Graph is called directly; the clock stands still until it is moved."""

    def __init__(self, **settings: Any) -> None:
        self.config = MessengerConfig(**{"rates": "off", **settings})
        self.clock = VirtualClock(START, running=False)
        self.world = World(self.config, self.clock, Stream())
        self.graph = Graph(self.config, self.clock, self.world)

    def person(self, *, window_hours: float | None = 24) -> str:
        """Make somebody, with an open window unless told otherwise; None: they have never written."""
        hours = window_hours
        expires = 0 if hours is None else self.clock.millis() + int(hours * HOUR_MS)
        (number,) = self.world.people.add(1, expires)
        return self.world.people.psid(number)

    def call(self, method: str, path: str, body: dict[str, Any] | None = None, token: str | None = None):
        """Make one Graph call and return (status, JSON)."""
        bearer = self.config.token if token is None else token
        answer = self.graph.call(method, read_target(path), body or {}, bearer)
        return answer.status, json.loads(answer.body)

    def send(self, psid: str, message: Any, **more: Any):
        """Send a message as an UPDATE unless told otherwise."""
        body = {"recipient": {"id": psid}, "messaging_type": "UPDATE", "message": message, **more}
        return self.call("POST", "/v26.0/me/messages", body)


def code_of(answer: tuple[int, dict[str, Any]]) -> tuple[int, int | None] | None:
    """Return (code, subcode) of a refusal, None for a yes."""
    error = answer[1].get("error")
    return None if error is None else (error["code"], error.get("error_subcode"))


@dataclass
class Receiver:
    """An app's webhook: keeps what is posted, answers 200 or what it is told to."""

    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: deque[int] = field(default_factory=deque)
    always: int = 200
    silent: bool = False
    url: str = ""

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/webhook", self._post)
        app.router.add_get("/webhook", self._get)
        return app

    async def _post(self, request: web.Request) -> web.Response:
        self.posts.append(({name.lower(): value for name, value in request.headers.items()}, await request.read()))
        if self.silent:
            await asyncio.Event().wait()
        return web.Response(status=self.answers.popleft() if self.answers else self.always)

    async def _get(self, request: web.Request) -> web.Response:
        if request.query["hub.verify_token"] != "let me in":
            return web.Response(status=403)
        return web.Response(text=request.query["hub.challenge"])

    def items(self) -> list[dict[str, Any]]:
        """Return every webhook item that came, in order."""
        return [item for _, body in self.posts for entry in json.loads(body)["entry"] for item in entry["messaging"]]

    def kinds(self) -> list[str]:
        """Return what came, in order: echo, delivery, read, message, ..."""
        return [kind_of(item) for item in self.items()]


def kind_of(item: dict[str, Any]) -> str:
    """Return the word for a webhook item."""
    if item.get("message", {}).get("is_echo"):
        return "echo"
    return next(key for key in item if key not in {"sender", "recipient", "timestamp"})


@dataclass
class LivePage:
    """One Page over HTTP, with a webhook that listens."""

    url: str
    config: MessengerConfig
    clock: VirtualClock
    receiver: Receiver
    http: requests.Session

    def person(self, **wanted: Any) -> str:
        """Make somebody through the control API."""
        return str(self.control("POST", "/people", **wanted)["psids"][0])

    def control(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """Make one call to the control API and return its JSON."""
        response = self.http.request(method, f"{self.url}/_sim{path}", json=body)
        assert response.ok, response.text
        found: dict[str, Any] = response.json()
        return found

    def send(self, psid: str, text: str = "hello", metadata: str = "m:1", **options: Any) -> requests.Response:
        """Make one send over the wire."""
        message = {"text": text, "metadata": metadata}
        body = {"recipient": {"id": psid}, "messaging_type": "UPDATE", "message": message}
        return self.http.post(f"{self.url}/v26.0/me/messages", json=body, timeout=5, **options)

    def settle(self) -> None:
        """Wait until every webhook is through."""
        assert self.control("POST", "/settle")["settled"]


@contextlib.contextmanager
def live_page(**settings: Any) -> Iterator[LivePage]:
    """Start a Page and its app's webhook; stop both in the end."""
    receiver = Receiver()
    listening = start_in_thread(receiver.app)
    receiver.url = f"{listening.url}/webhook"
    config = MessengerConfig(
        **{
            "rates": "off",
            "webhook_url": receiver.url,
            "app_secret": "",
            "webhook_retry_seconds": (0.0, 0.0, 0.0),
            **settings,
        }
    )
    clock = VirtualClock(START, running=False)
    running = MessengerSimulator(config, clock).start_in_thread()
    with requests.Session() as http:
        http.headers["Authorization"] = f"Bearer {config.token}"
        http.trust_env = False
        try:
            yield LivePage(running.url, config, clock, receiver, http)
        finally:
            running.stop()
            listening.stop()
