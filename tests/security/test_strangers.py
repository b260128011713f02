"""What somebody who is not an admin, or not the platform, gets by trying: nothing, and no hint."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from broadcast.links import Links, Tap
from handlers import secret
from handlers.contract import RawRequest
from handlers.simulator.messenger import MessengerSimulator
from handlers.simulator.messenger_config import MessengerConfig
from handlers.simulator.serving import HOST
from storage import admins, broadcasts
from storage.models import Broadcast, Click, Conversation, Invite, OutboxMessage
from tests.handlers.wechat import account as wechat
from tests.security.surface import Surface
from tests.support.page import SECRET, VERIFY, Page, signature

LINK = "https://example.com/spring"


@pytest.fixture
def page(tmp_path, clock) -> Iterator[Page]:
    made = Page(tmp_path, clock)
    yield made
    made.runtime.database.close()


@pytest.fixture
def surface(tmp_path, clock) -> Iterator[Surface]:
    made = Surface(tmp_path, clock)
    yield made
    made.close()


def _boss(page: Page) -> str:
    code = admins.invite(page.channel.id, "owner", page.clock.now())
    assert "Welcome" in page.say("boss", f"/admin claim {code}")[0]
    return code


def test_nothing_is_parsed_before_it_is_verified(surface, monkeypatch):
    for channel in surface.runtime.channels.values():
        monkeypatch.setattr(type(channel.platform), "parse", _never)
    assert surface.page(b"{", None).status_code == 403
    assert surface.account(RawRequest("POST", {}, {}, b"<xml>")).status_code == 403
    assert surface.safe_account(wechat.posted(b"<xml>")).status_code == 403


def _never(*_: object) -> None:
    raise AssertionError("parsed before it was verified")


def test_signatures_and_verify_tokens_are_compared_in_constant_time(surface, monkeypatch):
    compared: list[tuple[bytes, bytes]] = []
    real = secret.hmac.compare_digest

    def spy(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return bool(real(one, other))

    monkeypatch.setattr(secret.hmac, "compare_digest", spy)
    body = b'{"object":"page","entry":[]}'
    for attempt in (
        lambda: surface.page(body, signature(body)),
        lambda: surface.account(wechat.posted(b"<xml/>")),
        lambda: surface.safe_account(wechat.encrypted(b"<xml/>")),
        lambda: surface.client.get(
            "/webhooks/page", query_string={"hub.mode": "subscribe", "hub.verify_token": VERIFY}
        ),
    ):
        compared.clear()
        attempt()
        assert compared


def test_a_request_of_yesterday_is_refused_though_it_is_signed(surface, clock):
    request = wechat.posted(wechat.payload("text"), at=clock.now())
    clock.advance(days=1)
    assert surface.account(request).status_code == 403


def test_a_button_of_an_admin_does_nothing_in_a_strangers_hands(page):
    _boss(page)
    for line in ("/broadcast new Sale", "now", "everyone", "Hello", "done"):
        page.say("boss", line)
    offered = [
        choice["value"]
        for row in OutboxMessage.select()
        for choice in row.payload.get("choices", [])
        if row.payload["to"] == "boss"
    ]
    assert offered
    drafts = [(row.status, row.version) for row in Broadcast.select()]
    for number, value in enumerate(offered):
        tapped = page.message("stranger", "Send", quick_reply={"payload": value})
        postback = page.item("stranger", postback={"mid": f"b{number}", "title": "x", "payload": value})
        assert page.post(tapped, postback).status_code == 200
    assert [(row.status, row.version) for row in Broadcast.select()] == drafts
    assert Conversation.select().where(Conversation.platform_user_id == "stranger").count() == 0


@pytest.mark.parametrize(
    "payload",
    ["__import__('os').system('id')", "{{7*7}}", "${jndi:ldap://x}", "flow:../../etc/passwd", "flow:x|1.0",
     "/broadcast send",
     "flow:|", "flow:x|999999999999999999999.0", "'; DROP TABLE subscribers; --"],
)  # fmt: skip
def test_a_payload_is_looked_up_and_never_evaluated(page, payload):
    assert page.post(page.item("stranger", postback={"mid": "b", "title": "x", "payload": payload})).status_code == 200
    assert Broadcast.select().count() == 0
    assert page.say("stranger", "hello") == []


def test_rights_are_asked_for_again_at_every_step(page):
    _boss(page)
    for line in ("/broadcast new Sale", "now", "everyone", "Hello", "done"):
        page.say("boss", line)
    admins.remove(page.channel.id, "boss")
    assert page.say("boss", "send") == []
    assert Broadcast.get().status == "draft"


def _tapped(page: Page) -> tuple[Links, Broadcast]:
    content = {"messages": [{"kind": "text", "text": "x", "buttons": [{"kind": "url", "title": "Go", "value": LINK}]}]}
    row = broadcasts.create(page.channel.id, "Sale", "boss", page.clock.now(), content=content)
    return page.runtime.links, row


def _path(links: Links, tap: Tap) -> str:
    return links.address(tap).removeprefix("http://localhost:8000")


def test_a_link_of_ours_leads_to_its_button_and_nowhere_else(page):
    page.say("p1", "hello")
    links, row = _tapped(page)
    answer = page.client.get(
        _path(links, Tap(row.id, 1, "0.0")), query_string={"to": "https://evil.example", "u": "//x"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, LINK)


def test_a_forged_link_leads_nowhere_and_is_not_counted(page):
    page.say("p1", "hello")
    links, row = _tapped(page)
    good = _path(links, Tap(row.id, 1, "0.0"))
    others = Links("another-secret-another-secret-12", "http://localhost:8000")
    for path in (good[:-1], f"{good}x", good.swapcase(), _path(others, Tap(row.id, 1, "0.0")), "/r/", "/r/https://evil.example",
                 _path(links, Tap(row.id, 1, "9.9")), _path(links, Tap(row.id + 1, 1, "0.0"))):  # fmt: skip
        answer = page.client.get(path)
        assert answer.status_code == 404, path
        assert "Location" not in answer.headers
    assert Click.select().count() == 0


def test_no_secret_stands_in_the_database_in_clear(page, tmp_path):
    code = _boss(page)
    page.say("boss", "/broadcast new Sale")
    assert Invite.select().count() == 1
    page.runtime.database.close()
    with closing(sqlite3.connect(tmp_path / "page.db")) as copy:
        everything = "\n".join(copy.iterdump())
    for word in (SECRET, VERIFY, "page-token-value", "0123456789abcdef0123456789abcdef", code):
        assert word not in everything


def test_simulators_listen_on_this_machine_only():
    simulator = MessengerSimulator(MessengerConfig()).start_in_thread()
    assert simulator.url.startswith("http://127.0.0.1:")
    assert HOST == "127.0.0.1"
    simulator.stop()
