"""What Meta tells about a person, and the many ways in which it tells nothing."""

import json

import pytest

from handlers.contract import Profile
from handlers.messenger.profile import zone
from tests.handlers.messenger.graph import Told
from tests.handlers.messenger.page import PSID, make_page


def test_a_profile_is_read(graph, page):
    told = {"id": PSID, "first_name": "Ada", "last_name": "L", "locale": "en_GB", "timezone": -5, "gender": "female"}
    graph.told = Told(body=json.dumps(told).encode())
    assert page.profile(PSID) == Profile("Ada", "L", "en_GB", "UTC-05:00", "female")
    (asked,) = graph.asked
    assert (asked.method, asked.path) == ("GET", f"/v26.0/{PSID}")
    assert asked.query["fields"] == "first_name,last_name,locale,timezone,gender"


@pytest.mark.parametrize(
    "body", [b"{}", b'{"id":"1"}', b"[]", b"<html>", b"", b'{"first_name":7,"timezone":"8"}', b'{"first_name":null}']
)
def test_nothing_told_is_none(graph, page, body):
    graph.told = Told(body=body)
    assert page.profile(PSID) is None


@pytest.mark.parametrize(
    ("code", "subcode"),
    [
        (100, 2018218),
        (2018218, None),
        (100, 2018247),
        (230, None),
        (10, None),
        (200, None),
        (190, 463),
        (100, 33),
        (2, None),
    ],
)
def test_a_refusal_is_none(graph, page, code, subcode):
    graph.error(code, subcode)
    assert page.profile(PSID) is None


def test_silence_is_none(graph, page):
    graph.told = Told(torn=True)
    assert page.profile(PSID) is None
    assert make_page("http://127.0.0.1:9").profile(PSID) is None


@pytest.mark.parametrize("person", ["", "..", "me/accounts", "1?fields=access_token", "\udcff"])
def test_what_is_no_id_is_not_asked_for(graph, page, person):
    assert page.profile(person) is None
    assert graph.asked == []


@pytest.mark.parametrize(
    ("hours", "name"),
    [
        (8, "UTC+08:00"),
        (0, "UTC+00:00"),
        (-5, "UTC-05:00"),
        (5.5, "UTC+05:30"),
        (-3.5, "UTC-03:30"),
        (5.75, "UTC+05:45"),
        (None, ""),
        (True, ""),
        ("8", ""),
        (99, ""),
        (float("nan"), ""),
        (10**400, ""),
    ],
    ids=lambda value: str(value)[:9],
)
def test_hours_from_greenwich_become_an_offset(hours, name):
    assert zone(hours) == name
