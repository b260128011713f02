"""The Send API: takes one message for one person, or says why not."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from handlers.simulator.clock import VirtualClock
from handlers.simulator.faults import Drawn
from handlers.simulator.messenger_errors import GraphError, invalid
from handlers.simulator.messenger_record import Sent
from handlers.simulator.messenger_validation import check_envelope, check_message
from handlers.simulator.messenger_world import World

Json = dict[str, Any]

Line = Literal["", "hold", "reset", "gateway"]

# Faults that refuse before anything is sent, and the refusal they rehearse.
_REFUSING: Mapping[str, str] = {
    "transient": "transient",
    "page_restricted": "page_restricted",
    "not_live": "not_live",
    "person_blocked": "blocked",
}


@dataclass(slots=True)
class Answer:
    """What goes back over the line.

    `line` is what happens to the connection instead of an answer: held for `hold_seconds` and closed,
    reset, or a gateway's HTML. `sent` are the messages this call has sent, whatever becomes of the
    answer; with `early` their webhooks come first.
    """

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_seconds: float = 0
    line: Line = ""
    hold_seconds: float = 0
    sent: tuple[Sent, ...] = ()
    early: bool = False


class Messages:
    """`POST /{page}/messages` of one Page."""

    def __init__(self, world: World, clock: VirtualClock) -> None:
        self._world, self._clock = world, clock
        self._prefix = "m_" + secrets.token_urlsafe(24)
        self._count = 0

    def send(self, body: Mapping[str, Any]) -> Answer:
        """Send a message or a sender action. Raises `GraphError` as the platform refuses."""
        psid, kind = check_envelope(body)
        struck = self._world.faults.draw("send", psid)
        if struck and (answer := self._struck_before(struck)):
            return answer
        if "sender_action" in body:
            self._world.people.refuse(self._world.people.find(psid))
            answer = Answer(json.dumps({"recipient_id": psid}).encode())
        else:
            answer = self._message(psid, kind, body["message"], struck)
        return self._struck_after(answer, struck) if struck else answer

    def _message(self, psid: str, kind: str, message: object, struck: Drawn) -> Answer:
        world, now = self._world, self._clock.millis()
        world.rates.count_send(media=_is_media(message), now_ms=now)
        shown = check_message(message, world.attachments, now)
        number = world.people.find(psid)
        world.people.refuse(number)
        self._check_lane(shown, kind, opened=world.people.window_open(number, now))
        sent = Sent(
            number=number,
            psid=psid,
            mid=self._mid(),
            metadata=shown.get("metadata", ""),
            messaging_type=kind,
            message=world.attachments.located(shown),
            at=now,
            echoes=0 if "lost_echo" in struck else 2 if "duplicate_echo" in struck else 1,
        )
        world.people.count_received(number)
        world.record.count_sent(sent)
        reusable = self._reusable(shown, now)
        extra = f',"attachment_id":"{reusable}"' if reusable else ""
        text = f'{{"recipient_id":"{psid}","message_id":"{sent.mid}"{extra}}}'
        return Answer(text.encode(), sent=(sent,))

    def _check_lane(self, message: Json, kind: str, *, opened: bool) -> None:
        """Inside the window anything goes; outside it a utility message with an approved template only."""
        template = message.get("template")
        if template is not None:
            if kind != "UTILITY":
                raise invalid("param message[template] needs messaging_type UTILITY")
            try:
                self._world.templates.check(template)
            except GraphError:
                if opened:
                    raise
            else:
                return
        if not opened:
            raise GraphError("outside_window")

    def _reusable(self, message: Json, now_ms: int) -> str:
        attachment = message.get("attachment")
        if attachment is None or attachment["type"] == "template":
            return ""
        payload = attachment["payload"]
        if not payload.get("is_reusable") or "url" not in payload:
            return ""
        return self._world.attachments.add(attachment["type"], payload["url"], now_ms)

    def _mid(self) -> str:
        self._count += 1
        return f"{self._prefix}{self._count:08x}"

    def _struck_before(self, struck: Drawn) -> Answer | None:
        for name, error in _REFUSING.items():
            if name in struck:
                raise GraphError(error)
        if "throttled" in struck:
            raise self._world.rates.throttled(int(struck["throttled"]["minutes"]), code=80006)
        if "connection_reset" in struck:
            return Answer(b"", line="reset")
        if "html_502" in struck:
            return Answer(b"", line="gateway")
        return None

    def _struck_after(self, answer: Answer, struck: Drawn) -> Answer:
        if "latency" in struck:
            answer.delay_seconds = struck["latency"]["ms"] / 1000
        answer.early = "echo_before_answer" in struck
        if "invalid_json_reply" in struck:
            error = GraphError("invalid_json_reply")
            answer.status, answer.body = error.row.status, error.body()
        if "timeout_after_accepting" in struck:
            answer.line, answer.hold_seconds = "hold", struck["timeout_after_accepting"]["seconds"]
        elif "connection_reset_after_accepting" in struck:
            answer.line = "reset"
        elif "html_502_after_accepting" in struck:
            answer.line = "gateway"
        return answer


def _is_media(message: object) -> bool:
    """Say whether a message counts against the 10 a second for audio and video."""
    attachment = message.get("attachment") if isinstance(message, dict) else None
    return isinstance(attachment, dict) and attachment.get("type") in {"audio", "video"}
