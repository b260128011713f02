"""The control API under `/_sim/`: what tests, benchmarks and the playground do to the simulated Page."""

from aiohttp import web

from handlers.simulator.control import BadRequest, CommonControl, Json, Row, answer, read_body, routes, since
from handlers.simulator.messenger_errors import GraphError
from handlers.simulator.messenger_page import SimulatedPage
from handlers.simulator.messenger_people import PROFILE_FIELDS, STATES
from handlers.simulator.messenger_record import OnPhone
from handlers.simulator.messenger_say import say

_PAGE_OF_PEOPLE = 100
_PEOPLE_MOST = 2_000_000
_SETTLE_SECONDS = 10.0
_HOUR_MS = 60 * 60 * 1000


class Control:
    """The handlers of the control API. Everything is JSON; a refusal is `{"error": sentence}`."""

    def __init__(self, page: SimulatedPage) -> None:
        self._page = page

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the control API."""
        table: tuple[Row, ...] = (
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
            ("POST", "/templates", self._template),
        )
        return routes(
            table + CommonControl(self._page).rows(), nobody=GraphError, sentence="There is nobody with this PSID."
        )

    async def _add_people(self, request: web.Request) -> web.Response:
        """Make people: `{count?, window_hours?, states?, profile?}`; a window of null: they never wrote."""
        body, world = await read_body(request), self._page.world
        count, hours = int(body.get("count", 1)), body.get("window_hours", self._page.config.window_hours)
        if not 1 <= count <= _PEOPLE_MOST:
            raise BadRequest(f"'count' is between 1 and {_PEOPLE_MOST}; {count} was given.")
        expires = self._window_end(hours)
        numbers = world.people.add(count, expires)
        for number in numbers if body.keys() & {"profile", "states"} else ():
            self._change(number, {"profile": body.get("profile", {}), **body.get("states", {})})
        return answer({"psids": [world.people.psid(number) for number in numbers]})

    async def _list_people(self, request: web.Request) -> web.Response:
        """List people: `?since=<number>&limit=`."""
        people = self._page.world.people
        first, limit = since(request), int(request.query.get("limit", _PAGE_OF_PEOPLE))
        numbers = range(first, min(first + limit, len(people)))
        return answer(
            {"people": [people.as_json(number) for number in numbers], "next": numbers.stop, "count": len(people)}
        )

    async def _show_person(self, request: web.Request) -> web.Response:
        people = self._page.world.people
        return answer(people.as_json(people.find(request.match_info["psid"])))

    async def _change_person(self, request: web.Request) -> web.Response:
        """Change a person: states by name with true or false, `window_hours`, `profile`."""
        people = self._page.world.people
        number = people.find(request.match_info["psid"])
        self._change(number, await read_body(request))
        return answer(people.as_json(number))

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
        psid, first = request.match_info["psid"], since(request)
        self._page.world.people.find(psid)
        thread = self._page.world.record.phones.get(psid, [])
        return answer({"messages": [message.as_json(psid) for message in thread[first:]], "next": len(thread)})

    async def _say(self, request: web.Request) -> web.Response:
        """Let a person act and post the webhook: `{psid, text | quick_reply | postback | ...}`."""
        body, page = await read_body(request), self._page
        psid = str(body.get("psid", ""))
        said = say(page.world, page.config, page.clock, psid, body)
        shown = OnPhone(said.mid, "person", said.shown, said.item["timestamp"])
        page.stream.tell("message", shown.as_json(psid))
        return answer({"status": await page.world.webhooks.tell([said.item]), "mid": said.mid})

    async def _event(self, request: web.Request) -> web.Response:
        """Post `{items: [...]}` as they are, signed, in one notification: for events nobody's tap makes."""
        items = (await read_body(request)).get("items")
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise BadRequest("'items' is a list of webhook items.")
        return answer({"status": await self._page.world.webhooks.tell(items)})

    async def _verify(self, request: web.Request) -> web.Response:
        """Make the handshake with the app's webhook: `{verify_token}`."""
        token = str((await read_body(request)).get("verify_token", ""))
        return answer(await self._page.world.webhooks.verify(token))

    async def _sends(self, request: web.Request) -> web.Response:
        """List accepted sends in order: `?since=` is the `next` of the answer before."""
        sends, first = self._page.world.record.sends, since(request)
        return answer({"sends": [sent.as_json() for sent in sends[first:]], "next": len(sends)})

    async def _counts(self, request: web.Request) -> web.Response:
        """Tell the counters: `?metadata=` has `most_per_metadata` be of the metadata that begins so."""
        world = self._page.world
        record, webhooks = world.record, world.webhooks
        beginning = request.query.get("metadata", "")
        return answer(
            {
                "calls": record.calls,
                "accepted": record.accepted,
                "refused": dict(record.refused),
                "in_flight": record.in_flight,
                "most_in_flight": record.most_in_flight,
                "people": len(world.people),
                "most_per_person": world.people.most_received(),
                "most_per_metadata": record.most_per_metadata(beginning) if record.keep else None,
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
        seconds = float((await read_body(request)).get("seconds", _SETTLE_SECONDS))
        return answer({"settled": await self._page.world.webhooks.settle(seconds)})

    async def _template(self, request: web.Request) -> web.Response:
        """Set a template's status: `{name, status}`; or make one: `{name, language, category, components}`."""
        body = await read_body(request)
        if "components" in body:
            return answer(self._page.world.templates.add(body))
        if not self._page.world.templates.set_status(body.get("name"), body.get("status")):
            raise BadRequest(f"There is no template named {body.get('name')!r}.")
        return answer({"success": True})
