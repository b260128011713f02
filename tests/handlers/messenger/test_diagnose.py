"""Line by line, what is right with a channel."""

import json

import pytest

from handlers.messenger.diagnose import NEEDED_FIELDS, USEFUL_FIELDS
from tests.handlers.messenger.graph import Told
from tests.handlers.messenger.page import PAGE_ID, SECRETS, make_page

ME = "/v26.0/me"
APPS = f"/v26.0/{PAGE_ID}/subscribed_apps"


@pytest.fixture
def healthy(graph):
    me = {"id": PAGE_ID, "name": "Corner Shop"}
    apps = {"data": [{"id": "1", "subscribed_fields": [*NEEDED_FIELDS, *USEFUL_FIELDS]}]}
    graph.by_path[ME] = Told(body=json.dumps(me).encode(), headers={"facebook-api-version": "v26.0"})
    graph.by_path[APPS] = Told(body=json.dumps(apps).encode())
    return graph


def bad(page):
    return [sentence for fine, sentence in page.diagnose() if not fine]


def test_a_healthy_channel_has_only_good_lines(healthy, page):
    assert page.diagnose() == [
        (True, "The access token belongs to the Page Corner Shop."),
        (True, "API version 26.0 is served."),
        (True, "The webhook has every field the program needs."),
    ]


def test_an_expired_token_says_so_once_for_each_question(healthy, page):
    healthy.by_path.clear()
    healthy.error(190, 463)
    assert [sentence.partition(":")[0] for sentence in bad(page)] == ["Access token", "Webhook"]
    assert "expired" in bad(page)[0]


def test_another_pages_token_is_noticed(healthy, page):
    healthy.by_path[ME] = Told(body=b'{"id":"42","name":"Other"}')
    assert bad(page) == [f"The access token belongs to 42, not to the Page {PAGE_ID}. Correct page_id or access_token."]


def test_an_expired_version_is_noticed(healthy, page):
    healthy.by_path[ME].headers["facebook-api-version"] = "v27.0"
    assert bad(page) == ["Facebook serves API version 27.0, not 26.0. Set api_version to one that is alive."]


def test_missing_webhook_fields_are_named(healthy, page):
    healthy.by_path[APPS] = Told(body=b'{"data":[{"subscribed_fields":["messages","message_reads"]}, 7]}')
    needed, useful = bad(page)
    assert "lacks the fields messaging_postbacks, message_echoes" in needed
    assert "message_deliveries" in useful
    assert "message_reads" not in useful


@pytest.mark.parametrize("body", [b"[]", b'{"data":7}', b'{"data":[{"subscribed_fields":7}]}', b"<html>"])
def test_an_odd_answer_is_a_bad_line_and_no_error(healthy, page, body):
    healthy.by_path[APPS] = Told(body=body)
    assert bad(page)


def test_silence_is_one_line(healthy):
    (line,) = make_page("http://127.0.0.1:9").diagnose()
    assert line == (False, "No answer from http://127.0.0.1:9/v26.0 (ConnectionError). Check api_base and the network.")


def test_no_line_and_no_address_has_a_secret(healthy, page):
    lines = str(page.diagnose()) + "".join(f"{asked.path}{asked.query}" for asked in healthy.asked)
    assert not any(secret in lines for secret in SECRETS)
