"""Both platforms' people in the playground's one set of words."""

from collections.abc import Mapping

import pytest
import requests

from bot.playground.accounts import Account
from bot.playground.people import CHINA, WORLD, Kind, made_up
from handlers.simulator.messenger_config import MessengerConfig
from handlers.simulator.wechat_config import WeChatConfig


@pytest.mark.parametrize("channel", ["page", "account"])
def test_people_stand_on_their_platform_as_they_were_made_up(accounts: Mapping[str, Account], channel: str) -> None:
    account, people = accounts[channel], made_up(4, WORLD if channel == "page" else CHINA)
    ids = account.arrive(people)
    assert len(set(ids)) == len(people)
    for identity, person in zip(ids, people, strict=True):
        found = account.person(identity)
        assert (found["id"], found["channel"]) == (identity, channel)
        assert found["blocked"] == (person.kind is Kind.BLOCKED)
        assert found["spent"] == (channel == "account" and person.kind is Kind.CLOSED)


def test_wechat_tells_no_names(accounts: Mapping[str, Account]) -> None:
    assert {person["name"] for person in accounts["account"].people()} == {""}
    assert all(person["name"] for person in accounts["page"].people())


def _send(account: Account, person: str, metadata: str) -> None:
    message = {"text": "Hello", "metadata": metadata}
    body = {"recipient": {"id": person}, "messaging_type": "UPDATE", "message": message}
    token = {"access_token": MessengerConfig().token}
    requests.post(f"{account.url}/v26.0/me/messages", params=token, json=body, timeout=5).raise_for_status()


@pytest.mark.parametrize("channel", ["page", "account"])
def test_before_any_broadcast_there_is_no_copy_on_any_phone(accounts: Mapping[str, Account], channel: str) -> None:
    assert accounts[channel].most_copies() == 0


@pytest.mark.parametrize(("times", "copies"), [(1, 1), (2, 2)])
def test_copies_of_one_marked_message_on_one_phone_are_counted(
    accounts: Mapping[str, Account], times: int, copies: int
) -> None:
    account = accounts["page"]
    for person in account.people()[:2]:
        for _ in range(times):
            _send(account, person["id"], "b:1:1:0")
        _send(account, person["id"], "r:1")  # an answer, which may be said again
        _send(account, person["id"], "r:1")
    assert account.most_copies() == copies


def test_copies_of_a_mass_message_are_counted(accounts: Mapping[str, Account]) -> None:
    account, config = accounts["account"], WeChatConfig()
    given = {"grant_type": "client_credential", "appid": config.app_id, "secret": config.app_secret}
    answer = requests.post(f"{account.url}/cgi-bin/stable_token", json=given, timeout=5).json()
    body = {
        "touser": [person["id"] for person in account.people()[:2]],
        "msgtype": "text",
        "text": {"content": "Hello"},
        "clientmsgid": "1",
    }
    url, token = f"{account.url}/cgi-bin/message/mass/send", {"access_token": answer["access_token"]}
    assert requests.post(url, params=token, json=body, timeout=5).json()["errcode"] == 0
    account.simulator().post("settle", {})
    assert account.most_copies() == 1


@pytest.mark.parametrize("channel", ["page", "account"])
def test_who_turns_away_can_come_back(accounts: Mapping[str, Account], channel: str) -> None:
    account = accounts[channel]
    identity = account.people()[0]["id"]
    for on in (True, False):
        account.turn_away(identity, on=on)
        assert account.person(identity)["blocked"] is on


def test_a_follower_who_refused_messages_takes_them_again(accounts: Mapping[str, Account]) -> None:
    account = accounts["account"]
    identity = account.people()[0]["id"]
    account.simulator().post(f"people/{identity}", {"refused": True})
    account.turn_away(identity, on=False)
    assert account.person(identity)["blocked"] is False


@pytest.mark.parametrize("channel", ["page", "account"])
def test_what_is_said_stands_on_the_phone_with_its_person_and_channel(
    accounts: Mapping[str, Account], channel: str
) -> None:
    account = accounts[channel]
    identity = account.people()[0]["id"]
    account.say(identity, {"text": "hi"})
    (message, *_) = account.messages(identity)["messages"]
    assert (message["channel"], message["person"]) == (channel, identity)
    assert (message["from"], message["message"]) == ("person", {"text": "hi"})


def test_wechat_keeps_the_picture_a_person_sends_and_serves_it(accounts: Mapping[str, Account]) -> None:
    account = accounts["account"]
    identity = account.people()[0]["id"]
    account.say(identity, {"image_url": "http://127.0.0.1/pictures/spring.png"})
    (message, *_) = account.messages(identity)["messages"]
    assert message["message"]["image"]["url"].startswith(f"{account.url}/_sim/media/")
