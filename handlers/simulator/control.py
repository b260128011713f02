"""What the control APIs of all simulators have in common: their manners, the clock, the faults, the feed."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Protocol

from aiohttp import web

from handlers.simulator.clock import VirtualClock
from handlers.simulator.faults import FaultBoard
from handlers.simulator.stream import Stream

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Row = tuple[str, str, Handler]


class BadRequest(ValueError):
    """A request to the control API that cannot be done; the sentence says what was expected."""


class Simulated(Protocol):
    """One simulated account, as far as the common control needs it."""

    clock: VirtualClock
    stream: Stream

    @property
    def faults(self) -> FaultBoard:
        """The faults in force; another board after a reset."""
        ...

    def head_count(self) -> int:
        """Return how many people there are."""
        ...

    async def reset(self) -> None:
        """Start over as configured, with the clock where it is."""
        ...


class CommonControl:
    """The handlers every simulator has. Everything is JSON; a refusal is `{"error": sentence}`."""

    def __init__(self, simulated: Simulated) -> None:
        self._simulated = simulated

    def rows(self) -> tuple[Row, ...]:
        """Return method, path below `/_sim` and handler of each."""
        return (
            ("GET", "/faults", self._list_faults),
            ("POST", "/faults", self._add_fault),
            ("DELETE", "/faults", self._clear_faults),
            ("GET", "/clock", self._show_clock),
            ("POST", "/clock", self._advance),
            ("POST", "/reset", self._reset),
            ("GET", "/stream", self._simulated.stream.serve),
        )

    async def _list_faults(self, _request: web.Request) -> web.Response:
        board = self._simulated.faults
        known = [
            {"name": fault.name, "sentence": fault.sentence, "options": dict(fault.options)}
            for fault in board.known.values()
        ]
        return answer({"rules": [rule.as_json() for rule in board.rules()], "known": known})

    async def _add_fault(self, request: web.Request) -> web.Response:
        """Put a fault up: `{name, next_calls?, every?, fraction?, seed?, people?, calls?, <options>}`."""
        return answer(self._simulated.faults.add(await read_body(request)).as_json())

    async def _clear_faults(self, request: web.Request) -> web.Response:
        """Take all faults down, or `?name=` only."""
        return answer({"removed": self._simulated.faults.clear(request.query.get("name"))})

    async def _show_clock(self, _request: web.Request) -> web.Response:
        return answer(self._time())

    async def _advance(self, request: web.Request) -> web.Response:
        """Move the clock: `{advance_seconds}`."""
        self._simulated.clock.advance(timedelta(seconds=float((await read_body(request))["advance_seconds"])))
        return answer(self._time())

    def _time(self) -> Json:
        return {"now": self._simulated.clock.now().isoformat(), "millis": self._simulated.clock.millis()}

    async def _reset(self, _request: web.Request) -> web.Response:
        """Start over as it was set up: people, phones, counters, faults. The clock stays where it is."""
        await self._simulated.reset()
        return answer({"people": self._simulated.head_count()})


def routes(table: tuple[Row, ...], nobody: type[Exception], sentence: str) -> list[web.RouteDef]:
    """Return the routes below `/_sim`; `nobody` is raised for people who do not exist and answered 404."""
    return [web.route(method, "/_sim" + path, _in_words(handler, nobody, sentence)) for method, path, handler in table]


def _in_words(handler: Handler, nobody: type[Exception], sentence: str) -> Handler:
    """Turn the mistakes of a caller into a status and a sentence."""

    async def respond(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except nobody:
            return answer({"error": sentence}, status=404)
        except ValueError as error:
            return answer({"error": str(error)}, status=400)
        except (KeyError, TypeError) as error:
            return answer({"error": f"The request is incomplete or of the wrong type: {error}."}, status=400)

    return respond


def answer(body: Json, status: int = 200) -> web.Response:
    """Return JSON that a page from anywhere may read."""
    return web.json_response(body, status=status, headers={"Access-Control-Allow-Origin": "*"})


async def read_body(request: web.Request) -> Json:
    """Return the JSON object of a request, empty where there is no body. Raises `BadRequest` for other JSON."""
    raw = await request.read()
    body = json.loads(raw) if raw else {}
    if not isinstance(body, dict):
        raise BadRequest("The body is a JSON object.")
    return body


def since(request: web.Request) -> int:
    """Return `?since=`, which is the `next` of the answer before."""
    return int(request.query.get("since", 0))
