"""Section 2: the two kinds of token, how long they last and how they are refused."""

import json

import pytest

from handlers.simulator.wechat_api import Call
from tests.handlers.simulator.wechat.rig import OfflineAccount, code


@pytest.fixture
def account():
    return OfflineAccount()


def plain(account, **change):
    given = {"grant_type": "client_credential", "appid": account.config.app_id, "secret": account.config.app_secret}
    return json.loads(account.account.api.call(Call("GET", "token", {**given, **change})).body)


def stable(account, **change):
    given = {"grant_type": "client_credential", "appid": account.config.app_id, "secret": account.config.app_secret}
    raw = json.dumps({**given, **change}).encode()
    return json.loads(account.account.api.call(Call("POST", "stable_token", {}, raw)).body)


def use(account, token):
    return code(json.loads(account.account.api.call(Call("GET", "user/get", {"access_token": token})).body))


def test_a_token_is_answered_without_errcode_and_lasts_7200_seconds(account):
    for answer in (plain(account), stable(account)):
        assert answer.keys() == {"access_token", "expires_in"}
        assert answer["expires_in"] == 7200


def test_asking_for_a_plain_token_again_gives_another_and_the_first_is_good_for_300_seconds_more(account):
    first, second = plain(account)["access_token"], plain(account)["access_token"]
    assert first != second
    account.later(seconds=299)
    assert use(account, first) == 0
    account.later(seconds=1)
    assert use(account, first) == 40001
    assert use(account, second) == 0


def test_a_stable_token_is_the_same_until_300_seconds_before_its_end(account):
    first = stable(account)["access_token"]
    account.later(seconds=6899)
    assert stable(account) == {"access_token": first, "expires_in": 301}
    account.later(seconds=1)
    renewed = stable(account)
    assert renewed["access_token"] != first
    assert renewed["expires_in"] == 7200
    assert use(account, first) == 0
    account.later(seconds=300)
    assert use(account, first) != 0


def test_the_two_kinds_do_not_end_each_other(account):
    steady = stable(account)["access_token"]
    plain(account)
    plain(account)
    account.later(seconds=400)
    assert use(account, steady) == 0


def test_forcing_a_new_stable_token_ends_the_old_one_at_once(account):
    first = stable(account)["access_token"]
    second = stable(account, force_refresh=True)["access_token"]
    assert use(account, first) == 40001
    assert use(account, second) == 0


def test_forcing_needs_30_seconds_between_and_20_a_day_are_allowed(account):
    assert code(stable(account, force_refresh=True)) == 0
    account.later(seconds=29)
    assert code(stable(account, force_refresh=True)) == 45011
    for _ in range(19):
        account.later(seconds=30)
        assert code(stable(account, force_refresh=True)) == 0
    account.later(seconds=30)
    assert code(stable(account, force_refresh=True)) == 45009


def test_a_token_expires_with_42001(account):
    token = plain(account)["access_token"]
    account.later(seconds=7200)
    assert use(account, token) == 42001


TOKENS = [
    ("none", "", 41001),
    ("none that was ever one", "nonsense", 40014),
    ("one of nobody's", "87_" + "a" * 128, 40001),
]


@pytest.mark.parametrize(("label", "token", "expected"), TOKENS, ids=[label for label, *_ in TOKENS])
def test_tokens_that_do_not_serve_are_refused_by_code(account, label, token, expected):
    assert use(account, token) == expected


CREDENTIALS = [
    ("another grant", {"grant_type": "password"}, 40002),
    ("no app id", {"appid": ""}, 41002),
    ("another app id", {"appid": "wx9"}, 40013),
    ("no secret", {"secret": ""}, 41004),
]


@pytest.mark.parametrize(("label", "change", "expected"), CREDENTIALS, ids=[label for label, *_ in CREDENTIALS])
def test_wrong_credentials_are_refused_by_code(account, label, change, expected):
    assert code(plain(account, **change)) == expected
    assert code(stable(account, **change)) == expected


def test_a_wrong_secret_is_40001_at_the_one_and_40125_at_the_other(account):
    assert code(plain(account, secret="no")) == 40001
    assert code(stable(account, secret="no")) == 40125


def test_the_words_of_40001_are_those_seen_on_the_wire(account):
    answer = plain(account, secret="no")
    assert answer["errmsg"].startswith(
        "invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken, "
        "more details at https://mmbizurl.cn/s/JtxxFh33r rid: "
    )


def test_an_address_that_is_not_listed_is_told_at_token_calls_only(account):
    token = stable(account)["access_token"]
    account.world.faults.add({"name": "ip_not_listed"})
    assert use(account, token) == 0
    answer = stable(account)
    assert code(answer) == 40164
    assert answer["errmsg"].startswith("invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist rid: ")


def test_2000_plain_tokens_are_given_in_a_day(account):
    assert all(code(plain(account)) == 0 for _ in range(2000))
    assert code(plain(account)) == 45009


def test_stable_tokens_are_asked_for_by_post(account):
    assert code(json.loads(account.account.api.call(Call("GET", "stable_token", {})).body)) == 43002


@pytest.mark.parametrize(("fault", "expected"), [("token_expired", 42001), ("token_invalid", 40001)])
def test_a_good_token_can_be_refused_on_request_and_its_renewal_is_not(account, fault, expected):
    token = stable(account)["access_token"]
    account.world.faults.add({"name": fault, "next_calls": 1})
    assert code(stable(account)) == 0
    assert use(account, token) == expected
    assert use(account, token) == 0
