"""Carries API calls over HTTP: reads requests, writes answers, and breaks the line where a fault says so."""

import asyncio
import random

from aiohttp import web
from aiohttp.web_request import FileField

from handlers.simulator.line import GATEWAY_PAGE, cut
from handlers.simulator.wechat_account import SimulatedAccount
from handlers.simulator.wechat_api import Answer, Call
from handlers.simulator.wechat_media import Upload

BODY_MOST = 12_000_000  # bytes; a little above the 10 MB the platform takes, so that it can refuse in words

_ROOT = "/cgi-bin/"


class Wire:
    """The HTTP side of one account's API."""

    def __init__(self, account: SimulatedAccount) -> None:
        self._account = account
        self._dice = random.Random(account.config.app_id)  # noqa: S311 - spreads the simulated latency

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one HTTP request as api.weixin.qq.com would."""
        record = self._account.world.record
        record.in_flight += 1
        record.most_in_flight = max(record.most_in_flight, record.in_flight)
        try:
            return await self._serve(request)
        finally:
            record.in_flight -= 1

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        call = await _read(request)
        least, most = self._account.config.latency_ms
        if most:
            await asyncio.sleep(self._dice.uniform(least, most) / 1000)
        answer = self._account.api.call(call)
        if answer.delay_seconds:
            await asyncio.sleep(answer.delay_seconds)
        if answer.line in {"hold", "reset"}:
            self._account.runner.wake()
            await asyncio.sleep(answer.hold_seconds)
            cut(request, reset=answer.line == "reset")
            return web.Response()
        try:
            return await _write(request, answer)
        finally:
            # Jobs begin once their call is answered: their events come after the answer.
            self._account.runner.wake()


async def _read(request: web.Request) -> Call:
    path = request.path.removeprefix(_ROOT) if request.path.startswith(_ROOT) else request.path
    if not request.content_type.startswith("multipart/"):
        return Call(request.method, path, request.query, await request.read())
    try:
        form = await request.post()
    except ValueError:
        return Call(request.method, path, request.query)
    found = form.get("media")
    if not isinstance(found, FileField):
        return Call(request.method, path, request.query)
    upload = Upload(found.filename, found.content_type, found.file.read())
    return Call(request.method, path, request.query, upload=upload)


async def _write(request: web.Request, answer: Answer) -> web.StreamResponse:
    if answer.line == "gateway":
        response = web.Response(body=GATEWAY_PAGE, status=502, content_type="text/html")
    else:
        response = web.Response(body=answer.body, status=answer.status, content_type=answer.content_type)
        if answer.content_type == "application/json":
            response.charset = "utf-8"
    await response.prepare(request)
    await response.write_eof()
    return response
