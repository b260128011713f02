"""The API of one account: which call goes where, who may make it, and how it is answered."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from handlers.secret import same_secret
from handlers.simulator.clock import VirtualClock
from handlers.simulator.faults import Drawn
from handlers.simulator.stream import Stream
from handlers.simulator.wechat_config import WeChatConfig
from handlers.simulator.wechat_custom import Custom
from handlers.simulator.wechat_errors import WeChatError
from handlers.simulator.wechat_mass import Mass
from handlers.simulator.wechat_media import Medium, Upload
from handlers.simulator.wechat_users import Users
from handlers.simulator.wechat_world import World

Json = dict[str, Any]
Line = Literal["", "hold", "reset", "gateway"]
Doer = Callable[[Json, int], Json]

# A character beyond ASCII that was written as an escape. The count of backslashes before it must be even.
_ESCAPE = re.compile(rb"(?<!\\)((?:\\\\)*)\\u(?!00[0-7])")

# Where escapes come out as they were written; elsewhere they are refused.
_LITERAL = ("draft/", "message/")

_HTML = b"<!DOCTYPE html><html><head><title>Error</title></head><body>Please try again later.</body></html>"


# Endpoints that answer a success without `errcode`, beside the GETs.
_BARE = frozenset(
    {
        "stable_token",
        "draft/add",
        "draft/get",
        "draft/batchget",
        "material/add_material",
        "media/upload",
        "media/uploadimg",
        "tags/create",
        "tags/getidlist",
        "user/tag/get",
        "user/info/batchget",
        "message/mass/get",
        "message/mass/speed/get",
    }
)


_TOKEN_CALLS = ("token", "stable_token")


class Call(NamedTuple):
    """One call as it came: `upload` is the file of a multipart request."""

    method: str
    path: str
    query: Mapping[str, str]
    raw: bytes = b""
    upload: Upload | None = None


class Row(NamedTuple):
    """One endpoint. `verified`: for verified accounts only; `token`: it wants an access token."""

    method: Literal["GET", "POST"]
    path: str
    do: Doer
    verified: bool = False
    token: bool = True


@dataclass(slots=True)
class Answer:
    """What goes back over the line, or what becomes of the line instead."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"
    delay_seconds: float = 0
    line: Line = ""
    hold_seconds: float = 0


class Api:
    """Answers the calls to one account; a call changes the world and does no I/O."""

    def __init__(self, config: WeChatConfig, clock: VirtualClock, world: World, stream: Stream) -> None:
        self._config, self._clock, self._world = config, clock, world
        self._rows = {row.path: row for row in self._endpoints(stream)}

    def _endpoints(self, stream: Stream) -> tuple[Row, ...]:
        world = self._world
        custom, mass = Custom(self._config, world, stream), Mass(self._config, world, stream)
        users = Users(self._config, world.people, world.tags)
        tags, drafts = world.tags, world.drafts
        return (
            Row("GET", "token", world.tokens.rotate, token=False),
            Row("POST", "stable_token", world.tokens.stable, token=False),
            Row("POST", "message/custom/send", custom.send, verified=True),
            Row("POST", "message/custom/typing", custom.typing, verified=True),
            Row("POST", "message/mass/sendall", mass.sendall, verified=True),
            Row("POST", "message/mass/send", mass.send, verified=True),
            Row("POST", "message/mass/preview", mass.preview, verified=True),
            Row("POST", "message/mass/get", mass.get, verified=True),
            Row("POST", "message/mass/delete", mass.delete, verified=True),
            Row("POST", "message/mass/speed/set", mass.set_speed, verified=True),
            Row("POST", "message/mass/speed/get", mass.get_speed, verified=True),
            Row("POST", "draft/add", drafts.add),
            Row("POST", "draft/get", drafts.get),
            Row("POST", "draft/update", drafts.update),
            Row("POST", "draft/delete", drafts.delete),
            Row("GET", "draft/count", drafts.count),
            Row("POST", "draft/batchget", drafts.batchget),
            Row("POST", "freepublish/submit", drafts.publish, verified=True),
            Row("POST", "freepublish/get", drafts.publication, verified=True),
            Row("POST", "material/add_material", self._add_material),
            Row("POST", "media/upload", self._upload),
            Row("POST", "media/uploadimg", lambda body, now: world.media.add_inline(body["media"], now)),
            Row("POST", "tags/create", tags.create, verified=True),
            Row("GET", "tags/get", tags.all, verified=True),
            Row("POST", "tags/update", tags.update, verified=True),
            Row("POST", "tags/delete", tags.delete, verified=True),
            Row("POST", "tags/members/batchtagging", tags.tag, verified=True),
            Row("POST", "tags/members/batchuntagging", tags.untag, verified=True),
            Row("POST", "tags/getidlist", tags.of_person, verified=True),
            Row("POST", "user/tag/get", tags.fans, verified=True),
            Row("GET", "user/get", users.page, verified=True),
            Row("GET", "user/info", users.info, verified=True),
            Row("POST", "user/info/batchget", users.infos, verified=True),
            Row("POST", "user/info/updateremark", users.remark, verified=True),
            Row("POST", "menu/create", world.menu.create),
            Row("POST", "openapi/quota/get", self._quota),
            Row("POST", "clear_quota", self._clear_quota),
            Row("POST", "clear_quota/v2", self._clear_quota_by_secret, token=False),
        )

    def call(self, call: Call) -> Answer:
        """Answer one call; refusals are answers too, and are counted."""
        world, now = self._world, self._clock.millis()
        world.record.calls[call.path] += 1
        struck = world.faults.draw("call", call=call.path)
        if struck and (answer := self._struck_before(struck, now)):
            return answer
        try:
            answer = self._answer(call, now)
        except WeChatError as error:
            answer = self._refusal(error, now)
        return self._struck_after(answer, struck, now) if struck else answer

    def _answer(self, call: Call, now_ms: int) -> Answer:
        if call.path == "media/get":
            self._authorise(call, now_ms)
            return self._medium(call)
        row = self._rows.get(call.path)
        if row is None:
            raise WeChatError(40066)
        if call.method != row.method:
            raise WeChatError(43001 if row.method == "GET" else 43002)
        if row.token:
            self._authorise(call, now_ms)
        elif call.path in _TOKEN_CALLS and "ip_not_listed" in self._world.faults.draw("token"):
            raise WeChatError(40164)
        self._world.quotas.count(call.path, now_ms)
        if row.verified and not self._config.verified:
            raise WeChatError(48001)
        done = row.do(self._body(call), now_ms)
        bare = row.method == "GET" or row.path in _BARE
        said = done if bare else {"errcode": 0, "errmsg": "ok", **done}
        return Answer(json.dumps(said, ensure_ascii=False).encode())

    def _authorise(self, call: Call, now_ms: int) -> None:
        self._world.tokens.check(call.query.get("access_token", ""), now_ms)
        struck = self._world.faults.draw("authorised", call=call.path)
        if "token_expired" in struck:
            raise WeChatError(42001)
        if "token_invalid" in struck:
            raise WeChatError(40001)

    @staticmethod
    def _body(call: Call) -> Json:
        """Return the members of the JSON body, or the query of a GET or an upload. Raises 44002, 47001, 40033."""
        if call.path in {"material/add_material", "media/upload", "media/uploadimg"}:
            return {"type": call.query.get("type", ""), "media": call.upload}
        if call.method == "GET":
            return dict(call.query)
        if not call.raw.strip():
            raise WeChatError(44002)
        raw = call.raw
        if _ESCAPE.search(raw):
            if not call.path.startswith(_LITERAL):
                raise WeChatError(40033)
            raw = _ESCAPE.sub(rb"\1\\\\u", raw)
        try:
            body = json.loads(raw)
        except ValueError as error:
            raise WeChatError(47001) from error
        if not isinstance(body, dict):
            raise WeChatError(47001)
        return body

    def _medium(self, call: Call) -> Answer:
        medium = self._world.media.get(call.query.get("media_id", ""))
        if medium is None or not _lasts(medium, self._clock.millis()):
            raise WeChatError(40007)
        return Answer(medium.data, content_type=medium.content_type)

    def _add_material(self, body: Json, now_ms: int) -> Json:
        return self._world.media.add_permanent(body["type"], body["media"], now_ms)

    def _upload(self, body: Json, now_ms: int) -> Json:
        return self._world.media.add_temporary(body["type"], body["media"], now_ms)

    def _quota(self, body: Json, now_ms: int) -> Json:
        path = str(body.get("cgi_path", "")).removeprefix("/cgi-bin/")
        if path == "message/mass/send" and self._config.account == "subscription":
            raise WeChatError(76022)
        return self._world.quotas.tell(path, now_ms)

    def _clear_quota(self, body: Json, now_ms: int) -> Json:
        if body.get("appid") != self._config.app_id:
            raise WeChatError(40013)
        self._world.quotas.clear(now_ms)
        return {}

    def _clear_quota_by_secret(self, body: Json, now_ms: int) -> Json:
        if not same_secret(str(body.get("appsecret", "")), self._config.app_secret):
            raise WeChatError(40125)
        return self._clear_quota(body, now_ms)

    def _refusal(self, error: WeChatError, now_ms: int) -> Answer:
        self._world.record.refused[str(error.code)] += 1
        return Answer(json.dumps(error.body(now_ms), ensure_ascii=False).encode())

    def _struck_before(self, struck: Drawn, now_ms: int) -> Answer | None:
        if "timeout" in struck:
            return Answer(b"", line="hold", hold_seconds=struck["timeout"]["seconds"])
        if "connection_reset" in struck:
            return Answer(b"", line="reset")
        if "html_502" in struck:
            return Answer(b"", line="gateway")
        if "html_body" in struck:
            return Answer(_HTML, content_type="text/html")
        if "system_error" in struck:
            return self._refusal(WeChatError(-1), now_ms)
        if "refused" in struck:
            return self._refusal(WeChatError(int(struck["refused"]["code"])), now_ms)
        return None

    def _struck_after(self, answer: Answer, struck: Drawn, now_ms: int) -> Answer:
        if "system_error_after_accepting" in struck:
            answer = self._refusal(WeChatError(-1), now_ms)
        if "latency" in struck:
            answer.delay_seconds = struck["latency"]["ms"] / 1000
        if "timeout_after_accepting" in struck:
            answer.line, answer.hold_seconds = "hold", struck["timeout_after_accepting"]["seconds"]
        elif "connection_reset_after_accepting" in struck:
            answer.line = "reset"
        elif "html_502_after_accepting" in struck:
            answer.line = "gateway"
        return answer


def _lasts(medium: Medium, now_ms: int) -> bool:
    return medium.expires_ms is None or now_ms < medium.expires_ms
