"""Sections 2.1, 4.3 and 8 over HTTP: bodies, headers, broken lines, the program itself."""

import json
import re
import signal
import subprocess
import sys

import pytest
import requests

from tests.handlers.simulator.rig import live_page


@pytest.fixture(scope="module")
def shared():
    with live_page() as page:
        yield page


@pytest.fixture
def page(shared):
    """A Page that was started over."""
    shared.control("POST", "/reset")
    shared.receiver.posts.clear()
    return shared


def test_form_fields_carry_json_strings(page):
    psid = page.person()
    form = {
        "recipient": json.dumps({"id": psid}),
        "message": json.dumps({"text": "Grüße"}),
        "messaging_type": "UPDATE",
        "access_token": page.config.token,
    }
    answer = requests.post(f"{page.url}/v26.0/me/messages", data=form, timeout=5)
    assert answer.json()["recipient_id"] == psid
    assert page.control("GET", "/sends")["sends"][0]["message"] == {"text": "Grüße"}


@pytest.mark.parametrize(
    ("body", "kind"), [(b"{", "application/json"), (b"[]", "application/json"), (b"x", "text/plain")]
)
def test_a_body_that_cannot_be_read_is_code_100(page, body, kind):
    url = f"{page.url}/v26.0/me/messages"
    answer = page.http.post(url, data=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)


@pytest.mark.parametrize(("asked", "served"), [("v26.0", "v26.0"), ("v25.0", "v25.0"), ("v2.6", "v21.0")])
def test_the_answer_names_the_version_that_served_it(page, asked, served):
    assert page.http.get(f"{page.url}/{asked}/me").headers["facebook-api-version"] == served


def test_an_answer_held_after_accepting_is_a_time_out_and_the_echo_comes(page):
    page.control("POST", "/faults", name="timeout_after_accepting", seconds=0.1)
    psid = page.person()
    with pytest.raises(requests.ConnectionError):
        page.send(psid)
    page.settle()
    assert page.receiver.kinds() == ["echo", "delivery", "read"]
    assert page.control("GET", "/counts")["most_per_person"] == 1


def test_the_echo_does_not_wait_until_a_held_line_closes(page):
    page.control("POST", "/faults", name="timeout_after_accepting", seconds=3600)
    psid, url = page.person(), f"{page.url}/v26.0/me/messages"
    body = {"recipient": {"id": psid}, "message": {"text": "hi"}}
    with pytest.raises(requests.ReadTimeout):
        page.http.post(url, json=body, timeout=(1, 0.1))
    page.settle()
    assert page.receiver.kinds() == ["echo", "delivery", "read"]


@pytest.mark.parametrize(("fault", "accepted"), [("connection_reset", 0), ("connection_reset_after_accepting", 1)])
def test_a_reset_connection_is_felt_as_one(page, fault, accepted):
    page.control("POST", "/faults", name=fault, next_calls=1)
    psid = page.person()
    with pytest.raises(requests.ConnectionError, match="reset"):
        page.send(psid)
    page.settle()
    assert page.control("GET", "/counts")["accepted"] == accepted
    assert page.send(psid).ok


@pytest.mark.parametrize(("fault", "accepted"), [("html_502", 0), ("html_502_after_accepting", 1)])
def test_a_gateway_answers_with_html(page, fault, accepted):
    page.control("POST", "/faults", name=fault, next_calls=1)
    answer = page.send(page.person())
    assert answer.status_code == 502
    assert answer.headers["content-type"].startswith("text/html")
    assert page.control("GET", "/counts")["accepted"] == accepted


def test_latency_delays_the_answer(page):
    page.control("POST", "/faults", name="latency", ms=60)
    assert page.send(page.person()).elapsed.total_seconds() >= 0.06


def test_a_throttled_answer_says_when_access_comes_back(page):
    page.control("POST", "/faults", name="throttled", minutes=7)
    answer = page.send(page.person())
    assert answer.json()["error"]["code"] == 80006
    (usage,) = (json.loads(answer.headers["x-business-use-case-usage"])[page.config.page_id],)
    assert usage[0]["type"] == "messenger"
    assert usage[0]["call_count"] == 100
    assert usage[0]["estimated_time_to_regain_access"] == 7


def test_the_program_says_where_it_listens_and_ends_on_sigterm():
    command = [sys.executable, "-m", "handlers.simulator.messenger", "--port", "0", "--people", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        line = program.stdout.readline()
        found = re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+)\n", line)
        assert found, line
        assert requests.get(f"{found[1]}/_sim/counts", timeout=5).json()["people"] == 3
        program.send_signal(signal.SIGTERM)
        assert program.wait(timeout=5) == 0
        assert program.stderr.read() == ""
