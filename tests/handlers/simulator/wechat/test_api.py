"""Section 7 and the daily quotas: how calls are refused, counted and cleared; the menu."""

from datetime import UTC, datetime

import pytest

from handlers.simulator.wechat_quotas import DAILY
from tests.handlers.simulator.wechat.rig import RID, OfflineAccount, code


@pytest.fixture
def account():
    return OfflineAccount()


def test_a_refusal_is_json_with_a_code_and_words_that_end_in_a_rid(account):
    answer = account.text("nobody")
    assert answer.keys() == {"errcode", "errmsg"}
    assert answer["errmsg"].startswith("invalid openid rid: ")
    assert RID.search(answer["errmsg"])


BODIES = [
    ("nothing", b"", 44002),
    ("blanks", b"  ", 44002),
    ("not JSON", b"{", 47001),
    ("a list", b"[]", 47001),
    ("not UTF-8", b'{"tag":{"name":"\xff"}}', 47001),
    ("a character written as an escape", rb'{"tag":{"name":"\u4f60"}}', 40033),
    ("an escaped backslash before a u", rb'{"tag":{"name":"\\u4f60"}}', 0),
    ("an escaped control character", rb'{"tag":{"name":"a\u0007"}}', 0),
    ("raw UTF-8", '{"tag":{"name":"你"}}'.encode(), 0),
]


@pytest.mark.parametrize(("label", "raw", "expected"), BODIES, ids=[label for label, *_ in BODIES])
def test_a_body_is_a_json_object_in_raw_utf8(account, label, raw, expected):
    assert code(account.raw("tags/create", raw)) == expected


CALLS = [
    ("an unknown path", "POST", "message/nowhere", 40066),
    ("a GET where a POST belongs", "GET", "tags/create", 43002),
    ("a POST where a GET belongs", "POST", "user/get", 43001),
]


@pytest.mark.parametrize(("label", "method", "path", "expected"), CALLS, ids=[label for label, *_ in CALLS])
def test_a_call_goes_to_its_path_by_its_method(account, label, method, path, expected):
    assert code(account.raw(path, b"{}", method)) == expected


# Source: the platform's page of daily limits for a new account.
LIMITS = [
    ("token", 2000),
    ("menu/create", 1000),
    ("message/custom/send", 500_000),
    ("message/mass/sendall", 100),
    ("message/mass/delete", 10),
    ("user/get", 500),
    ("user/info", 5_000_000),
    ("user/info/updateremark", 10_000),
    ("media/upload", 100_000),
    ("draft/add", 1000),
    ("draft/get", 500),
    ("freepublish/submit", 100),
    ("stable_token", 500_000),
]


@pytest.mark.parametrize(("path", "most"), LIMITS)
def test_the_quota_of_a_call_is_told(account, path, most):
    assert DAILY[path] == most
    told = account.post("openapi/quota/get", cgi_path=f"/cgi-bin/{path}")
    assert told["quota"]["daily_limit"] == most
    assert told["quota"]["used"] + told["quota"]["remain"] == most


def test_the_rate_of_a_mass_call_is_told(account):
    told = account.post("openapi/quota/get", cgi_path="/cgi-bin/message/mass/sendall")
    assert told["rate_limit"] == {"call_count": 60, "refresh_second": 60}


def test_the_quota_of_an_unknown_path_and_of_one_that_is_not_allowed(account):
    assert code(account.post("openapi/quota/get", cgi_path="/cgi-bin/nowhere")) == 76021
    subscription = OfflineAccount(account="subscription")
    assert code(subscription.post("openapi/quota/get", cgi_path="/cgi-bin/message/mass/send")) == 76022


def test_a_spent_quota_comes_back_at_midnight_in_china():
    account = OfflineAccount(datetime(2026, 11, 23, 15, 59, tzinfo=UTC))
    assert all(code(account.get("user/get")) == 0 for _ in range(500))
    answer = account.get("user/get")
    assert code(answer) == 45009
    assert answer["errmsg"].startswith("reach max api daily quota limit rid: ")
    account.later(minutes=1)
    assert code(account.get("user/get")) == 0


def test_quotas_are_cleared_ten_times_a_month_in_china():
    account = OfflineAccount(datetime(2026, 11, 30, 15, 59, tzinfo=UTC), daily={"user/get": 1})
    by_secret = {"appid": account.config.app_id, "appsecret": account.config.app_secret}
    for number in range(10):
        assert code(account.get("user/get")) == 0
        assert code(account.get("user/get")) == 45009
        body = by_secret if number % 2 else {"appid": account.config.app_id}
        assert account.post("clear_quota/v2" if number % 2 else "clear_quota", **body)["errcode"] == 0
    assert code(account.post("clear_quota", appid=account.config.app_id)) == 48006
    account.later(minutes=1)
    assert code(account.post("clear_quota", appid=account.config.app_id)) == 0


def test_clearing_wants_the_right_app(account):
    assert code(account.post("clear_quota", appid="wx9")) == 40013
    assert code(account.post("clear_quota/v2", appid=account.config.app_id, appsecret="no")) == 40125


def test_without_rates_no_quota_is_ever_spent():
    account = OfflineAccount(rates="off", daily={"user/get": 1})
    assert all(code(account.get("user/get")) == 0 for _ in range(10))


CLICK = {"type": "click", "name": "News", "key": "NEWS"}
MENUS = [
    ("no button", [], 40016),
    ("three buttons", [CLICK] * 3, 0),
    ("four buttons", [CLICK] * 4, 40016),
    ("a name of 16 bytes", [{**CLICK, "name": "n" * 16}], 0),
    ("a name of 17 bytes", [{**CLICK, "name": "n" * 17}], 40018),
    ("a key of 128 bytes", [{**CLICK, "key": "k" * 128}], 0),
    ("a key of 129 bytes", [{**CLICK, "key": "k" * 129}], 40019),
    ("an unknown type", [{**CLICK, "type": "press"}], 40017),
    ("a long address", [{"type": "view", "name": "n", "url": "u" * 1025}], 40020),
    ("five below", [{"name": "More", "sub_button": [CLICK] * 5}], 0),
    ("six below", [{"name": "More", "sub_button": [CLICK] * 6}], 40023),
    ("a name of 60 bytes below", [{"name": "More", "sub_button": [{**CLICK, "name": "n" * 60}]}], 0),
    ("a name of 61 bytes below", [{"name": "More", "sub_button": [{**CLICK, "name": "n" * 61}]}], 40025),
    ("a long key below", [{"name": "More", "sub_button": [{**CLICK, "key": "k" * 129}]}], 40026),
    ("a long address below", [{"name": "M", "sub_button": [{"type": "view", "name": "n", "url": "u" * 1025}]}], 40027),
]


@pytest.mark.parametrize(("label", "buttons", "expected"), MENUS, ids=[label for label, *_ in MENUS])
def test_a_menu_is_measured(account, label, buttons, expected):
    assert code(account.post("menu/create", button=buttons)) == expected
    assert account.world.menu.buttons == ([] if expected else buttons)


@pytest.mark.parametrize("chosen", [45009, -1, 45028, 89503])
def test_any_code_can_be_answered_on_request_to_some_calls(account, chosen):
    account.world.faults.add({"name": "refused", "code": chosen, "calls": ["user/get"], "next_calls": 1})
    assert code(account.get("draft/count")) == 0
    assert code(account.get("user/get")) == chosen
    assert code(account.get("user/get")) == 0
    assert account.world.record.refused == {str(chosen): 1}
