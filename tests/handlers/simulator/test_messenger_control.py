import contextlib
import json

import pytest
import requests

from handlers.simulator.messenger_people import People
from handlers.simulator.stream import Stream
from tests.handlers.simulator.rig import HOUR_MS, live_page


@pytest.fixture(scope="module")
def shared():
    with live_page(people=3) as page:
        yield page


@pytest.fixture
def page(shared):
    """A Page of three people that was started over."""
    shared.control("POST", "/reset")
    shared.receiver.posts.clear()
    return shared


def test_people_are_listed_a_page_at_a_time(page):
    first = page.control("GET", "/people?limit=2")
    rest = page.control("GET", f"/people?since={first['next']}")
    assert (len(first["people"]), len(rest["people"]), rest["count"]) == (2, 1, 3)


def test_people_are_made_with_a_profile_a_window_and_a_state(page):
    psid = page.person(profile={"first_name": "Mei"}, window_hours=2, states={"blocked": True})
    found = page.control("GET", f"/people/{psid}")
    assert found["profile"]["first_name"] == "Mei"
    assert found["window_expires_ms"] == page.clock.millis() + 2 * HOUR_MS
    assert found["states"] == ["blocked"]
    assert page.send(psid).json()["error"]["code"] == 551
    page.control("POST", f"/people/{psid}", blocked=False, window_hours=0)
    assert page.send(psid).json()["error"]["error_subcode"] == 2018278


def test_many_people_are_made_at_once(page):
    psids = page.control("POST", "/people", count=1000)["psids"]
    assert len(set(psids)) == 1000
    assert page.control("GET", "/counts")["people"] == 1003


def test_a_phone_shows_both_sides_of_the_thread_and_only_what_is_new(page):
    psid = page.person()
    said = page.control("POST", "/say", psid=psid, text="hi")
    sent = page.send(psid, "hello").json()["message_id"]
    phone = page.control("GET", f"/people/{psid}/messages")
    assert [(message["mid"], message["from"]) for message in phone["messages"]] == [
        (said["mid"], "person"),
        (sent, "page"),
    ]
    assert phone["messages"][1]["message"]["text"] == "hello"
    assert page.control("GET", f"/people/{psid}/messages?since={phone['next']}")["messages"] == []


def test_sends_are_listed_in_order_with_all_that_was_said(page):
    psid = page.person()
    mids = [page.send(psid, metadata=f"m:{number}").json()["message_id"] for number in range(3)]
    listed = page.control("GET", "/sends?since=1")
    assert [send["mid"] for send in listed["sends"]] == mids[1:]
    assert listed["next"] == 3
    assert listed["sends"][0] == {
        "psid": psid,
        "mid": mids[1],
        "metadata": "m:1",
        "messaging_type": "UPDATE",
        "message": {"text": "hello", "metadata": "m:1"},
        "at": page.clock.millis(),
    }


def test_the_counts_show_who_got_the_same_thing_twice(page):
    one, other = page.person(), page.person()
    page.send(one, metadata="b:1")
    page.send(other, metadata="b:1")
    assert page.control("GET", "/counts")["most_per_metadata"] == 1
    page.send(other, metadata="b:1")
    page.send("1", metadata="b:1")
    counts = page.control("GET", "/counts")
    assert counts["repeated"] == [[other, "b:1", 2]]
    page.send(one, metadata="c:1")
    assert page.control("GET", "/counts?metadata=c:")["most_per_metadata"] == 1
    assert (counts["accepted"], counts["most_per_person"], counts["most_per_metadata"]) == (3, 2, 2)
    assert counts["refused"] == {"100/2018001": 1}


def test_faults_are_put_up_listed_and_taken_down(page):
    page.control("POST", "/faults", name="transient", people=["7"], every=2)
    page.control("POST", "/faults", name="lost_echo")
    listed = page.control("GET", "/faults")
    assert [rule["name"] for rule in listed["rules"]] == ["transient", "lost_echo"]
    assert "latency" in {fault["name"] for fault in listed["known"]}
    assert page.control("DELETE", "/faults?name=transient") == {"removed": 1}
    assert page.control("DELETE", "/faults") == {"removed": 1}


def test_the_clock_is_moved_and_closes_windows(page):
    psid = page.person()
    before = page.control("GET", "/clock")["millis"]
    assert page.control("POST", "/clock", advance_seconds=86_400)["millis"] == before + 86_400_000
    assert page.send(psid).json()["error"]["error_subcode"] == 2018278


def test_starting_over_forgets_everything_but_the_clock(page):
    page.send(page.person())
    page.control("POST", "/clock", advance_seconds=10)
    before = page.control("GET", "/clock")["millis"]
    assert page.control("POST", "/reset") == {"people": 3}
    assert page.control("GET", "/sends")["sends"] == []
    assert page.control("GET", "/clock")["millis"] == before


def test_without_a_record_only_counters_are_kept():
    with live_page(record=False, people=1) as page:
        psid = page.control("GET", "/people")["people"][0]["psid"]
        assert page.send(psid).ok
        assert page.control("GET", "/sends")["sends"] == []
        assert page.control("GET", f"/people/{psid}/messages")["messages"] == []
        counts = page.control("GET", "/counts")
        assert (counts["accepted"], counts["most_per_person"], counts["repeated"]) == (1, 1, None)


def test_the_stream_tells_of_messages_and_webhooks(page):
    psid = page.person()
    with contextlib.closing(requests.get(f"{page.url}/_sim/stream", stream=True, timeout=5)) as stream:
        lines = stream.iter_lines()
        assert next(lines) == b": listening"
        page.control("POST", "/say", psid=psid, text="hi")
        page.send(psid, "hello")
        told = []
        while len(told) < 4:
            line = next(lines)
            if line.startswith(b"data: "):
                told.append(json.loads(line[6:]))
    assert [one.get("from", "webhook") for one in told] == ["person", "webhook", "page", "webhook"]


def test_a_reader_who_does_not_read_misses_lines_and_stops_nobody():
    stream = Stream()
    reader = stream.join()
    for number in range(1003):
        stream.tell("message", {"number": number})
    assert (reader.qsize(), stream.missed) == (1000, 3)


MISTAKES = [
    ("POST", "/say", {"psid": "1", "text": "hi"}, 404, "nobody"),
    ("POST", "/say", {"psid": None}, 404, "nobody"),
    ("GET", "/people/12/messages", {}, 404, "nobody"),
    ("POST", "/people", {"count": 0}, 400, "'count' is between 1"),
    ("POST", "/people", {"profile": {"shoe_size": 7}}, 400, "'shoe_size' is not one of"),
    ("POST", "/people", {"states": {"asleep": True}}, 400, "'asleep' is not one of"),
    ("POST", "/faults", {"name": "meteor"}, 400, "no fault named"),
    ("POST", "/clock", {"advance_seconds": -1}, 400, "only moves forward"),
    ("POST", "/clock", {}, 400, "incomplete"),
    ("POST", "/event", {"items": "x"}, 400, "list of webhook items"),
    ("POST", "/templates", {"name": "x", "status": "APPROVED"}, 400, "no template named"),
    ("POST", "/templates", {"name": "x", "status": "FINE"}, 400, "'status' is one of"),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "words"), MISTAKES)
def test_a_mistake_is_answered_in_words(page, method, path, body, status, words):
    answer = page.http.request(method, f"{page.url}/_sim{path}", json=body)
    assert answer.status_code == status
    assert words in answer.json()["error"]


def test_a_million_people_fit_in_a_few_megabytes():
    people = People("1")
    people.add(1_000_000, 5)
    assert people.find(people.psid(999_999)) == 999_999
    assert people.window_open(999_999, 4)
    assert not people.window_open(999_999, 5)
