"""The page's server: shows what there is, does what its buttons say, and obeys nobody else."""

import re
from datetime import timedelta
from typing import Any

import pytest

from bot.playground.clock import STEPS
from bot.playground.simulator import Simulator
from bot.playground.stage import Stage
from bot.playground.trouble import TROUBLES
from bot.playground.words import TYPED_PATH
from storage import broadcasts, channels, subscribers
from storage.lifecycle import BroadcastStatus, Consent
from storage.models import Broadcast
from tests.conftest import START


def test_the_page_and_all_it_needs_come_from_here(client: Any) -> None:
    with client.get("/") as page:
        assert page.status_code == 200
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert "http" not in page.text


def test_the_scene_shows_everybody_the_words_to_type_and_the_trouble(
    client: Any, psids: list[str], openids: list[str]
) -> None:
    scene = client.get("/scene").get_json()
    assert [person["id"] for person in scene["people"]] == psids + openids
    assert [(each["name"], each["platform"], each["admin"]) for each in scene["channels"]] == [
        ("page", "messenger", psids[2]),
        ("account", "wechat", openids[2]),
    ]
    assert [each["hints"] for each in scene["channels"]] == [list(path) for path in TYPED_PATH.values()]
    assert [step["name"] for step in scene["steps"]] == list(STEPS)
    assert [trouble["name"] for trouble in scene["troubles"]] == [trouble.name for trouble in TROUBLES]


def test_a_person_is_shown_as_the_platform_and_the_product_know_them(
    client: Any, stage: Stage, psids: list[str]
) -> None:
    channel_id = stage.installation.runtime.channels["page"].id
    with stage.installation.runtime.database.connection_context():
        row = {"platform_user_id": psids[0], "variables": {"plan": "pro"}}
        subscribers.add_imported(channel_id, [row], START)
        subscribers.set_consent(channel_id, psids[0], Consent.OPTED_OUT, START)
    person = client.get(f"/people/page/{psids[0]}").get_json()
    assert person["stopped"]
    assert person["variables"] == {"plan": "pro"}
    assert person["name"] == "Ada Okafor"


def test_the_numbers_are_those_of_the_ledger(stage: Stage) -> None:
    with stage.installation.runtime.database.connection_context():
        broadcasts.create(stage.installation.runtime.channels["page"].id, "Sale", "anna", START)
    numbers = stage.numbers()
    (row,) = numbers["broadcasts"]
    assert numbers["copies"] == {"messenger": 0, "wechat": 0}
    assert (row["name"], row["status"], row["audience"], row["reasons"]) == ("Sale", "draft", 0, [])


@pytest.mark.parametrize(
    ("status", "until", "why"),
    [
        (BroadcastStatus.SENDING, None, "The token has expired."),
        (BroadcastStatus.SENDING, timedelta(minutes=1), r"The token has expired. Next try: \d\d:\d\d:\d\d UTC."),
        (BroadcastStatus.PAUSED, None, "Look at it."),
        (BroadcastStatus.SENT, None, ""),
    ],
)
def test_why_a_broadcast_stands_still_is_said_while_it_does(
    stage: Stage, status: BroadcastStatus, until: timedelta | None, why: str
) -> None:
    page, now = stage.installation.runtime.channels["page"].id, stage.clock.now()
    with stage.installation.runtime.database.connection_context():
        made = broadcasts.create(page, "Sale", "anna", START)
        Broadcast.update(status=status, pause_reason="Look at it.").where(Broadcast.id == made.id).execute()
        channels.pause(page, "The token has expired.", until and now + until, now)
    numbers = stage.numbers()
    assert re.fullmatch(why, numbers["broadcasts"][0]["why"])
    assert numbers["paused"] == ["page"]


def test_what_a_person_says_reaches_the_platform(client: Any, psids: list[str]) -> None:
    assert client.post(f"/people/page/{psids[0]}/say", json={"text": "hi"}).status_code == 200
    (message,) = client.get(f"/people/page/{psids[0]}/messages").get_json()["messages"]
    assert (message["from"], message["message"]) == ("person", {"text": "hi"})


def test_a_person_blocks_the_page_and_comes_back(client: Any, psids: list[str]) -> None:
    assert client.post(f"/people/page/{psids[0]}/away", json={"on": True}).get_json()["blocked"]
    assert not client.post(f"/people/page/{psids[0]}/away", json={"on": False}).get_json()["blocked"]


def test_trouble_is_put_up_once_and_taken_down(client: Any, simulator: Simulator, psids: list[str]) -> None:
    for _ in range(2):
        client.post("/troubles/slow", json={"on": True})
    (rule,) = simulator.get("faults")["rules"]
    assert rule["people"] == sorted(psids[:2])
    client.post("/troubles/slow", json={"on": False})
    assert simulator.get("faults")["rules"] == []


def test_a_refusal_of_the_simulator_is_passed_on_in_its_own_words(client: Any) -> None:
    answer = client.post("/people/page/123/say", json={"text": "hi"})
    assert (answer.status_code, answer.get_json()) == (400, {"error": "There is nobody with this PSID."})


def test_a_follower_has_the_name_of_our_import(client: Any, stage: Stage, openids: list[str]) -> None:
    channel_id = stage.installation.runtime.channels["account"].id
    with stage.installation.runtime.database.connection_context():
        row = {"platform_user_id": openids[0], "first_name": "Mei", "last_name": "Lin"}
        subscribers.add_imported(channel_id, [row], START)
    assert client.get(f"/people/account/{openids[0]}").get_json()["name"] == "Mei Lin"


def test_trouble_of_one_platform_leaves_the_other_alone(client: Any, stage: Stage) -> None:
    client.post("/troubles/wechat_review", json={"on": True})
    assert {name: len(each.simulator().get("faults")["rules"]) for name, each in stage.accounts.items()} == {
        "page": 0,
        "account": 1,
    }
    assert stage.numbers()["troubles"]["wechat_review"] == {"on": True, "struck": 0}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:8700", "Origin": "http://localhost:8700"}, 200),
        ({"Host": "127.0.0.1:8700", "Origin": "http://127.0.0.1:8700"}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1:8700", "Origin": "https://evil.example"}, 403),
        ({"Host": "127.0.0.1:8700", "Origin": "http://127.0.0.1:9000"}, 403),
        ({"Host": "127.0.0.1:8700", "Origin": "null"}, 403),
    ],
)
def test_other_sites_are_refused(client: Any, psids: list[str], headers: dict[str, str], status: int) -> None:
    answer = client.post(f"/people/page/{psids[0]}/say", json={"text": "hi"}, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/people/nowhere/123/say", {"json": {"text": "hi"}}, 404),
        ("/greetings", {"data": {}}, 415),
        ("/clock/day", {"data": {}}, 415),
        ("/troubles/earthquake", {"json": {"on": True}}, 404),
        ("/troubles/slow", {"json": {}}, 400),
        ("/troubles/slow", {"json": {"on": "yes"}}, 400),
        ("/troubles/slow", {"json": [1]}, 400),
        ("/troubles/slow", {"data": {"on": "true"}}, 415),
    ],
)
def test_what_makes_no_sense_is_refused(client: Any, path: str, body: dict[str, Any], status: int) -> None:
    assert client.post(path, **body).status_code == status
