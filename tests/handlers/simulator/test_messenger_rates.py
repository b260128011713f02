"""Section 4.1: how many calls the platform takes, and what its headers say."""

import json
from datetime import timedelta

import pytest

from handlers.simulator.messenger_graph import read_target
from tests.handlers.simulator.rig import OfflinePage, code_of

VIDEO = {"attachment": {"type": "video", "payload": {"url": "https://files.example/a.mp4"}}}
TEXT = {"text": "hi"}

# Sends a second: message, rule, how many pass.
PACES = [
    ("300 a second for text", "documented", TEXT, 300),
    ("10 a second for video", "documented", VIDEO, 10),
    ("40 a second where the inbox is watched", "strict", TEXT, 40),
]


def page_of(rates, people=100, **settings):
    return OfflinePage(rates=rates, people=people, **settings)


def usage(page):
    answer = page.graph.call("GET", read_target("/v26.0/me"), {}, page.config.token)
    return answer.headers


@pytest.mark.parametrize(("label", "rates", "message", "most"), PACES, ids=[label for label, *_ in PACES])
def test_more_than_that_a_second_is_refused(label, rates, message, most):
    page = page_of(rates)
    psid = page.world.people.psid(0)
    assert {page.send(psid, message)[0] for _ in range(most)} == {200}
    assert code_of(page.send(psid, message)) == (80006, None)
    page.clock.advance(timedelta(milliseconds=999))
    assert code_of(page.send(psid, message)) == (80006, None)
    page.clock.advance(timedelta(seconds=1))
    assert page.send(psid, message)[0] == 200


def test_in_strict_mode_going_on_keeps_the_page_refused():
    page = page_of("strict")
    psid = page.world.people.psid(0)
    statuses = []
    for _ in range(200):
        statuses.append(page.send(psid, TEXT)[0])
        page.clock.advance(timedelta(milliseconds=20))
    assert statuses == [200] * 40 + [403] * 160


def test_the_throttle_code_and_the_pace_are_settings():
    page = page_of("documented", throttle_code=613, rate_per_second=2)
    psid = page.world.people.psid(0)
    assert [code_of(page.send(psid, TEXT)) for _ in range(3)] == [None, None, (613, None)]


def test_with_rates_off_nothing_is_refused_and_no_header_is_sent():
    page = page_of("off")
    psid = page.world.people.psid(0)
    assert {page.send(psid, TEXT)[0] for _ in range(400)} == {200}
    assert usage(page) == {}


def test_200_calls_a_day_for_each_person_and_no_more():
    page = page_of("documented", people=2)
    assert {page.call("GET", "/v26.0/me")[0] for _ in range(400)} == {200}
    assert code_of(page.call("GET", "/v26.0/me")) == (80006, None)
    page.clock.advance(timedelta(hours=23, minutes=59))
    assert code_of(page.call("GET", "/v26.0/me")) == (80006, None)
    page.clock.advance(timedelta(minutes=1))
    assert page.call("GET", "/v26.0/me")[0] == 200


def test_usage_headers_come_after_enough_calls_and_tell_the_percentage():
    page = page_of("documented", people=1, usage_headers_after=50)
    for _ in range(49):
        assert usage(page) is not None
    headers = usage(page)
    assert json.loads(headers["x-app-usage"]) == {"call_count": 25, "total_time": 6, "total_cputime": 6}
    assert json.loads(headers["x-business-use-case-usage"]) == {
        page.config.page_id: [
            {
                "type": "messenger",
                "call_count": 25,
                "total_time": 6,
                "total_cputime": 6,
                "estimated_time_to_regain_access": 0,
            }
        ]
    }


def test_before_that_there_are_no_usage_headers():
    assert usage(page_of("documented", usage_headers_after=2)) == {}


def test_the_messenger_profile_takes_10_calls_in_10_minutes():
    page = page_of("documented")
    path = "/v26.0/me/messenger_profile?fields=greeting"
    assert {page.call("GET", path)[0] for _ in range(10)} == {200}
    assert code_of(page.call("GET", path)) == (613, None)
    page.clock.advance(timedelta(minutes=10))
    assert page.call("GET", path)[0] == 200
