"""The list of followers, page by page, and what little is told about each."""

from datetime import UTC, datetime
from itertools import islice

import pytest

from handlers.contract import PlatformError
from handlers.many import Follower, FollowerPage
from tests.handlers.wechat.api import Told, answer, error

LIST, INFO = "user/get", "user/info/batchget"


def page(people, after, total=5):
    return answer(total=total, count=len(people), data={"openid": people}, next_openid=after)


def test_the_list_is_read_to_its_end(api, account):
    api.tell(LIST, page(["o1", "o2"], "o2"), page(["o3"], "o3"), answer(total=3, count=0, next_openid=""))
    assert list(account.follower_pages()) == [
        FollowerPage(("o1", "o2"), "o2", 5),
        FollowerPage(("o3",), "o3", 5),
        FollowerPage((), "", 3),
    ]
    assert [(call.method, call.query.get("next_openid", "")) for call in api.calls(LIST)] == [
        ("GET", ""),
        ("GET", "o2"),
        ("GET", "o3"),
    ]


def test_the_list_goes_on_where_it_was_left(api, account):
    api.tell(LIST, page(["o3"], ""))
    assert list(account.follower_pages("o2")) == [FollowerPage(("o3",), "", 5)]
    assert api.calls(LIST)[0].query["next_openid"] == "o2"


def test_a_page_is_asked_for_when_it_is_wanted(api, account):
    api.tell(LIST, page(["o1"], "o1"))
    assert len(list(islice(account.follower_pages(), 1))) == 1
    assert len(api.calls(LIST)) == 1


@pytest.mark.parametrize(
    "told", [page(["o1"], "o1"), answer(total=5, next_openid="o9"), answer(data=[], next_openid=5)]
)
def test_a_list_that_does_not_move_ends(api, account, told):
    api.tell(LIST, told)
    assert len(list(account.follower_pages("o1"))) == 1


def test_a_refusal_in_the_middle_is_said_after_the_pages_before_it(api, account):
    api.tell(LIST, page(["o1"], "o1"), error(45009))
    pages = account.follower_pages()
    assert next(pages).after == "o1"
    with pytest.raises(PlatformError, match="used up"):
        next(pages)


def test_profiles_are_asked_for_a_hundred_at_a_time(api, account):
    people = [f"o{number}" for number in range(201)]
    api.tell(INFO, answer(user_info_list=[]))
    assert list(account.followers(people)) == []
    assert [len(call.body["user_list"]) for call in api.calls(INFO)] == [100, 100, 1]
    assert api.calls(INFO)[0].body["user_list"][0] == {"openid": "o0", "lang": "zh_CN"}


def test_what_is_told_is_read_and_nonsense_left_out(api, account):
    full = {
        "subscribe": 1,
        "openid": "o1",
        "subscribe_time": 1795510800,
        "remark": "VIP",
        "tagid_list": [128, "x"],
        "subscribe_scene": "ADD_SCENE_QR_CODE",
        "qr_scene": 98765,
        "qr_scene_str": "",
        "language": "zh_CN",
    }
    named = {"subscribe": 1, "openid": "o2", "qr_scene": 0, "qr_scene_str": "spring", "subscribe_time": 10**17}
    api.tell(INFO, answer(user_info_list=[full, named, {"subscribe": 0, "openid": "o3"}, "x", {"openid": 5}]))
    assert list(account.followers(["o1", "o2", "o3"])) == [
        Follower(
            person="o1",
            follows=True,
            since=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
            how="ADD_SCENE_QR_CODE",
            ref="98765",
            remark="VIP",
            tags=(128,),
        ),
        Follower(person="o2", follows=True, ref="spring"),
        Follower(person="o3", follows=False),
    ]


@pytest.mark.parametrize("told", [Told(502), Told(body=b"<html>"), Told(torn=True)])
def test_silence_is_said(api, account, told):
    api.tell(INFO, told)
    with pytest.raises(PlatformError, match="did not answer"):
        list(account.followers(["o1"]))
