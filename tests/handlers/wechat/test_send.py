"""One customer-service message out, one outcome back, on both roads alike."""

import asyncio
import logging
import socket

import pytest
import structlog

from handlers.content import Articles, Choice, Image, Outgoing, Text
from handlers.http import bulk_session
from handlers.outcomes import Accepted, Fate, Refused, Uncertain
from tests.handlers.wechat.account import APP_ID, OPENID, SECRETS, make_account
from tests.handlers.wechat.api import TOKEN_PATH, Told, answer, error
from tests.handlers.wechat.store import MemoryStore

SEND = "message/custom/send"
HELLO = Outgoing(to=OPENID, message=Text(text="héllo 好"), purpose="broadcast")
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 20


def blocking(account, outgoing=HELLO):
    return account.send(outgoing)


def bulk(account, outgoing=HELLO):
    async def go():
        async with bulk_session(4) as http:
            return await account.send_bulk(http, outgoing)

    return asyncio.run(go())


@pytest.fixture(params=[blocking, bulk], ids=["blocking", "bulk"])
def road(request):
    return request.param


def test_a_message_is_posted_once_in_utf_8(road, api, account):
    assert road(account) == Accepted("")
    (asked,) = api.calls(SEND)
    assert (asked.method, asked.query) == ("POST", {"access_token": "token-1"})
    assert asked.body == {"touser": OPENID, "msgtype": "text", "text": {"content": "héllo 好"}}
    assert "好".encode() in asked.raw  # written as \\u597d, WeChat would show it so


def test_a_refusal_has_its_row_its_code_and_its_rid(road, api, account):
    api.tell(SEND, error(45015, "response out of time limit rid: 5f1e2d3c-0a1b2c3d-4e5f6a7b"))
    outcome = road(account)
    assert isinstance(outcome, Refused)
    assert (outcome.failure.reason, outcome.code) == ("outside_window", "45015")
    assert outcome.trace == "5f1e2d3c-0a1b2c3d-4e5f6a7b"


def test_a_refusal_is_logged_with_its_rid_and_without_the_person(road, api, account):
    api.tell(SEND, error(45047))
    with structlog.testing.capture_logs() as logs:
        road(account)
    (entry,) = logs
    assert (entry["call"], entry["code"], entry["rid"]) == (SEND, "45047", "5f1e2d3c-0a1b2c3d-4e5f6a7b")
    assert OPENID not in str(entry)


@pytest.mark.parametrize(
    "told",
    [
        Told(502, b"<html>bad gateway</html>"),
        Told(200, b"<html>hello</html>"),
        Told(200, b"{}"),
        Told(200, b""),
        Told(torn=True),
    ],
    ids=["502", "HTML", "no errcode", "empty", "torn"],
)
def test_what_was_not_answered_is_uncertain_and_not_repeated(road, api, account, told):
    api.tell(SEND, told)
    assert isinstance(road(account), Uncertain)
    assert len(api.calls(SEND)) == 1


def test_a_redirect_is_not_followed(road, api, account):
    api.tell(SEND, Told(302, b"", {"Location": f"{api.base}/elsewhere"}))
    assert road(account).failure.reason == "wrong_address"
    assert [asked.path for asked in api.asked] == [TOKEN_PATH, f"/cgi-bin/{SEND}"]


def test_a_stale_token_costs_one_more_call(road, api, account):
    api.tell(
        TOKEN_PATH, answer(access_token="token-1", expires_in=7200), answer(access_token="token-2", expires_in=7200)
    )
    api.tell(SEND, error(42001), Told())
    assert road(account) == Accepted("")
    assert [call.query["access_token"] for call in api.calls(SEND)] == ["token-1", "token-2"]


def test_a_token_refused_twice_pauses_the_channel(road, api, account):
    api.tell(
        TOKEN_PATH, answer(access_token="token-1", expires_in=7200), answer(access_token="token-2", expires_in=7200)
    )
    api.tell(SEND, error(40001))
    assert road(account).failure.fate is Fate.PAUSE
    assert (len(api.calls(SEND)), api.tokens) == (2, 2)


def test_without_a_token_nothing_is_sent(road, api, account):
    api.tell(TOKEN_PATH, error(40164))
    assert road(account).failure.reason == "address_not_listed"
    assert api.calls(SEND) == []


def test_a_token_that_ends_on_the_way_and_cannot_be_renewed_is_said(road, api, account):
    api.tell(TOKEN_PATH, answer(access_token="token-1", expires_in=7200), error(40125))
    api.tell(SEND, error(42001))
    assert road(account).failure.reason == "credentials_refused"


def test_nobody_listening_means_nothing_was_sent(road, clock):
    store = MemoryStore(clock.now)
    store.set(f"wechat:{APP_ID}:access_token", "1795520000 token-1", 9000)
    with socket.socket() as taken:  # bound, and not listening
        taken.bind(("127.0.0.1", 0))
        outcome = road(make_account(f"http://127.0.0.1:{taken.getsockname()[1]}", clock, token_store=store))
    assert isinstance(outcome, Refused)
    assert (outcome.failure.reason, outcome.failure.fate) == ("no_connection", Fate.RETRY)


def test_a_message_that_cannot_be_shown_to_one_person_makes_no_call(road, api, account):
    assert road(account, Outgoing(to=OPENID, message=Articles(articles=()))).failure.reason == "kind_unsupported"
    assert api.asked == []


def test_the_lines_under_a_picture_follow_it_and_change_nothing(road, api, account):
    picture = Outgoing(
        to=OPENID,
        message=Image(url="x", platform_ref="media-1"),
        choices=(Choice(title="Stop", value="STOP"),),
        purpose="broadcast",
    )
    api.tell(SEND, Told(), error(45047))
    assert road(account, picture) == Accepted("")
    assert [call.body["msgtype"] for call in api.calls(SEND)] == ["image", "text"]
    api.tell(SEND, error(45015))
    assert road(account, picture).failure.reason == "outside_window"
    assert len(api.calls(SEND)) == 3


def test_a_picture_is_uploaded_before_it_is_said(api, account):
    api.tell("/picture.png", Told(body=PNG))
    api.tell("material/add_material", answer(media_id="media-9", url="u"))
    assert account.send(Outgoing(to=OPENID, message=Image(url=f"{api.base}/picture.png"))) == Accepted("")
    assert api.calls(SEND)[0].body["image"] == {"media_id": "media-9"}


def test_a_picture_that_cannot_be_uploaded_is_not_said(api, account):
    outcome = account.send(Outgoing(to=OPENID, message=Image(url="https://example.com/1.png")))
    assert outcome.failure.reason == "picture_elsewhere"
    assert api.asked == []


def test_an_account_that_may_not_send_menus_sends_words_from_then_on(api, clock):
    account = make_account(api.base, clock, menus=True)
    api.tell(SEND, error(40200), Told())
    question = Outgoing(to=OPENID, message=Text(text="Send?"), choices=(Choice(title="Yes", value="y"),))
    assert account.send(question) == Accepted("")
    assert account.send(question) == Accepted("")
    assert [call.body["msgtype"] for call in api.calls(SEND)] == ["msgmenu", "text", "text"]


def test_no_secret_is_printed_or_logged_on_the_way(road, api, clock, caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="urllib3")  # the product quiets it, and may have been built before
    account = make_account(api.base, clock, timeout=(1, 0.2))
    printed = [str(road(account))]
    for told in (Told(torn=True), error(40001), Told(500)):
        api.tell(SEND, told)
        printed.append(str(road(account)))
    everything = "\n".join([*printed, caplog.text])
    assert "access_token=" in caplog.text or road is bulk
    assert not any(secret in everything for secret in (*SECRETS, "token-1"))
