"""The control API, the line, and a million followers."""

import json
import subprocess
import sys
import time

import pytest
import requests

from tests.handlers.simulator.wechat.rig import JPEG, OfflineAccount, live_account, mass_text


@pytest.fixture(scope="module")
def shared():
    with live_account(followers=2) as account:
        yield account


@pytest.fixture
def account(shared):
    """An account that was started over, with two followers."""
    shared.control("POST", "/reset")
    shared.control("DELETE", "/faults")
    shared.receiver.posts.clear()
    return shared


def openids(account):
    return [person["openid"] for person in account.control("GET", "/people")["people"]]


def test_people_are_made_listed_and_changed(account):
    (third,) = account.people(window_hours=2, states={"minor": True})
    listed = account.control("GET", "/people?since=2")
    assert (listed["count"], listed["next"], [person["openid"] for person in listed["people"]]) == (3, 3, [third])
    person = account.control("POST", f"/people/{third}", received_this_month=4, subscribed=False)
    assert (person["received_this_month"], person["subscribed"], person["states"]) == (4, False, ["minor"])
    assert [(window["kind"], window["left"]) for window in person["windows"]] == [("message", 5)]


def test_a_phone_shows_every_road_in_order_and_only_what_is_new(account):
    one, other = openids(account)
    account.say(one, text="hi")
    account.call("message/custom/send", touser=one, msgtype="text", text={"content": "custom"})
    account.call("message/mass/send", touser=[one, other], **mass_text("mass"))
    account.settle()
    answer = account.control("GET", f"/people/{one}/messages")
    assert [(message["from"], message["road"]) for message in answer["messages"]] == [
        ("person", "said"),
        ("page", "custom"),
        ("page", "mass"),
    ]
    assert account.phone(one, answer["next"]) == []
    account.call("message/mass/preview", touser=one, **mass_text("preview"))
    assert [message["message"] for message in account.phone(one, answer["next"])] == [{"text": "preview"}]
    assert [message["road"] for message in account.phone(other)] == ["mass"]


def test_counts_tell_calls_refusals_and_what_came_twice(account):
    one, other = openids(account)
    body = {"touser": [one, other], **mass_text()}
    account.call("message/mass/send", clientmsgid="1", **body)
    account.call("message/mass/send", clientmsgid="2", **body)
    account.call("message/custom/send", touser=one, msgtype="text", text={"content": "x"})
    account.settle()
    counts = account.control("GET", "/counts")
    assert counts["by_call"]["message/mass/send"] == 2
    assert counts["refused"] == {"45015": 1}
    assert counts["jobs"] == {"success": 2}
    assert counts["mass_delivered"] == 4
    assert (counts["most_per_person"], counts["most_per_content"], counts["most_per_clientmsgid"]) == (2, 2, 1)
    assert sorted(openid for openid, _, times in counts["repeated"] if times == 2) == sorted([one, other])
    assert counts["webhooks"]["posted"] == 2


def test_a_picture_goes_over_the_line_as_multipart_and_can_be_looked_at(account):
    url = f"{account.url}/cgi-bin/media/upload?type=image&access_token={account.token()}"
    media_id = account.http.post(url, files={"media": ("促.jpg", JPEG, "image/jpeg")}).json()["media_id"]
    assert account.http.get(f"{account.url}/_sim/media/{media_id}").content == JPEG
    fetched = account.http.get(f"{account.url}/cgi-bin/media/get?media_id={media_id}&access_token={account.token()}")
    assert (fetched.content, fetched.headers["Content-Type"]) == (JPEG, "image/jpeg")


def test_answers_are_json_in_raw_utf8_with_status_200(account):
    answer = account.call("tags/create", tag={"name": "金"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert "金" in answer.content.decode()


LINES = [
    ("timeout", requests.exceptions.ConnectionError, 0),
    ("timeout_after_accepting", requests.exceptions.ConnectionError, 1),
    ("connection_reset", requests.exceptions.ConnectionError, 0),
    ("connection_reset_after_accepting", requests.exceptions.ConnectionError, 1),
]


@pytest.mark.parametrize(("fault", "raised", "jobs"), LINES, ids=[fault for fault, *_ in LINES])
def test_the_line_can_break_before_and_after_it_is_done(account, fault, raised, jobs):
    options = {"seconds": 0.05} if "timeout" in fault else {}
    account.control("POST", "/faults", name=fault, calls=["message/mass/send"], **options)
    with pytest.raises(raised):
        account.call("message/mass/send", touser=openids(account), **mass_text())
    account.settle()
    assert len(account.control("GET", "/jobs")["jobs"]) == jobs


GATEWAYS = [("html_502", 502, 0), ("html_502_after_accepting", 502, 1), ("html_body", 200, 0)]


@pytest.mark.parametrize(("fault", "status", "jobs"), GATEWAYS, ids=[fault for fault, *_ in GATEWAYS])
def test_html_can_come_in_place_of_json(account, fault, status, jobs):
    account.control("POST", "/faults", name=fault, calls=["message/mass/send"])
    answer = account.call("message/mass/send", touser=openids(account), **mass_text())
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (status, "text/html")
    assert len(account.control("GET", "/jobs")["jobs"]) == jobs


def test_an_answer_can_be_slow(account):
    account.control("POST", "/faults", name="latency", ms=60, calls=["message/mass/send"])
    began = time.monotonic()
    account.call("message/mass/send", touser=openids(account), **mass_text())
    assert time.monotonic() - began >= 0.06


def test_faults_are_listed_with_their_sentences_and_taken_down(account):
    known = {fault["name"] for fault in account.control("GET", "/faults")["known"]}
    assert {"review_failed", "lost_event", "system_error_after_accepting", "bad_signature"} <= known
    account.control("POST", "/faults", name="html_502", calls=["user/get"])
    assert account.control("DELETE", "/faults") == {"removed": 1}


def test_a_fault_for_people_or_calls_that_it_does_not_know_is_refused(account):
    for wanted in ({"name": "html_502", "people": ["o"]}, {"name": "lost_event", "calls": ["x"]}, {"name": "no"}):
        answer = account.http.post(f"{account.url}/_sim/faults", json=wanted)
        assert answer.status_code == 400


def test_the_menu_is_told(account):
    button = [{"type": "click", "name": "News", "key": "NEWS"}]
    account.call("menu/create", button=button)
    assert account.control("GET", "/menu") == {"button": button}


def test_a_quota_can_be_set(account):
    account.control("POST", "/quotas", **{"tags/create": 0})
    assert account.call("tags/create", tag={"name": "x"}).json()["errcode"] == 45009


def test_starting_over_keeps_the_clock_and_forgets_the_rest(account):
    account.people(3)
    account.control("POST", "/clock", advance_seconds=5)
    before = account.control("GET", "/clock")
    assert account.control("POST", "/reset") == {"people": 2}
    assert account.control("GET", "/clock") == before
    assert account.control("GET", "/counts")["calls"] == 0


def test_somebody_who_does_not_exist_is_404(account):
    answer = account.http.get(f"{account.url}/_sim/people/nobody/messages")
    assert (answer.status_code, answer.json()["error"]) == (404, "There is nobody with this OpenID.")


def test_the_feed_tells_of_messages_and_jobs(account):
    one, other = openids(account)
    with account.http.get(f"{account.url}/_sim/stream", stream=True) as feed:
        lines = feed.iter_lines()
        next(lines)
        account.say(one, text="hi")
        account.call("message/mass/send", touser=[one, other], **mass_text())
        account.settle()
        told = [json.loads(line[6:]) for line in (next(lines) for _ in range(19)) if line.startswith(b"data: ")]
    assert [one["message"] for one in told if "openid" in one] == [{"text": "hi"}] + [{"text": "hello"}] * 2
    assert [one["state"] for one in told if "msg_id" in one] == ["sending", "success"]


def test_the_program_says_where_it_listens_and_ends_on_request():
    arguments = ["--port", "0", "--followers", "3", "--account", "subscription", "--aes-key", "A" * 43, "--no-record"]
    program = [sys.executable, "-m", "handlers.simulator.wechat", *arguments]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:")
        counts = requests.get(f"{line.removeprefix('listening on ').strip()}/_sim/counts", timeout=5).json()
        process.terminate()
        assert process.wait(10) == 0
    assert (counts["people"], counts["repeated"]) == (3, None)


def test_a_million_followers_are_listed_in_101_calls_and_sent_to_in_one():
    account = OfflineAccount(followers=1_000_000)
    page = account.get("user/get")
    calls = 1
    while page["next_openid"]:
        page = account.get("user/get", next_openid=page["next_openid"])
        calls += 1
    assert calls == 101
    assert account.sendall()["errcode"] == 0
    assert account.counts() == (1_000_000,) * 3 + (0,)
    assert account.world.people.most_mass() == 1
    assert account.world.record.most_per_content() == 1
