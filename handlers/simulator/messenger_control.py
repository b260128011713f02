"""The control API under `/_sim/`: what tests, benchmarks and the playground do to the simulated Page."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from aiohttp import web

from handlers.simulator.faults import FAULTS
from handlers.simulator.messenger_errors import GraphError
from handlers.simulator.messenger_page import SimulatedPage
from handlers.simulator.messenger_people import PROFILE_FIELDS, STATES
from handlers.simulator.messenger_record import OnPhone
from handlers.simulator.messenger_say import say

Json = dict[str, Any]

_PAGE_OF_PEOPLE = 100
_PEOPLE_MOST = 2_000_000
_SETTLE_SECONDS = 10.0
_HOUR_MS = 60 * 60 * 1000


class BadRequest(ValueError):
    """A request to the control API that cannot be done; the sentence says what was expected."""


class Control:
    """The handlers of the control API. Everything is JSON; a refusal is `{"error": sentence}`."""

    def __init__(self, page: SimulatedPage) -> None:
        self._page = page

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the control API."""
        table: tuple[tuple[str, str, Callable[[web.Request], Awaitable[web.StreamResponse]]], ...] = (
            ("POST", "/people", self._add_people),
            ("GET", "/people", self._list_people),
            ("GET", "/people/{psid}", self._show_person),
            ("POST", "/people/{psid}", self._change_person),
            ("GET", "/people/{psid}/messages", self._phone),
            ("POST", "/say", self._say),
            ("POST", "/event", self._event),
            ("POST", "/verify", self._verify),
            ("GET", "/sends", self._sends),
            ("GET", "/counts", self._counts),
            ("POST", "/settle", self._settle),
            ("GET", "/faults", self._list_faults),
            ("POST", "/faults", self._add_fault),
            ("DELETE", "/faults", self._clear_faults),
            ("POST", "/templates", self._judge_template),
            ("GET", "/clock", self._show_clock),
            ("POST", "/clock", self._advance),
            ("POST", "/reset", self._reset),
            ("GET", "/stream", self._page.stream.serve),
        )
        return [web.route(method, "/_sim" + path, _in_words(handler)) for method, path, handler in table]

    async def _add_people(self, request: web.Request) -> web.Response:
        """Make people: `{count?, window_hours?, states?, profile?}`; a window of null: they never wrote."""
        body, world = await _body(request), self._page.world
        count, hours = int(body.get("count", 1)), body.get("window_hours", self._page.config.window_hours)
        if not 1 <= count <= _PEOPLE_MOST:
            raise BadRequest(f"'count' is between 1 and {_PEOPLE_MOST}; {count} was given.")
        expires = self._window_end(hours)
        numbers = world.people.add(count, expires)
        for number in numbers if body.keys() & {"profile", "states"} else ():
            self._change(number, {"profile": body.get("profile", {}), **body.get("states", {})})
        return _answer({"psids": [world.people.psid(number) for number in numbers]})

    async def _list_people(self, request: web.Request) -> web.Response:
        """List people: `?since=<number>&limit=`."""
        people = self._page.world.people
        first, limit = _since(request), int(request.query.get("limit", _PAGE_OF_PEOPLE))
        numbers = range(first, min(first + limit, len(people)))
        return _answer(
            {"people": [people.as_json(number) for number in numbers], "next": numbers.stop, "count": len(people)}
        )

    async def _show_person(self, request: web.Request) -> web.Response:
        people = self._page.world.people
        return _answer(people.as_json(people.find(request.match_info["psid"])))

    async def _change_person(self, request: web.Request) -> web.Response:
        """Change a person: states by name with true or false, `window_hours`, `profile`."""
        people = self._page.world.people
        number = people.find(request.match_info["psid"])
        self._change(number, await _body(request))
        return _answer(people.as_json(number))

    def _change(self, number: int, body: Json) -> None:
        people = self._page.world.people
        if stray := sorted(body.keys() - STATES.keys() - {"window_hours", "profile"}):
            raise BadRequest(f"{stray[0]!r} is not one of {', '.join(STATES)}, window_hours, profile.")
        people.set_states(number, {name: bool(body[name]) for name in STATES if name in body})
        if "window_hours" in body:
            people.set_window(number, self._window_end(body["window_hours"]))
        if profile := body.get("profile"):
            if stray := sorted(profile.keys() - set(PROFILE_FIELDS)):
                raise BadRequest(f"{stray[0]!r} is not one of the profile fields {', '.join(PROFILE_FIELDS)}.")
            people.set_profile(number, profile)

    def _window_end(self, hours: float | None) -> int:
        return 0 if hours is None else self._page.clock.millis() + int(hours * _HOUR_MS)

    async def _phone(self, request: web.Request) -> web.Response:
        """Tell what is on a person's phone: `?since=` is the `next` of the answer before."""
        psid, since = request.match_info["psid"], _since(request)
        self._page.world.people.find(psid)
        thread = self._page.world.record.phones.get(psid, [])
        return _answer({"messages": [message.as_json(psid) for message in thread[since:]], "next": len(thread)})

    async def _say(self, request: web.Request) -> web.Response:
        """Let a person act and post the webhook: `{psid, text | quick_reply | postback | ...}`."""
        body, page = await _body(request), self._page
        psid = str(body.get("psid", ""))
        said = say(page.world, page.config, page.clock, psid, body)
        shown = OnPhone(said.mid, "person", said.shown, said.item["timestamp"])
        page.stream.tell("message", shown.as_json(psid))
        return _answer({"status": await page.world.webhooks.tell([said.item]), "mid": said.mid})

    async def _event(self, request: web.Request) -> web.Response:
        """Post `{items: [...]}` as they are, signed, in one notification: for events nobody's tap makes."""
        items = (await _body(request)).get("items")
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise BadRequest("'items' is a list of webhook items.")
        return _answer({"status": await self._page.world.webhooks.tell(items)})

    async def _verify(self, request: web.Request) -> web.Response:
        """Make the handshake with the app's webhook: `{verify_token}`."""
        token = str((await _body(request)).get("verify_token", ""))
        return _answer(await self._page.world.webhooks.verify(token))

    async def _sends(self, request: web.Request) -> web.Response:
        """List accepted sends in order: `?since=` is the `next` of the answer before."""
        sends, since = self._page.world.record.sends, _since(request)
        return _answer({"sends": [sent.as_json() for sent in sends[since:]], "next": len(sends)})

    async def _counts(self, _request: web.Request) -> web.Response:
        world = self._page.world
        record, webhooks = world.record, world.webhooks
        return _answer(
            {
                "calls": record.calls,
                "accepted": record.accepted,
                "refused": dict(record.refused),
                "in_flight": record.in_flight,
                "most_in_flight": record.most_in_flight,
                "people": len(world.people),
                "most_per_person": world.people.most_received(),
                "most_per_metadata": record.most_per_metadata() if record.keep else None,
                "repeated": record.repeated() if record.keep else None,
                "stream_missed": self._page.stream.missed,
                "webhooks": {
                    "posted": webhooks.posted,
                    "failed": webhooks.failed,
                    "retried": webhooks.retried,
                    "pending": webhooks.pending,
                    "dropped": webhooks.dropped,
                    "events": webhooks.events,
                    "disabled": webhooks.disabled,
                },
            }
        )

    async def _settle(self, request: web.Request) -> web.Response:
        """Wait until no webhook is pending: `{seconds?}`."""
        seconds = float((await _body(request)).get("seconds", _SETTLE_SECONDS))
        return _answer({"settled": await self._page.world.webhooks.settle(seconds)})

    async def _list_faults(self, _request: web.Request) -> web.Response:
        known = [{"name": fault.name, "sentence": fault.sentence, "options": dict(fault.options)} for fault in FAULTS]
        rules = [rule.as_json() for rule in self._page.world.faults.rules()]
        return _answer({"rules": rules, "known": known})

    async def _add_fault(self, request: web.Request) -> web.Response:
        """Put a fault up: `{name, next_calls?, every?, fraction?, seed?, people?, <options>}`."""
        return _answer(self._page.world.faults.add(await _body(request)).as_json())

    async def _clear_faults(self, request: web.Request) -> web.Response:
        """Take all faults down, or `?name=` only."""
        return _answer({"removed": self._page.world.faults.clear(request.query.get("name"))})

    async def _judge_template(self, request: web.Request) -> web.Response:
        """Set a template's status: `{name, status}`."""
        body = await _body(request)
        if not self._page.world.templates.set_status(body.get("name"), body.get("status")):
            raise BadRequest(f"There is no template named {body.get('name')!r}.")
        return _answer({"success": True})

    async def _show_clock(self, _request: web.Request) -> web.Response:
        return _answer(self._time())

    async def _advance(self, request: web.Request) -> web.Response:
        """Move the clock: `{advance_seconds}`."""
        self._page.clock.advance(timedelta(seconds=float((await _body(request))["advance_seconds"])))
        return _answer(self._time())

    def _time(self) -> Json:
        return {"now": self._page.clock.now().isoformat(), "millis": self._page.clock.millis()}

    async def _reset(self, _request: web.Request) -> web.Response:
        """Start over as it was set up: people, phones, counters, faults. The clock stays where it is."""
        await self._page.reset()
        return _answer({"people": len(self._page.world.people)})


def _in_words(
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Turn the mistakes of a caller into a status and a sentence."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except GraphError:
            return _answer({"error": "There is nobody with this PSID."}, status=404)
        except ValueError as error:
            return _answer({"error": str(error)}, status=400)
        except (KeyError, TypeError) as error:
            return _answer({"error": f"The request is incomplete or of the wrong type: {error}."}, status=400)

    return answer


def _answer(body: Json, status: int = 200) -> web.Response:
    return web.json_response(body, status=status, headers={"Access-Control-Allow-Origin": "*"})


async def _body(request: web.Request) -> Json:
    raw = await request.read()
    body = json.loads(raw) if raw else {}
    if not isinstance(body, dict):
        raise BadRequest("The body is a JSON object.")
    return body


def _since(request: web.Request) -> int:
    return int(request.query.get("since", 0))
