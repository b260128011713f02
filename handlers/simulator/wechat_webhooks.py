"""Posts what happens to the account's webhook: signed, encrypted by mode, three times if need be."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import aiohttp

from handlers.simulator.clock import VirtualClock
from handlers.simulator.faults import Drawn, FaultBoard
from handlers.simulator.stream import Stream
from handlers.simulator.wechat_config import WeChatConfig
from handlers.simulator.wechat_crypto import Cipherer, sign
from handlers.simulator.wechat_xml import written

Json = dict[str, Any]

_NOWHERE = -1
_NO_ANSWER = 0


class Posted(NamedTuple):
    """The last answer to a webhook. `status` 0 stands for no answer at all, -1 for nowhere to post to."""

    status: int
    body: bytes


class Webhooks:
    """The webhooks of one account, on their way to one URL."""

    def __init__(self, config: WeChatConfig, clock: VirtualClock, faults: FaultBoard, stream: Stream) -> None:
        self._config, self._clock, self._faults, self._stream = config, clock, faults, stream
        self.cipherer = Cipherer(config.aes_key, config.app_id) if config.aes_key else None
        self.posted = self.failed = self.retried = self.doubled = 0
        self._posting: set[asyncio.Task[Posted]] = set()
        self._http: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Get ready to post. Needs a running loop."""
        self._http = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self._config.webhook_timeout_seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        """Stop; what is on its way is lost."""
        for task in self._posting:
            task.cancel()
        await asyncio.gather(*self._posting, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    @property
    def pending(self) -> int:
        """How many events are not through yet."""
        return len(self._posting)

    def tell(self, fields: Mapping[str, object], openid: str) -> None:
        """Post an event without waiting for it."""
        task = asyncio.create_task(self.post(fields, openid))
        self._posting.add(task)
        task.add_done_callback(self._posting.discard)

    async def post(self, fields: Mapping[str, object], openid: str) -> Posted:
        """Post a message or an event until it is answered 200, at most as often as the platform does."""
        if not self._config.webhook_url:
            return Posted(_NOWHERE, b"")
        struck = self._faults.draw("webhook")
        body, encrypt = self._body(fields)
        posted = Posted(_NO_ANSWER, b"")
        for attempt in range(self._config.webhook_attempts):
            began = time.monotonic()
            posted = await self._post(body, encrypt, openid, struck)
            if posted.status == 200:
                break
            if attempt + 1 < self._config.webhook_attempts:
                self.retried += 1
                await asyncio.sleep(max(0.0, self._config.webhook_gap_seconds - (time.monotonic() - began)))
        if "doubled_webhook" in struck:
            self.doubled += 1
            await self._post(body, encrypt, openid, struck)
        if posted.status == 200:
            self.posted += 1
        else:
            self.failed += 1
        self._stream.tell("webhook", {"status": posted.status, "events": 1, "at": self._clock.millis()})
        return posted

    async def settle(self, within_seconds: float) -> bool:
        """Wait until no event is on its way; say whether that came about in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_seconds):
                while self._posting:
                    await asyncio.wait(self._posting)
        return not self._posting

    async def verify(self, token: str) -> Json:
        """Ask the webhook for its handshake, as the console does when the URL is entered; never encrypted."""
        assert self._http is not None
        echo = str(secrets.randbelow(10**19))
        query = {**self._signature(token, self._clock.millis() // 1000), "echostr": echo}
        async with self._http.get(self._config.webhook_url, params=query) as response:
            return {"status": response.status, "verified": await response.text() == echo}

    def _body(self, fields: Mapping[str, object]) -> tuple[bytes, str]:
        """Return the bytes of a webhook, and the ciphertext in them."""
        plain = written(fields)
        if self._config.mode == "plain":
            return plain.encode(), ""
        assert self.cipherer is not None
        encrypt = self.cipherer.encrypt(plain)
        beside = fields if self._config.mode == "compatible" else {"ToUserName": fields["ToUserName"]}
        return written({**beside, "Encrypt": encrypt}).encode(), encrypt

    def _signature(self, token: str, at: int) -> dict[str, str]:
        timestamp, nonce = str(at), str(secrets.randbelow(10**10))
        return {"signature": sign(token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}

    async def _post(self, body: bytes, encrypt: str, openid: str, struck: Drawn) -> Posted:
        """Make one attempt; timestamp, nonce and signatures are fresh, the body is the same each time."""
        assert self._http is not None
        token = "not the token" if "bad_signature" in struck else self._config.token
        at = self._clock.millis() // 1000 - int(struck.get("old_timestamp", {}).get("seconds", 0))
        query = {**self._signature(token, at), "openid": openid}
        if encrypt:
            query["encrypt_type"] = "aes"
            query["msg_signature"] = sign(token, query["timestamp"], query["nonce"], encrypt)
        try:
            async with self._http.post(
                self._config.webhook_url, params=query, data=body, headers={"Content-Type": "text/xml"}
            ) as response:
                return Posted(response.status, await response.read())
        except (aiohttp.ClientError, TimeoutError, ConnectionError):
            return Posted(_NO_ANSWER, b"")
