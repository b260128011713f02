"""The mass endpoints: who may send to whom how often, and the ids that make a retry safe."""

from array import array
from collections.abc import Callable
from typing import Any

from handlers.simulator.stream import Stream
from handlers.simulator.wechat_calendar import china_day, china_month
from handlers.simulator.wechat_config import WeChatConfig
from handlers.simulator.wechat_content import Scene, mass_content
from handlers.simulator.wechat_errors import Nobody, WeChatError
from handlers.simulator.wechat_jobs import APPROVAL_MS, STATUS_WORDS, Job
from handlers.simulator.wechat_people import MASS_PER_MONTH
from handlers.simulator.wechat_quotas import TO_NAMES_PER_DAY
from handlers.simulator.wechat_record import digest
from handlers.simulator.wechat_world import World

Json = dict[str, Any]

# /doc/service/api/notify/message/api_masssend.html
LIST_LEAST, LIST_MOST = 2, 10_000
CLIENTMSGID_BYTES = 32
REAL_SPEEDS = (80, 60, 45, 30, 10)  # mass/speed: 10,000 messages a minute, by level

_MESSAGE_FIELDS = ("text", "mpnews", "voice", "image", "images", "mpvideo", "wxcard", "msgtype")


class Mass:
    """`message/mass/*` of one account."""

    def __init__(self, config: WeChatConfig, world: World, stream: Stream) -> None:
        self._config, self._world, self._stream = config, world, stream
        self._speed = 0

    def sendall(self, body: Json, now_ms: int) -> Json:
        """Send to everybody or to one tag."""
        if self._config.test_account:
            raise WeChatError(-1)  # what sandbox accounts have been seen to get
        given = body.get("filter")
        if not isinstance(given, dict):
            raise WeChatError(40035)
        if given.get("is_to_all"):
            people = self._world.people
            return self._accept(body, True, lambda: array("I", people.present()), given, now_ms)
        tag = given.get("tag_id")
        self._world.tags.members(tag)
        return self._accept(body, False, lambda: self._tagged(tag), given, now_ms)

    def send(self, body: Json, now_ms: int) -> Json:
        """Send to 2 to 10,000 OpenIDs; service accounts only."""
        if self._config.account == "subscription":
            raise WeChatError(48001)
        openids = body.get("touser")
        if not isinstance(openids, list) or not all(isinstance(openid, str) for openid in openids):
            raise WeChatError(40031)
        distinct = sorted(set(openids))
        if len(distinct) < LIST_LEAST:
            raise WeChatError(40130)
        if len(openids) > LIST_MOST:
            raise WeChatError(40032)
        numbers = array("I", sorted(self._world.people.find(openid) for openid in distinct))
        return self._accept(body, False, lambda: numbers, distinct, now_ms)

    def _tagged(self, tag: object) -> "array[int]":
        try:
            return array("I", sorted(self._world.tags.members(tag)))
        except WeChatError:  # deleted since: nobody is left to send to
            return array("I")

    def _accept(self, body: Json, to_all: bool, audience: "Callable[[], array[int]]", aim: object, now_ms: int) -> Json:
        world = self._world
        message = {name: body[name] for name in _MESSAGE_FIELDS if name in body}
        clientmsgid = str(body.get("clientmsgid") or "digest:" + digest([aim, message]))
        if "clientmsgid" in body and len(clientmsgid.encode()) > CLIENTMSGID_BYTES and body["clientmsgid"]:
            raise WeChatError(45067)
        if seen := world.jobs.seen(clientmsgid, now_ms):
            self._refuse_again(*seen)
        content = mass_content(Scene(self._config, world.media, world.drafts, now_ms), body)
        self._count_sends(to_all=to_all, now_ms=now_ms)
        if content.draft:
            world.drafts.find(content.draft).taken = True
        struck = world.faults.draw("job")
        msg_id, msg_data_id = world.jobs.next_ids()
        job = Job(
            msg_id=msg_id,
            msg_data_id=msg_data_id if content.draft else None,
            clientmsgid=clientmsgid,
            content=content,
            to_all=to_all,
            audience=audience,
            accepted_ms=now_ms,
            due_ms=now_ms + int(struck.get("slow_job", {}).get("seconds", 0) * 1000),
            struck=struck,
        )
        world.jobs.add(job)
        code = self._protect(job)
        self._stream.tell("job", job.as_json())
        if code:
            raise WeChatError(code)
        if "internal_retry" in struck:
            raise WeChatError(45065, msg_id=job.msg_id)
        data = {} if job.msg_data_id is None else {"msg_data_id": job.msg_data_id}
        return {"errmsg": "send job submission success", "msg_id": job.msg_id, **data}

    def _protect(self, job: Job) -> int:
        """Let a send to all wait for the administrator where it has to; return the code of the answer."""
        pending = job.struck.get("protection_pending", {"code": 89505} if self._config.protection else None)
        if not job.to_all or pending is None:
            return 0
        job.state, job.due_ms = "approval", job.accepted_ms + APPROVAL_MS
        return int(pending["code"])

    @staticmethod
    def _refuse_again(job: Job, too_fast: bool) -> None:
        """Refuse a second call under one id, with the words for how far the first has come."""
        if job.state == "approval":
            raise WeChatError(89504)
        if too_fast:
            raise WeChatError(45066)
        raise WeChatError(45065, msg_id=job.msg_id)

    def _count_sends(self, *, to_all: bool, now_ms: int) -> None:
        """Raise 45028 where the account has sent its share; jobs that failed do not count.

        A subscription account sends once a day. A service account sends to all once a day and four times a
        month; to tags and lists as often as it likes.
        """
        service = self._config.account == "service"
        if service and not to_all:
            return
        counted = [job for job in self._world.jobs.all if job.state != "fail" and (job.to_all or not service)]
        today, month = china_day(now_ms), china_month(now_ms)
        if any(china_day(job.accepted_ms) == today for job in counted):
            raise WeChatError(45028)
        if service and sum(china_month(job.accepted_ms) == month for job in counted) >= MASS_PER_MONTH:
            raise WeChatError(45028)

    def preview(self, body: Json, now_ms: int) -> Json:
        """Send to one OpenID or WeChat id at once; nothing of the month's four is used."""
        world = self._world
        content = mass_content(Scene(self._config, world.media, world.drafts, now_ms), body)
        if name := body.get("towxname"):
            world.quotas.count_special("preview_names", TO_NAMES_PER_DAY, now_ms)
            number = self._by_name(str(name))
        else:
            number = world.people.find(body.get("touser"))
        if not world.people.follows(number):
            raise WeChatError(43004)
        shown = world.record.show(number, "page", "preview", content.shown, now_ms)
        self._stream.tell("message", shown.as_json(world.people.openid(number)))
        msg_id, _ = world.jobs.next_ids()
        return {"errmsg": "preview success", "msg_id": msg_id}

    def _by_name(self, name: str) -> int:
        """Return who has this WeChat id: here everybody's is `wx_` and their number."""
        digits = name.removeprefix("wx_")
        if not digits.isdecimal() or int(digits) >= len(self._world.people):
            raise Nobody
        return int(digits)

    def get(self, body: Json, _now_ms: int) -> Json:
        """Tell how far a job is; its counts cannot be asked for."""
        job = self._world.jobs.find(body.get("msg_id"))
        if job is None:
            raise WeChatError(40059)
        return {"msg_id": job.msg_id, "msg_status": STATUS_WORDS[job.state]}

    def delete(self, body: Json, _now_ms: int) -> Json:
        """Take down the page of an article or a film that was sent; what is on phones stays there."""
        job = self._world.jobs.find(body.get("msg_id"))
        if job is None or job.state != "success":
            raise WeChatError(40059)
        if job.content.kind not in {"mpnews", "video"}:
            raise WeChatError(40204)
        index, most = body.get("article_idx", 0), len(job.content.shown.get("articles", ()))
        if not isinstance(index, int) or not 0 <= index <= most:
            raise WeChatError(40060)
        job.state = "deleted"
        return {}

    def set_speed(self, body: Json, _now_ms: int) -> Json:
        """Set the speed level, 0 to 4. It is told again, but jobs here are as fast as they can be."""
        speed = body.get("speed")
        if not isinstance(speed, int) or not 0 <= speed < len(REAL_SPEEDS):
            raise WeChatError(45083)
        self._speed = speed
        return {}

    def get_speed(self, _body: Json, _now_ms: int) -> Json:
        """Tell the speed level."""
        return {"speed": self._speed, "realspeed": REAL_SPEEDS[self._speed]}
