"""A flood of unsigned requests does not keep signed ones from being answered in time, nor fills anything up."""

import http.client
import json
import threading
import time

import pytest
import requests

from tests.support import stack
from tests.support.page import signature

FLOOD_SECONDS = 3.0
ATTACKERS = 24
"""Three times the web process's threads: each connection is always waiting for its next answer."""

PLATFORM_PATIENCE_SECONDS = 5.0
"""WeChat gives up and delivers again after 5 s; Messenger wants its answer within as long."""


@pytest.fixture
def running(tmp_path):
    with stack.running(tmp_path) as made:
        made.start_simulator()
        made.start_web()
        yield made


def test_signed_requests_are_answered_within_five_seconds_during_a_flood_of_unsigned_ones(running):
    stop = threading.Event()
    refused: list[int] = []
    attackers = [threading.Thread(target=_attack, args=(running.port, stop, refused)) for _ in range(ATTACKERS)]
    for attacker in attackers:
        attacker.start()
    waited: list[float] = []
    until = time.monotonic() + FLOOD_SECONDS
    number = 0
    while time.monotonic() < until:
        number += 1
        began = time.monotonic()
        assert _signed(running.port, f"m_{number}") == 200
        waited.append(time.monotonic() - began)
    stop.set()
    for attacker in attackers:
        attacker.join()
    assert set(refused) == {403}
    assert len(refused) > 50 * FLOOD_SECONDS, "this was no flood"
    assert max(waited) < PLATFORM_PATIENCE_SECONDS
    assert running.query("SELECT count(*) FROM subscribers") == [(1,)]
    assert running.query("SELECT count(*) FROM inbox")[0][0] <= number


def _signed(port: int, mid: str) -> int:
    now = int(time.time() * 1000)
    item = {"sender": {"id": "7000001"}, "recipient": {"id": stack.PAGE}, "timestamp": now,
            "message": {"mid": mid, "text": "hello"}}  # fmt: skip
    body = json.dumps({"object": "page", "entry": [{"id": stack.PAGE, "time": now, "messaging": [item]}]}).encode()
    headers = {"X-Hub-Signature-256": signature(body, stack.SECRET)}
    return requests.post(f"http://127.0.0.1:{port}/webhooks/page", data=body, headers=headers, timeout=30).status_code


def _attack(port: int, stop: threading.Event, refused: list[int]) -> None:
    body = b'{"object":"page","entry":[' + b" " * 20_000 + b"]}"
    headers = {"X-Hub-Signature-256": "sha256=" + "0" * 64, "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while not stop.is_set():
        connection.request("POST", "/webhooks/page", body, headers)
        answer = connection.getresponse()
        answer.read()
        refused.append(answer.status)
    connection.close()
