"""Carries Graph calls over HTTP: reads requests, writes answers, and breaks the line where a fault says so."""

import asyncio
import random

from aiohttp import web

from handlers.simulator.line import GATEWAY_PAGE, cut
from handlers.simulator.messenger_errors import GraphError
from handlers.simulator.messenger_graph import read_body, read_target
from handlers.simulator.messenger_messages import Answer
from handlers.simulator.messenger_page import SimulatedPage
from handlers.simulator.messenger_record import OnPhone

BODY_MOST = 26_000_000  # bytes; a little above the 25 MB the platform takes, so that it can refuse in words

# The oldest Graph version alive (v21.0, until 21 Jan 2027) serves calls to all before it.
OLDEST_VERSION = 21.0


class Wire:
    """The HTTP side of one Page's Graph."""

    def __init__(self, page: SimulatedPage) -> None:
        self._page = page
        self._dice = random.Random(page.config.page_id)  # noqa: S311 - spreads the simulated latency

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one HTTP request as graph.facebook.com would."""
        record = self._page.world.record
        record.in_flight += 1
        record.most_in_flight = max(record.most_in_flight, record.in_flight)
        try:
            return await self._serve(request)
        finally:
            record.in_flight -= 1

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        target = read_target(request.raw_path)
        raw = await request.read()
        least, most = self._page.config.latency_ms
        if most:
            await asyncio.sleep(self._dice.uniform(least, most) / 1000)
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            body = read_body(raw, request.headers.get("Content-Type", ""))
        except GraphError as error:
            answer = Answer(error.body(), error.row.status)
            self._page.world.record.refused[error.label] += 1
        else:
            answer = self._page.graph.call(request.method, target, body, bearer)
        if answer.early:
            items = [item for sent in answer.sent for item in self._page.world.webhooks.items(sent)]
            await self._page.world.webhooks.tell(items)
        if answer.delay_seconds:
            await asyncio.sleep(answer.delay_seconds)
        if answer.line in {"hold", "reset"}:
            return await self._break(request, answer)
        try:
            return await self._write(request, answer, target.version)
        finally:
            self._after(answer)

    async def _break(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        """Close the line without an answer; what was sent has its webhooks meanwhile."""
        self._after(answer)
        await asyncio.sleep(answer.hold_seconds)
        cut(request, reset=answer.line == "reset")
        return web.Response()

    async def _write(self, request: web.Request, answer: Answer, version: str) -> web.StreamResponse:
        if answer.line == "gateway":
            response = web.Response(body=GATEWAY_PAGE, status=502, content_type="text/html")
        else:
            response = web.Response(
                body=answer.body,
                status=answer.status,
                headers={
                    "Content-Type": "application/json; charset=UTF-8",
                    "facebook-api-version": self._served_version(version),
                    **answer.headers,
                },
            )
        # Written here and not by the caller, so that the webhooks of this call come after its answer.
        await response.prepare(request)
        await response.write_eof()
        return response

    def _after(self, answer: Answer) -> None:
        for sent in answer.sent:
            if not answer.early:
                self._page.world.webhooks.sent(sent)
            shown = OnPhone(sent.mid, "page", sent.message, sent.at)
            self._page.stream.tell("message", shown.as_json(sent.psid))

    def _served_version(self, asked: str) -> str:
        try:
            return f"v{max(float(asked), OLDEST_VERSION)}" if asked else f"v{self._page.config.api_version}"
        except ValueError:
            return f"v{self._page.config.api_version}"
