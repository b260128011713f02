"""The control API under `/_sim/`: what tests, benchmarks and the playground do to the simulated account."""

import asyncio
import contextlib
from collections import Counter

from aiohttp import web

from handlers.simulator.control import BadRequest, CommonControl, Json, Row, answer, read_body, routes, since
from handlers.simulator.wechat_account import SimulatedAccount
from handlers.simulator.wechat_calendar import china_month
from handlers.simulator.wechat_errors import Nobody
from handlers.simulator.wechat_people import STATES
from handlers.simulator.wechat_replies import OUT_OF_ORDER
from handlers.simulator.wechat_say import Act, say

_PAGE_OF_PEOPLE = 100
_PEOPLE_MOST = 2_000_000
_SETTLE_SECONDS = 10.0
_HOUR_MS = 60 * 60 * 1000
_CHANGES = {*STATES, "subscribed", "window_hours", "received_this_month"}


class Control:
    """The handlers of the control API. Everything is JSON; a refusal is `{"error": sentence}`."""

    def __init__(self, account: SimulatedAccount) -> None:
        self._account = account

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the control API."""
        table: tuple[Row, ...] = (
            ("POST", "/people", self._add_people),
            ("GET", "/people", self._list_people),
            ("GET", "/people/{openid}", self._show_person),
            ("POST", "/people/{openid}", self._change_person),
            ("GET", "/people/{openid}/messages", self._phone),
            ("POST", "/say", self._say),
            ("POST", "/event", self._event),
            ("POST", "/verify", self._verify),
            ("GET", "/sends", self._sends),
            ("GET", "/jobs", self._jobs),
            ("POST", "/jobs/{msg_id}", self._decide),
            ("GET", "/counts", self._counts),
            ("POST", "/settle", self._settle),
            ("POST", "/quotas", self._set_quotas),
            ("GET", "/menu", self._menu),
            ("GET", "/media/{media_id}", self._medium),
        )
        return routes(
            table + CommonControl(self._account).rows(), nobody=Nobody, sentence="There is nobody with this OpenID."
        )

    async def _add_people(self, request: web.Request) -> web.Response:
        """Make people: `{count?, subscribed?, window_hours?, states?}`; by default they follow and never wrote."""
        body, account = await read_body(request), self._account
        count = int(body.get("count", 1))
        if not 1 <= count <= _PEOPLE_MOST:
            raise BadRequest(f"'count' is between 1 and {_PEOPLE_MOST}; {count} was given.")
        people = account.world.people
        numbers = people.add(count, account.clock.millis(), subscribed=bool(body.get("subscribed", True)))
        change = {**body.get("states", {}), **{key: body[key] for key in ("window_hours",) if key in body}}
        for number in numbers if change else ():
            self._change(number, change)
        return answer({"openids": [people.openid(number) for number in numbers]})

    async def _list_people(self, request: web.Request) -> web.Response:
        """List people: `?since=<number>&limit=`."""
        people = self._account.world.people
        first, limit = since(request), int(request.query.get("limit", _PAGE_OF_PEOPLE))
        numbers = range(first, min(first + limit, len(people)))
        return answer(
            {"people": [self._person(number) for number in numbers], "next": numbers.stop, "count": len(people)}
        )

    async def _show_person(self, request: web.Request) -> web.Response:
        return answer(self._person(self._account.world.people.find(request.match_info["openid"])))

    async def _change_person(self, request: web.Request) -> web.Response:
        """Change a person: states by name, `subscribed`, `window_hours` (null: none), `received_this_month`."""
        number = self._account.world.people.find(request.match_info["openid"])
        self._change(number, await read_body(request))
        return answer(self._person(number))

    def _change(self, number: int, body: Json) -> None:
        world, now = self._account.world, self._account.clock.millis()
        if stray := sorted(body.keys() - _CHANGES):
            raise BadRequest(f"{stray[0]!r} is not one of {', '.join(sorted(_CHANGES))}.")
        world.people.set_states(number, {name: bool(body[name]) for name in STATES if name in body})
        if body.get("subscribed") is True:
            world.people.follow(number, now)
        elif body.get("subscribed") is False:
            world.people.unfollow(number)
        if "received_this_month" in body:
            world.people.set_received(number, int(body["received_this_month"]), china_month(now))
        if "window_hours" in body:
            world.windows.close(number)
            if body["window_hours"] is not None:
                world.windows.open(number, "message", now, int(body["window_hours"] * _HOUR_MS))

    def _person(self, number: int) -> Json:
        world, now = self._account.world, self._account.clock.millis()
        return {
            "openid": world.people.openid(number),
            "subscribed": world.people.follows(number),
            "states": world.people.states(number),
            "tags": world.tags.of(number),
            "windows": world.windows.as_json(number, now),
            "received": world.people.mass_received(number),
            "received_this_month": world.people.received_in(number, china_month(now)),
        }

    async def _phone(self, request: web.Request) -> web.Response:
        """Tell what is on a person's phone: `?since=` is the `next` of the answer before."""
        world, openid = self._account.world, request.match_info["openid"]
        messages = world.record.phone(world.people.find(openid), since(request))
        return answer({"messages": [message.as_json(openid) for message in messages], "next": world.record.last})

    async def _say(self, request: web.Request) -> web.Response:
        """Let a person act, post the webhook, and put the passive reply on their phone.

        `{openid, text | image (base64) | image_url | media | location | link | click | view | scan | subscribe |
        unsubscribe | menu_tap, bizmsgmenuid?}`. The answer's `reply` is what was shown, its `problem` what kept it
        from being shown.
        """
        body, account = await read_body(request), self._account
        openid, address = str(body.get("openid", "")), f"{request.scheme}://{request.host}"
        act = say(account.world, account.config, account.clock.millis(), address, body)
        account.stream.tell("message", act.shown.as_json(openid))
        return answer(await self._post(act, openid))

    async def _post(self, act: Act, openid: str) -> Json:
        account, world = self._account, self._account.world
        posted = await account.webhooks.post(act.fields, openid)
        to_event = act.fields["MsgType"] == "event"
        now = account.clock.millis()
        reply = account.replies.read(posted, openid, to_event=to_event, now_ms=now)
        number = world.people.find(openid)
        if reply.shown is not None and world.people.follows(number):
            shown = world.record.show(number, "page", "passive", reply.shown, now)
            account.stream.tell("message", shown.as_json(openid))
        elif reply.problem and not to_event:
            shown = world.record.show(number, "platform", "failure", {"text": OUT_OF_ORDER}, now)
            account.stream.tell("message", shown.as_json(openid))
        return {"status": posted.status, "reply": reply.shown, "problem": reply.problem, "mid": act.mid}

    async def _event(self, request: web.Request) -> web.Response:
        """Post `{openid, fields: {...}}` as they are, signed: for what nobody's tap makes."""
        body, config = await read_body(request), self._account.config
        fields, openid = body.get("fields"), str(body.get("openid", ""))
        if not isinstance(fields, dict):
            raise BadRequest("'fields' is an object of the webhook's fields.")
        at = self._account.clock.millis() // 1000
        envelope = {"ToUserName": config.original_id, "FromUserName": openid, "CreateTime": at}
        posted = await self._account.webhooks.post({**envelope, **fields}, openid)
        return answer({"status": posted.status})

    async def _verify(self, request: web.Request) -> web.Response:
        """Make the handshake with the webhook: `{token?}`."""
        token = str((await read_body(request)).get("token", self._account.config.token))
        return answer(await self._account.webhooks.verify(token))

    async def _sends(self, request: web.Request) -> web.Response:
        """List accepted customer-service messages in order: `?since=` is the `next` of the answer before."""
        world, first = self._account.world, since(request)
        sends = [message.as_json(world.people.openid(number)) for number, message in world.record.sends[first:]]
        return answer({"sends": sends, "next": len(world.record.sends)})

    async def _jobs(self, request: web.Request) -> web.Response:
        """List mass jobs in order: `?since=` is the `next` of the answer before."""
        jobs, first = self._account.world.jobs.all, since(request)
        return answer({"jobs": [job.as_json() for job in jobs[first:]], "next": len(jobs)})

    async def _decide(self, request: web.Request) -> web.Response:
        """Answer for the administrator who has to confirm a send to all: `{confirm: true | false}`."""
        job = self._account.world.jobs.find(request.match_info["msg_id"])
        if job is None or job.state != "approval":
            raise BadRequest("There is no job with this msg_id that waits for the administrator.")
        self._account.runner.decide(job, confirmed=bool((await read_body(request))["confirm"]))
        return answer(job.as_json())

    async def _counts(self, _request: web.Request) -> web.Response:
        world, webhooks = self._account.world, self._account.webhooks
        record, openid = world.record, world.people.openid
        repeated = record.repeated()
        by_id = record.repeated_clientmsgids()
        used_once = 1 if world.jobs.all else 0
        return answer(
            {
                "calls": sum(record.calls.values()),
                "by_call": dict(record.calls),
                "refused": dict(record.refused),
                "accepted": record.custom_accepted,
                "mass_delivered": record.mass_delivered,
                "in_flight": record.in_flight,
                "most_in_flight": record.most_in_flight,
                "people": len(world.people),
                "subscribed": world.people.subscribed,
                "tokens_issued": world.tokens.issued,
                "jobs": dict(Counter(job.state for job in world.jobs.all)),
                "most_per_person": world.people.most_mass(),
                "most_per_clientmsgid": max((times for *_, times in by_id), default=used_once) if record.keep else None,
                "most_per_content": record.most_per_content() if record.keep else None,
                "repeated": [[openid(number), name, times] for number, name, times in repeated + by_id]
                if record.keep
                else None,
                "stream_missed": self._account.stream.missed,
                "webhooks": {
                    "posted": webhooks.posted,
                    "failed": webhooks.failed,
                    "retried": webhooks.retried,
                    "doubled": webhooks.doubled,
                    "pending": webhooks.pending,
                },
            }
        )

    async def _settle(self, request: web.Request) -> web.Response:
        """Wait until no job is due and no webhook is on its way: `{seconds?}`."""
        seconds = float((await read_body(request)).get("seconds", _SETTLE_SECONDS))
        account, settled = self._account, False
        account.runner.wake()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while account.runner.busy():  # noqa: ASYNC110 - a test's wait; the hot path signals nothing
                    await asyncio.sleep(0.002)
                settled = await account.webhooks.settle(seconds)
        return answer({"settled": settled})

    async def _set_quotas(self, request: web.Request) -> web.Response:
        """Give calls another daily quota: `{path: number}`, as `user/get`."""
        for path, most in (await read_body(request)).items():
            self._account.world.quotas.set_daily(path, int(most))
        return answer({"success": True})

    async def _menu(self, _request: web.Request) -> web.Response:
        return answer({"button": self._account.world.menu.buttons})

    async def _medium(self, request: web.Request) -> web.Response:
        """Return the bytes of a stored file, for showing it."""
        medium = self._account.world.media.get(request.match_info["media_id"])
        if medium is None:
            raise BadRequest("There is no file with this media_id.")
        return web.Response(body=medium.data, content_type=medium.content_type)
