"""The builder at each of its questions, over the real webhook of each platform, and all that may arrive there."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import structlog
from werkzeug.test import TestResponse

from bot.builder.states import State
from handlers.content import Outgoing
from handlers.fit import fit_message
from handlers.templates import APPROVED, ListedTemplate
from storage import subscribers, templates, variables
from storage.models import Admin, Conversation, OutboxMessage
from tests.handlers.wechat import account as wechat
from tests.security.surface import Surface
from tests.support.clock import Clock
from tests.support.page import PAGE, signature
from tests.support.people import saw

BOSS = "boss"
LONG = "很长 long " * 3000
WHO = ("/broadcast new Tea", "now")
MESSAGES = (*WHO, "everyone")
REVIEW = (*MESSAGES, "Tea is here.", "done")

PATHS: Mapping[State, tuple[str, ...]] = {
    State.IDLE: (),
    State.NAME: ("/broadcast new",),
    State.WHEN: WHO[:1],
    State.WHO: WHO,
    State.FIELD: (*WHO, "pick"),
    State.WAY: (*WHO, "pick", "plan"),
    State.VALUE: (*WHO, "pick", "plan", "is"),
    State.PICKED: (*WHO, "pick", "plan", "is", "pro"),
    State.LEAVE_OUT: (*WHO, "leave out"),
    State.MESSAGES: MESSAGES,
    State.FALLBACK: (*MESSAGES, "Hello {first_name}!"),
    State.PART: (*MESSAGES, "article"),
    State.TEMPLATE: (*MESSAGES, "template tea"),
    State.BUTTON: (*MESSAGES, "Tea is here.", "button"),
    State.REVIEW: REVIEW,
    State.CONFIRM: (*REVIEW, "send"),
    State.EDIT: (*REVIEW, "edit"),
    State.LEAVE: (*WHO, "cancel"),
}
"""What an admin says to come to each question."""

WECHAT_PATHS: Mapping[State, tuple[str, ...]] = {
    **PATHS,
    State.FALLBACK: (*REVIEW, "road one by one", "messages", "edit 1", "Hello {first_name}!"),
}
"""There a mass message reads the same for everybody, and is all that a broadcast says."""

WORDS = (
    "Hello", "1", "99", "0", "-1", "back", "keep", "skip", "done", "more", "and", "use it", "everyone", "leave out",
    "send", "send now", "schedule", "save", "save audience x", "preview", "test", "undo", "help", "cancel", "discard",
    "go on", "name", "when", "who", "messages", "edit", "edit 1", "edit 9", "remove 1", "move 1 2", "card", "article",
    "another", "button", "canary 1", "canary off", "also on safe", "road mass", "template tea", "template off",
    "way out No more", "{first_name}", "{first_name|there}", "{{", "plan = ", "03/04", "tomorrow 9", "退订", "发送",
    "取消", "/", "/broadcast", "/broadcast new", "/broadcast 1", "/broadcast cancel 1", "/nonsense", "\\send", "“send”",
    "\x00", "😀" * 700, " ", LONG,
)  # fmt: skip

FOREIGN = (
    "b:send#1.abcdef",
    "b:send#999.abcdef",
    "b:=",
    "b:#",
    "b:undo",
    "b:/broadcast send 1",
    "nobody's",
    "flow:none",
    "",
)
"""Values of buttons and quick replies that were never offered here."""


def _messenger() -> Iterator[tuple[str, dict[str, Any]]]:
    for text in WORDS:
        yield f"text {text[:12]!r}", {"message": {"text": text}}
    for value in FOREIGN:
        yield f"quick reply {value!r}", {"message": {"text": "Send", "quick_reply": {"payload": value}}}
        yield f"postback {value!r}", {"postback": {"title": "Send", "payload": value}}
    image = {"type": "image", "payload": {"url": "https://example.com/a.jpg"}}
    sticker = {"type": "image", "payload": {"url": "https://example.com/s.png", "sticker_id": 369239263222822}}
    location = {"type": "location", "payload": {"coordinates": {"lat": 52.5, "long": 13.4}}}
    audio = {"type": "audio", "payload": {"url": "https://example.com/a.mp3"}}
    yield "picture", {"message": {"attachments": [image]}}
    yield "eleven pictures and words", {"message": {"text": "Look", "attachments": [image] * 11}}
    yield "sticker without text", {"message": {"attachments": [sticker, {"type": "sticker", "payload": {}}]}}
    yield "location", {"message": {"attachments": [location]}}
    yield "audio", {"message": {"attachments": [audio]}}
    yield "empty text", {"message": {"text": ""}}
    yield "no text at all", {"message": {}}
    yield "referral", {"referral": {"ref": "poster", "source": "SHORTLINK", "type": "OPEN_THREAD"}}
    yield "reaction", {"reaction": {"reaction": "love", "emoji": "❤", "action": "react", "mid": "m_1"}}


def _wechat() -> Iterator[tuple[str, str]]:
    for text in WORDS:
        yield f"text {text[:12]!r}", _text(text.replace("\x00", ""))
    for value in FOREIGN:
        yield f"menu tap {value!r}", f"{_text('Send')}<bizmsgmenuid>{escape(value)}</bizmsgmenuid>"
        yield f"click {value!r}", _event("CLICK", value)
    yield "picture", _kind("image", "<PicUrl>http://mmbiz.qpic.cn/a.jpg</PicUrl><MediaId>m1</MediaId>")
    yield "sticker without text", _kind("image", "<PicUrl></PicUrl><MediaId></MediaId>")
    yield (
        "location",
        _kind("location", "<Location_X>23.1</Location_X><Location_Y>113.3</Location_Y><Label>广州</Label>"),
    )
    yield "voice", _kind("voice", "<MediaId>m2</MediaId><Format>amr</Format>")
    yield "link", _kind("link", "<Title>t</Title><Url>https://example.com</Url>")
    yield "empty text", _text("")
    yield "no text at all", "<MsgType>text</MsgType>"
    yield "referral", _event("SCAN", "spring")
    yield "a kind that is new", _kind("reaction", "<Emoji>❤</Emoji>")


def _text(text: str) -> str:
    return _kind("text", f"<Content>{escape(text)}</Content>")


def _kind(kind: str, inside: str) -> str:
    return f"<MsgType>{kind}</MsgType>{inside}"


def _event(name: str, key: str) -> str:
    return _kind("event", f"<Event>{name}</Event><EventKey>{escape(key)}</EventKey>")


EVENTS: Mapping[str, Mapping[str, Any]] = {"page": dict(_messenger()), "account": dict(_wechat())}
"""By channel: what may arrive, by what it is called."""


class Rehearsal:
    """An admin before the builder on both platforms, where anything can be tried and forgotten again."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.surface = Surface(folder, clock)
        self._clock = clock
        self._number = 0
        runtime = self.surface.runtime
        for name, channel in runtime.channels.items():
            settings = channel.settings.model_copy(update={"confirm_above": 1})
            runtime.channels[name] = replace(channel, settings=settings)
            Admin.create(channel=channel.id, platform_user_id=BOSS, role="owner", added_at=clock.now())
            for person in (BOSS, "p1", "p2"):
                subscriber = saw(channel.id, person, clock.now(), clock.now() + timedelta(hours=20))
                subscribers.set_variable(subscriber.id, "plan", "pro")
            variables.declare(channel.id, "plan", "text")
            if name == "page":
                self._has_template(channel.id)
        self._deliver: dict[str, Callable[[Any], TestResponse]] = {"page": self._item, "account": self._xml}

    @contextmanager
    def forgotten(self) -> Iterator[None]:
        """Let things happen and be forgotten afterwards."""
        with self.surface.runtime.database.atomic() as changes:
            yield
            changes.rollback()

    def come_to(self, channel: str, state: State) -> None:
        """Let the admin say what leads to a question."""
        for line in (PATHS if channel == "page" else WECHAT_PATHS)[state]:
            self.arrives(channel, line, _text(line) if channel == "account" else {"message": {"text": line}})
        assert self.state(channel) == state

    def state(self, channel: str) -> str:
        """Return the question the admin is asked."""
        found = Conversation.get_or_none(Conversation.channel == self.surface.runtime.channels[channel].id)
        return found.state if found else State.IDLE

    def arrives(self, channel: str, what: str, body: Any) -> list[Outgoing]:
        """Let something arrive; return the answers, each of which can be sent. Errors of any kind fail the test."""
        before = {row.id for row in OutboxMessage.select(OutboxMessage.id)}
        with structlog.testing.capture_logs() as lines:
            answer = self._deliver[channel](body)
        assert answer.status_code < 500, (what, self.state(channel))
        assert [line for line in lines if line["log_level"] in {"error", "critical"} or "exc_info" in line] == [], what
        rows = OutboxMessage.select().order_by(OutboxMessage.id)
        said = [Outgoing.model_validate(row.payload) for row in rows if row.id not in before]
        capabilities = self.surface.runtime.channels[channel].platform.capabilities
        for out in said:
            assert fit_message(out.message, out.choices, capabilities) == [], (what, out)
        return said

    def _item(self, body: dict[str, Any]) -> TestResponse:
        self._number += 1
        ms = int(self._clock.now().timestamp() * 1000)
        marked = {name: {**given, "mid": f"m{self._number}"} for name, given in body.items() if name != "referral"}
        item = {"sender": {"id": BOSS}, "recipient": {"id": PAGE}, "timestamp": ms + self._number, **body, **marked}
        raw = json.dumps({"object": "page", "entry": [{"id": PAGE, "time": ms, "messaging": [item]}]}).encode()
        return self.surface.page(raw, signature(raw))

    def _xml(self, inside: str) -> TestResponse:
        self._number += 1
        at = self._clock.now()
        xml = (
            f"<xml><ToUserName>{wechat.ORIGINAL_ID}</ToUserName><FromUserName>{BOSS}</FromUserName>"
            f"<CreateTime>{int(at.timestamp())}</CreateTime>{inside}<MsgId>{self._number}</MsgId></xml>"
        )
        return self.surface.account(wechat.posted(xml.encode(), at=at))

    def _has_template(self, channel_id: int) -> None:
        listed = ListedTemplate("tea", "en", APPROVED, "Tea for {{who}}. STOP", ("who",), named=True, way_out=True)
        templates.want(channel_id, self._clock.now())
        templates.write(channel_id, [asdict(listed)], self._clock.now())
