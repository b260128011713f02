"""One call out, one outcome back, on both roads alike."""

import asyncio
import json
import logging
import socket
import traceback
from contextlib import ExitStack, contextmanager

import pytest
import requests

from handlers.content import Outgoing, Text
from handlers.http import bulk_session
from handlers.messenger.client import NoAnswer
from handlers.outcomes import Accepted, Fate, Refused, Uncertain, Usage
from tests.handlers.messenger.graph import Told
from tests.handlers.messenger.page import ACCESS_TOKEN, APP_SECRET, PAGE_ID, PSID, SECRETS, make_page

HELLO = Outgoing(to=PSID, message=Text(text="héllo 好"), metadata="b:1:2:0", purpose="broadcast")
# printf %s EAAG-page-access-token | openssl dgst -sha256 -hmac app-secret-0123456789abcdef
PROOF = "429c7171c3be37d2bbe145a2f17ad90b74d1c3ea7a4f557e15b6e6409061ee8d"
USAGE_HEADERS = {
    "x-business-use-case-usage": '{"1":[{"type":"messenger","call_count":100,"estimated_time_to_regain_access":3}]}'
}


def blocking(page):
    return page.send(HELLO)


def bulk(page):
    async def go():
        async with bulk_session(4) as http:
            return await page.send_bulk(http, HELLO)

    return asyncio.run(go())


@pytest.fixture(params=[blocking, bulk], ids=["blocking", "bulk"])
def road(request):
    return request.param


def test_a_message_is_posted_once_with_the_token_in_the_header(road, graph, page):
    assert road(page) == Accepted("m_1")
    (asked,) = graph.asked
    assert (asked.method, asked.path) == ("POST", f"/v26.0/{PAGE_ID}/messages")
    assert asked.headers["authorization"] == f"Bearer {ACCESS_TOKEN}"
    assert asked.headers["content-type"] == "application/json"
    assert asked.body == {
        "recipient": {"id": PSID},
        "messaging_type": "UPDATE",
        "message": {"text": "héllo 好", "metadata": "b:1:2:0"},
    }
    assert asked.query == {"appsecret_proof": PROOF}


def test_usage_comes_with_the_outcome(road, graph, page):
    graph.told = Told(headers={"x-app-usage": '{"call_count":28}'})
    assert road(page) == Accepted("m_1", Usage(28.0))


def test_an_error_is_a_refusal_with_its_row_code_and_trace(road, graph, page):
    graph.error(10, 2018278)
    outcome = road(page)
    assert isinstance(outcome, Refused)
    assert (outcome.failure.reason, outcome.code, outcome.trace) == ("outside_window", "10/2018278", "AbC")


def test_an_error_with_status_200_is_still_a_refusal(road, graph, page):
    graph.error(551, status=200)
    assert road(page).failure.reason == "unreachable"


def test_a_throttle_waits_as_long_as_the_platform_says(road, graph, page):
    graph.error(80006, status=429)
    graph.told.headers = USAGE_HEADERS
    outcome = road(page)
    assert (outcome.failure.fate, outcome.failure.wait_seconds) == (Fate.PAUSE, 180.0)
    assert outcome.usage == Usage(100.0, 180.0)


def test_a_code_written_as_text_is_read(road, graph, page):
    graph.error("190", "463")
    assert road(page).code == "190/463"


@pytest.mark.parametrize("error", [{}, {"code": None}, {"code": []}, {"code": "x", "message": 7}])
def test_an_error_without_a_sensible_code_ends_the_message(road, graph, page, error):
    graph.told = Told(400, json.dumps({"error": error}).encode())
    assert road(page).failure.reason == "unknown_code"


UNHEARD = (
    ("the answer was lost on the platform's side", Told(500, b'{"error":{"code":1,"error_subcode":1357046}}')),
    ("a proxy's page", Told(502, b"<html>Bad Gateway</html>")),
    ("service unavailable", Told(503, b"")),
    ("a torn answer", Told(200, b'{"recipient_id":"567')),
    ("no message id", Told(200, b'{"recipient_id":"5678901234567890"}')),
    ("an empty message id", Told(200, b'{"message_id":""}')),
    ("not an object", Told(200, b'["m_1"]')),
    ("endless brackets", Told(200, b"[" * 100_000)),
    ("hanging up", Told(torn=True)),
    ("silence", Told(silent=True)),
)


@pytest.mark.parametrize("told", [case[1] for case in UNHEARD], ids=[case[0] for case in UNHEARD])
def test_what_was_not_heard_is_uncertain_and_never_repeated(road, graph, told, monkeypatch):
    monkeypatch.setattr("handlers.http.READ_SECONDS", 0.2)
    graph.told = told
    assert isinstance(road(make_page(graph.base, timeout=(1, 0.2))), Uncertain)
    assert len(graph.asked) == 1


@pytest.mark.parametrize(
    ("status", "reason"), [(302, "wrong_address"), (404, "wrong_address"), (413, "refused_unread"), (429, "throttled")]
)
def test_a_refusal_in_front_of_the_api_is_no_message(road, graph, page, status, reason):
    graph.told = Told(status, b"<html>", {"Location": f"{graph.base}/elsewhere"})
    outcome = road(page)
    assert (outcome.failure.reason, outcome.code) == (reason, f"HTTP {status}")
    assert len(graph.asked) == 1  # redirects are not followed


def test_a_refused_connection_is_tried_again(road):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and nobody listens
        outcome = road(make_page(f"http://127.0.0.1:{taken.getsockname()[1]}"))
    assert outcome.failure.fate is Fate.RETRY
    assert outcome.failure.reason == "no_connection"


def test_a_name_that_does_not_resolve_is_tried_again(road):
    assert road(make_page("http://no-such-host.invalid")).failure.reason == "no_connection"


def test_a_connection_that_is_not_made_in_time_is_tried_again(monkeypatch):
    monkeypatch.setattr("handlers.http.CONNECT_SECONDS", 0.1)
    with _deaf_listener() as base:
        for road in (blocking, bulk):
            assert road(make_page(base, timeout=(0.1, 1))).failure.reason == "no_connection"


def test_cookies_are_neither_kept_nor_sent(road, graph, page):
    graph.told = Told(headers={"Set-Cookie": "a=b"})
    road(page)
    road(page)
    assert all("cookie" not in asked.headers for asked in graph.asked)


def test_one_connection_serves_many_single_calls(graph, page, caplog):
    caplog.set_level(logging.DEBUG, logger="urllib3")
    for _ in range(3):
        page.send(HELLO)
    assert sum("Starting new HTTP connection" in message for message in caplog.messages) == 1


def test_a_netrc_entry_does_not_replace_the_token(graph, page, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for road in (blocking, bulk):
        road(page)
    assert {asked.headers["authorization"] for asked in graph.asked} == {f"Bearer {ACCESS_TOKEN}"}


@pytest.mark.parametrize("failing", [requests.ConnectionError, requests.ReadTimeout, requests.exceptions.SSLError])
def test_an_error_of_the_http_library_does_not_carry_the_token(page, monkeypatch, failing):
    def breaks(*_args, **options):
        raise failing(f"broken: {page._client.session.headers} {options}")

    monkeypatch.setattr(page._client.session, "request", breaks)
    with pytest.raises(NoAnswer) as silence:
        page._client.call("GET", "me")
    told = "".join(traceback.format_exception(silence.value)) + repr(silence.value) + str(page.send(HELLO))
    assert not any(secret in told for secret in SECRETS)
    assert silence.value.__context__ is None


def test_pymessengers_own_methods_end_in_our_call(graph, page):
    page._client.send_text_message(PSID, "hi")
    page._client.send_generic_message(PSID, [{"title": "T", "subtitle": "S"}])
    assert [asked.path for asked in graph.asked] == [f"/v26.0/{PAGE_ID}/messages"] * 2
    assert APP_SECRET not in str(graph.asked)


@contextmanager
def _deaf_listener():
    """Give the address of a listener whose queue is full: connecting to it neither works nor fails."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
