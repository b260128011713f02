"""The same promises, kept by every platform. A new platform is a new row in `SUBJECTS`."""

import inspect
import json
import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.content import (
    Article,
    Articles,
    Button,
    Card,
    Carousel,
    Choice,
    Content,
    Image,
    Message,
    Outgoing,
    Text,
)
from handlers.contract import BadSignature, Limit, Platform, RawRequest, Unreadable
from handlers.events import Event
from handlers.finding import Level
from handlers.fit import fit_message
from handlers.messenger import failures as messenger_failures
from handlers.messenger.render import render as render_for_messenger
from handlers.outcomes import Failure, Fate, Refused
from handlers.registry import PLATFORMS
from handlers.secret import Secret
from handlers.wechat import failures as wechat_failures
from handlers.wechat.render import customer_messages
from handlers.wechat.words import DEFAULT_WAY_OUT
from tests.handlers.messenger import page as messenger_page
from tests.handlers.wechat import account as wechat_account

NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody listens
LINK = "https://example.com/page"
PICTURE = f"{NOWHERE}/a.png"  # WeChat takes pictures from its own address alone
REPLY = Button(kind="reply", title="Yes", value="yes")
ARTICLE = Article(title="A", body="b", cover_url=PICTURE, source_url=LINK)
SAMPLES: dict[str, Message] = {
    "text": Text(text="hi"),
    "image": Image(url=PICTURE, platform_ref="1"),
    "card": Card(title="T", subtitle="S", buttons=(REPLY,)),
    "carousel": Carousel(cards=(Card(title="A", subtitle="a"), Card(title="B", subtitle="b"))),
    "articles": Articles(articles=(ARTICLE,)),
}


@dataclass(frozen=True)
class Subject:
    """What the suite needs to know of one platform."""

    make: Callable[[], Platform]
    sign: Callable[[bytes], RawRequest]
    render: Callable[[Outgoing], Any]
    failures: Iterable[Failure]
    secrets: tuple[Secret, ...]
    event: bytes  # the body of a recorded webhook with one event
    around: dict[str, int] = field(default_factory=dict)  # what the platform's own lines take of a limit


SUBJECTS = {
    "messenger": Subject(
        make=lambda: messenger_page.make_page(NOWHERE),
        sign=messenger_page.posted,
        render=render_for_messenger,
        failures=[
            *messenger_failures.FAILURES.values(),
            *messenger_failures.STATUSES.values(),
            *messenger_failures.TEMPLATE_FAILURES.values(),
            messenger_failures.UNKNOWN_CODE,
            messenger_failures.OTHER_STATUS,
            messenger_failures.REDIRECTED,
            messenger_failures.NEVER_LEFT,
        ],
        secrets=messenger_page.SECRETS,
        event=messenger_page.payload("message_text"),
    ),
    # In encrypted mode: the signature of plain mode does not cover the body.
    "wechat": Subject(
        make=lambda: wechat_account.make_account(NOWHERE, encoding_aes_key=wechat_account.AES_KEY),
        sign=wechat_account.encrypted,
        render=customer_messages,
        failures=[
            *wechat_failures.FAILURES.values(),
            *wechat_failures.TOKEN_FAILURES.values(),
            *(failure for failure in vars(wechat_failures).values() if isinstance(failure, Failure)),
        ],
        secrets=wechat_account.SECRETS,
        event=wechat_account.payload("text"),
        around={
            "text": len(f"\n\n{DEFAULT_WAY_OUT}".encode()),
            "article_body": len(f"<p></p><p>{DEFAULT_WAY_OUT}</p>"),
        },
    ),
}
LIMITS = [(name, limit) for name, subject in SUBJECTS.items() for limit in subject.make().capabilities.limits]


@pytest.fixture(params=SUBJECTS)
def subject(request: pytest.FixtureRequest) -> Subject:
    return SUBJECTS[request.param]


def words(size: int, unit: str) -> str:
    """Return words of exactly `size` in `unit`, of several bytes a character wherever they go in."""
    return "好" * size if unit == "characters" else "好" * (size // 3) + "x" * (size % 3)


def text(**fields: Any) -> Content:
    return Content(messages=(Text(text="hi", **fields),))


def article(**fields: Any) -> Content:
    return Content(messages=(Articles(articles=(ARTICLE.model_copy(update=fields),)),))


# A content that has exactly `size` of what the limit measures.
STRETCHED: dict[str, Callable[[int, str], Content]] = {
    "messages": lambda size, _: Content(messages=(Text(text="hi"),) * size),
    "text": lambda size, unit: Content(messages=(Text(text=words(size, unit)),)),
    "text_with_buttons": lambda size, unit: Content(messages=(Text(text=words(size, unit), buttons=(REPLY,)),)),
    "buttons": lambda size, _: text(buttons=(REPLY,) * size),
    "button_title": lambda size, unit: text(buttons=(Button(kind="reply", title=words(size, unit), value="x"),)),
    "button_payload": lambda size, unit: text(buttons=(Button(kind="reply", title="x", value=words(size, unit)),)),
    "way_out": lambda size, unit: Content(messages=(Text(text="hi"),), way_out=words(size, unit)),
    "cards": lambda size, _: Content(messages=(Carousel(cards=(Card(title="T", subtitle="S"),) * size),)),
    "card_title": lambda size, unit: Content(messages=(Card(title=words(size, unit), subtitle="S"),)),
    "card_subtitle": lambda size, unit: Content(messages=(Card(title="T", subtitle=words(size, unit)),)),
    "articles": lambda size, _: Content(messages=(Articles(articles=(ARTICLE,) * size),)),
    "article_title": lambda size, unit: article(title=words(size, unit)),
    "article_author": lambda size, unit: article(author=words(size, unit)),
    "article_digest": lambda size, unit: article(digest=words(size, unit)),
    "article_body": lambda size, unit: article(body=words(size, unit)),
}
CHOICES: dict[str, Callable[[int, str], tuple[Choice, ...]]] = {
    "choices": lambda size, _: (Choice(title="a", value="a"),) * size,
    "choice_title": lambda size, unit: (Choice(title=words(size, unit), value="a"),),
    "choice_value": lambda size, unit: (Choice(title="a", value=words(size, unit)),),
}


def problems(name: str, limit: Limit, size: int) -> list[Any]:
    platform = SUBJECTS[name].make()
    if limit.what in CHOICES:
        return fit_message(SAMPLES["text"], CHOICES[limit.what](size, limit.unit), platform.capabilities)
    return platform.check(STRETCHED[limit.what](size - SUBJECTS[name].around.get(limit.what, 0), limit.unit))


def test_every_platform_is_a_subject() -> None:
    assert set(PLATFORMS) == set(SUBJECTS)


def test_every_platform_has_every_verb_with_the_contracts_parameters(subject: Subject) -> None:
    for name, verb in inspect.getmembers(Platform, inspect.isfunction):
        if not name.startswith("_"):
            mine = inspect.signature(getattr(type(subject.make()), name))
            assert list(mine.parameters) == list(inspect.signature(verb).parameters), name


def test_every_declared_kind_passes_the_checks_and_renders(subject: Subject) -> None:
    platform = subject.make()
    for kind in platform.capabilities.kinds:
        assert platform.check(Content(messages=(SAMPLES[kind],))) == []
        assert subject.render(Outgoing(to="1", message=SAMPLES[kind]))


def test_every_other_kind_is_refused_by_name(subject: Subject) -> None:
    platform = subject.make()
    for kind in set(SAMPLES) - platform.capabilities.kinds:
        assert "kind_unsupported" in {problem.code for problem in platform.check(Content(messages=(SAMPLES[kind],)))}


@pytest.mark.parametrize(("name", "limit"), LIMITS, ids=[f"{name}-{limit.what}" for name, limit in LIMITS])
def test_every_limit_is_enforced_on_both_sides_of_its_number(name: str, limit: Limit) -> None:
    assert problems(name, limit, limit.most) == []
    (problem,) = problems(name, limit, limit.most + 1)
    sentence = problem.sentence.format(**problem.facts)
    assert str(limit.most) in sentence
    assert str(limit.most + 1) in sentence
    if limit.unit in {"characters", "bytes"}:
        assert limit.unit in sentence


@pytest.mark.parametrize(("name", "limit"), LIMITS, ids=[f"{name}-{limit.what}" for name, limit in LIMITS])
def test_every_limit_has_a_unit_a_source_and_a_date(name: str, limit: Limit) -> None:
    assert limit.unit
    assert limit.source.startswith("https://")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", limit.checked)


def test_every_failure_has_a_reason_a_fate_and_a_sentence(subject: Subject) -> None:
    for row in subject.failures:
        assert re.fullmatch("[a-z_]+", row.reason), row
        assert isinstance(row.fate, Fate)
        assert row.sentence.format(code="1")[0].isupper(), row
        assert row.sentence.endswith("."), row
        assert row.retries >= 1


def test_a_signed_request_is_believed_and_read(subject: Subject) -> None:
    platform, request = subject.make(), subject.sign(subject.event)
    platform.verify(request)
    (event,) = platform.parse(request)
    assert event.key
    assert event.person
    reply, riding = platform.acknowledge(request, ())
    assert (reply.status, riding) == (200, 0)


def test_an_unsigned_post_is_refused_without_a_word(subject: Subject) -> None:
    with pytest.raises(BadSignature) as refusal:
        subject.make().verify(RawRequest("POST", {}, {}, subject.event))
    assert str(refusal.value) == ""


def test_a_signature_over_other_credentials_is_refused_without_a_word(subject: Subject) -> None:
    signed = subject.sign(subject.event)
    for forged in (
        RawRequest("POST", {name: value + "0" for name, value in signed.query.items()}, {}, signed.body),
        RawRequest("POST", signed.query, {name: value + "0" for name, value in signed.headers.items()}, b"{}"),
    ):
        with pytest.raises(BadSignature) as refusal:
            subject.make().verify(forged)
        assert str(refusal.value) == ""


def test_a_stranger_at_the_handshake_gets_403_and_nothing_else(subject: Subject) -> None:
    reply = subject.make().handshake(RawRequest("GET", {"hub.challenge": "1", "echostr": "1"}, {}, b""))
    assert (reply.status, reply.body) == (403, b"")


@pytest.mark.parametrize("name", SUBJECTS)
@given(body=st.binary() | st.text().map(lambda value: json.dumps(value).encode()))
def test_garbage_is_unreadable_or_no_event_and_never_another_error(name: str, body: bytes) -> None:
    subject = SUBJECTS[name]
    try:
        events = subject.make().parse(subject.sign(body))
    except Unreadable:
        return
    assert all(isinstance(event, Event) for event in events)


def test_a_platform_that_cannot_be_reached_was_sent_nothing(subject: Subject) -> None:
    outcome = subject.make().send(Outgoing(to="1", message=SAMPLES["text"]))
    assert isinstance(outcome, Refused)
    assert outcome.failure.fate is Fate.RETRY


def test_a_platform_that_cannot_be_reached_is_something_to_mend(subject: Subject) -> None:
    *_, last = subject.make().diagnose(wechat_account.NOW)
    assert last.level is Level.FIX
    assert last.sentence.startswith(f"No answer from {NOWHERE}")


def test_nothing_it_prints_contains_a_secret(
    subject: Subject, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    platform = subject.make()
    printed = [repr(platform), str(platform), str([*platform.diagnose(wechat_account.NOW)]), str(platform.profile("1"))]
    printed.append(str(platform.send(Outgoing(to="1", message=SAMPLES["text"]))))
    with pytest.raises(Exception) as refusal:  # noqa: PT011 - whatever it is, it is printed
        platform.upload(Image(url=LINK))
    printed += [repr(refusal.value), str(refusal.getrepr(style="native")), caplog.text, *capfd.readouterr()]
    for secret in subject.secrets:
        assert repr(secret) == "Secret('•••')"
        assert secret not in "\n".join(printed)
