"""Line by line, what is right with a channel."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from handlers.finding import Level, fine, fix, warn
from handlers.messenger.credential import NEEDED_PERMISSIONS, read_token
from handlers.messenger.diagnose import NEEDED_FIELDS, USEFUL_FIELDS
from tests.handlers.messenger.graph import Told
from tests.handlers.messenger.page import PAGE_ID, SECRETS, make_page

ME = "/v26.0/me"
APPS = f"/v26.0/{PAGE_ID}/subscribed_apps"
BATCH = "/v26.0/"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TOKEN = {"is_valid": True, "type": "PAGE", "expires_at": 0, "scopes": [*NEEDED_PERMISSIONS]}


@pytest.fixture
def healthy(graph):
    me = {"id": PAGE_ID, "name": "Corner Shop"}
    apps = {"data": [{"id": "1", "subscribed_fields": [*NEEDED_FIELDS, *USEFUL_FIELDS]}]}
    graph.by_path[ME] = Told(body=json.dumps(me).encode(), headers={"facebook-api-version": "v26.0"})
    graph.by_path[APPS] = Told(body=json.dumps(apps).encode())
    graph.by_path[BATCH] = Told(body=json.dumps([{"code": 200, "body": json.dumps({"data": TOKEN})}]).encode())
    return graph


def bad(page):
    return [found.sentence for found in page.diagnose(NOW) if found.level is not Level.OK]


def test_a_healthy_channel_has_only_good_lines(healthy, page):
    assert [*page.diagnose(NOW)] == [
        fine("The access token belongs to the Page Corner Shop."),
        fine("API version 26.0 is served."),
        fine("The webhook has every field the program needs."),
        fine("the access token is a Page's"),
        fine("the access token does not end by itself"),
        fine("the token has the permissions pages_messaging, pages_manage_metadata"),
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


def test_a_gap_in_the_reports_is_no_reason_to_stop(healthy, page):
    healthy.by_path[APPS] = Told(body=json.dumps({"data": [{"subscribed_fields": [*NEEDED_FIELDS]}]}).encode())
    (line,) = (found for found in page.diagnose(NOW) if found.level is not Level.OK)
    assert line.level is Level.WARN
    assert line.sentence.startswith("Reports will have gaps")


@pytest.mark.parametrize(
    ("percent", "line"),
    [
        (79, fine("79 % of what Facebook allows is used")),
        (80, warn("80 % of what Facebook allows is used; sending slows down by itself")),
    ],
)
def test_how_much_of_the_allowance_is_used_is_said(healthy, page, percent, line):
    healthy.by_path[BATCH].headers["x-app-usage"] = json.dumps({"call_count": percent})
    assert line in page.diagnose(NOW)


@pytest.mark.parametrize(
    ("change", "level", "sentence"),
    [
        ({"is_valid": False, "error": {"message": "Session has expired."}}, Level.FIX, "Session has expired."),
        ({"type": "USER"}, Level.FIX, "is of the kind USER; a Page access token is needed"),
        ({"expires_at": int((NOW + timedelta(days=2)).timestamp())}, Level.FIX, "ends on 2026-11-26 09:00 UTC"),
        ({"expires_at": int((NOW + timedelta(days=50)).timestamp())}, Level.WARN, "ends on 2027-01-13 09:00 UTC"),
        ({"data_access_expires_at": int((NOW + timedelta(days=2)).timestamp())}, Level.FIX, "people's data ends"),
        ({"scopes": ["pages_messaging"]}, Level.FIX, "lacks the permissions pages_manage_metadata"),
    ],
)
def test_what_is_wrong_with_a_token_is_named(change, level, sentence):
    assert any(found.level is level and sentence in found.sentence for found in read_token({**TOKEN, **change}, NOW))


def test_a_good_token_needs_nothing():
    assert {found.level for found in read_token(TOKEN, NOW)} == {Level.OK}


def test_a_token_nobody_can_read_is_a_warning():
    assert [found.level for found in read_token(None, NOW)] == [Level.WARN]


def test_silence_is_one_line(healthy):
    (line,) = make_page("http://127.0.0.1:9").diagnose(NOW)
    assert line == fix("No answer from http://127.0.0.1:9/v26.0 (ConnectionError). Check api_base and the network.")


def test_no_line_and_no_address_has_a_secret(healthy, page):
    lines = str([*page.diagnose(NOW)]) + "".join(f"{asked.path}{asked.query}" for asked in healthy.asked)
    assert not any(secret in lines for secret in SECRETS)
