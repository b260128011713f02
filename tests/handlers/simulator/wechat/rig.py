"""What the WeChat simulator's tests stand on: an account without a network, and one with a webhook that listens."""

import asyncio
import contextlib
import json
import re
import xml.etree.ElementTree as ET
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from aiohttp import web

from handlers.simulator.clock import VirtualClock
from handlers.simulator.serving import start_in_thread
from handlers.simulator.wechat import WeChatSimulator
from handlers.simulator.wechat_account import SimulatedAccount
from handlers.simulator.wechat_api import Call
from handlers.simulator.wechat_config import WeChatConfig
from handlers.simulator.wechat_media import Upload

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # 18:00 in China
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
JPEG = b"\xff\xd8\xff" + bytes(32)
RID = re.compile(r" rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$")


class OfflineAccount:
    """One account whose API is called directly; the clock stands still until it is moved."""

    def __init__(self, start: datetime = START, **settings: Any) -> None:
        self.config = WeChatConfig(**settings)
        self.clock = VirtualClock(start, running=False)
        self.account = SimulatedAccount(self.config, self.clock)
        self.world = self.account.world
        self._token = ""
        self._renew_at = 0

    def people(self, count: int = 1, **states: bool) -> list[str]:
        """Make followers, in these states."""
        numbers = self.world.people.add(count, self.clock.millis())
        for number in numbers:
            self.world.people.set_states(number, states)
        return [self.world.people.openid(number) for number in numbers]

    def person(self, *acts: str) -> str:
        """Make a follower whose acts have just opened these allowances."""
        (openid,) = self.people()
        for act in acts:
            self.world.windows.open(self.world.people.find(openid), act, self.clock.millis())
        return openid

    def token(self) -> str:
        """Return a token that serves now."""
        if self.clock.millis() >= self._renew_at:
            given = {"grant_type": "client_credential", "appid": self.config.app_id, "secret": self.config.app_secret}
            self._token = self.world.tokens.stable(given, self.clock.millis())["access_token"]
            self._renew_at = self.clock.millis() + 3_600_000
        return self._token

    def raw(self, path: str, raw: bytes, method: str = "POST", **query: str) -> dict[str, Any]:
        """Make a call with this body and a good token."""
        call = Call(method, path, {"access_token": self.token(), **query}, raw)
        found: dict[str, Any] = json.loads(self.account.api.call(call).body)
        return found

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        """Make a POST with JSON."""
        return self.raw(path, json.dumps(body, ensure_ascii=False).encode())

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """Make a GET."""
        return self.raw(path, b"", "GET", **query)

    def upload(self, path: str, data: bytes = PNG, kind: str = "image") -> dict[str, Any]:
        """Upload a file."""
        query = {"access_token": self.token(), "type": kind}
        call = Call("POST", path, query, upload=Upload("file", "image/png", data))
        found: dict[str, Any] = json.loads(self.account.api.call(call).body)
        return found

    def cover(self) -> str:
        """Upload a permanent picture."""
        return str(self.upload("material/add_material")["media_id"])

    def draft(self, count: int = 1, **more: Any) -> str:
        """Make a draft of this many articles."""
        article = {"title": "Sale", "content": "<p>Everything</p>", "thumb_media_id": self.cover(), **more}
        return str(self.post("draft/add", articles=[article] * count)["media_id"])

    def text(self, openid: str, content: str = "hello") -> dict[str, Any]:
        """Send a customer-service text."""
        return self.post("message/custom/send", touser=openid, msgtype="text", text={"content": content})

    def sendall(self, tag: Any = None, **more: Any) -> dict[str, Any]:
        """Send a text to everybody, or to a tag."""
        aim = {"is_to_all": True} if tag is None else {"is_to_all": False, "tag_id": tag}
        return self.post("message/mass/sendall", **{**mass_text(), "filter": aim, **more})

    def send(self, openids: list[Any], **more: Any) -> dict[str, Any]:
        """Send a text to a list."""
        return self.post("message/mass/send", **{**mass_text(), "touser": openids, **more})

    def tag(self, openids: list[str], name: str = "gold") -> int:
        """Make a tag that these carry."""
        tag = int(self.post("tags/create", tag={"name": name})["tag"]["id"])
        for first in range(0, len(openids), 50):
            self.post("tags/members/batchtagging", openid_list=openids[first : first + 50], tagid=tag)
        return tag

    def finish(self) -> Any:
        """Do the jobs that are due and return the last."""
        asyncio.run(self.account.runner.run_due())
        return self.world.jobs.all[-1] if self.world.jobs.all else None

    def counts(self) -> tuple[int, int, int, int]:
        """Do the jobs that are due and return the counts of the last: total, filter, sent, error."""
        job = self.finish()
        return job.total, job.filtered, job.sent, job.errors

    def later(self, **by: float) -> None:
        """Move the clock."""
        self.clock.advance(timedelta(**by))


def mass_text(content: str = "hello") -> dict[str, Any]:
    """Return a mass text."""
    return {"msgtype": "text", "text": {"content": content}}


def code(answer: dict[str, Any]) -> int:
    """Return the errcode of an answer; 0 where it has none. What is refused has its rid."""
    found = int(answer.get("errcode", 0))
    assert found == 0 or RID.search(answer["errmsg"])
    return found


@dataclass
class Received:
    """One webhook as it came."""

    query: dict[str, str]
    body: bytes

    def fields(self) -> dict[str, str | None]:
        """Return the fields of its XML, the outermost only."""
        return {element.tag: element.text for element in ET.fromstring(self.body)}

    def find(self, path: str) -> str | None:
        """Return the text at a path of its XML."""
        return ET.fromstring(self.body).findtext(path)


Answer = bytes | int


@dataclass
class Receiver:
    """A bot's webhook: keeps what is posted, answers `success` or what it is told to."""

    posts: list[Received] = field(default_factory=list)
    answers: deque[Answer] = field(default_factory=deque)
    always: Answer = b"success"
    silent: bool = False

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/webhook", self._post)
        app.router.add_get("/webhook", self._get)
        return app

    async def _post(self, request: web.Request) -> web.Response:
        self.posts.append(Received(dict(request.query), await request.read()))
        if self.silent:
            await asyncio.Event().wait()
        answer = self.answers.popleft() if self.answers else self.always
        return web.Response(status=answer) if isinstance(answer, int) else web.Response(body=answer)

    async def _get(self, request: web.Request) -> web.Response:
        self.posts.append(Received(dict(request.query), b""))
        return web.Response(text=request.query["echostr"])


@dataclass
class LiveAccount:
    """One account over HTTP, with a webhook that listens."""

    url: str
    config: WeChatConfig
    clock: VirtualClock
    receiver: Receiver
    http: requests.Session

    def control(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """Make one call to the control API and return its JSON."""
        response = self.http.request(method, f"{self.url}/_sim{path}", json=body or None)
        assert response.ok, response.text
        found: dict[str, Any] = response.json()
        return found

    def people(self, count: int = 1, **wanted: Any) -> list[str]:
        """Make followers through the control API."""
        return list(self.control("POST", "/people", count=count, **wanted)["openids"])

    def say(self, openid: str, **act: Any) -> dict[str, Any]:
        """Let somebody act."""
        return self.control("POST", "/say", openid=openid, **act)

    def phone(self, openid: str, since: int = 0) -> list[dict[str, Any]]:
        """Return what is on a phone."""
        return list(self.control("GET", f"/people/{openid}/messages?since={since}")["messages"])

    def token(self) -> str:
        """Return a token that serves."""
        given = {"grant_type": "client_credential", "appid": self.config.app_id, "secret": self.config.app_secret}
        return str(self.http.post(f"{self.url}/cgi-bin/stable_token", json=given).json()["access_token"])

    def call(self, path: str, **body: Any) -> requests.Response:
        """Make one API call over the wire."""
        url = f"{self.url}/cgi-bin/{path}?access_token={self.token()}"
        return self.http.post(url, data=json.dumps(body, ensure_ascii=False).encode(), timeout=2)

    def settle(self) -> None:
        """Wait until jobs are done and webhooks through."""
        assert self.control("POST", "/settle")["settled"]


@contextlib.contextmanager
def live_account(**settings: Any) -> Iterator[LiveAccount]:
    """Start an account and its webhook; stop both in the end."""
    receiver = Receiver()
    listening = start_in_thread(receiver.app)
    config = WeChatConfig(
        **{
            "webhook_url": f"{listening.url}/webhook",
            "webhook_gap_seconds": 0.0,
            "webhook_timeout_seconds": 0.5,
            **settings,
        }
    )
    clock = VirtualClock(START, running=False)
    running = WeChatSimulator(config, clock).start_in_thread()
    with requests.Session() as http:
        http.trust_env = False
        try:
            yield LiveAccount(running.url, config, clock, receiver, http)
        finally:
            running.stop()
            listening.stop()
