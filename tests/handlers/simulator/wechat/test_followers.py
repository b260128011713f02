"""Sections 6.3 and 6.4: the list of followers, what is told of them, and their tags."""

import re

import pytest

from tests.handlers.simulator.wechat.rig import OfflineAccount, code


@pytest.fixture
def account():
    return OfflineAccount()


def test_an_openid_has_28_characters_and_belongs_to_its_account(account):
    openids = account.people(1000)
    assert len(set(openids)) == 1000
    assert all(re.fullmatch(r"o[A-Za-z0-9_-]{27}", openid) for openid in openids)
    other = OfflineAccount(app_id="wxother")
    assert not set(openids) & set(other.people(1000))
    assert [account.world.people.find(openid) for openid in openids] == list(range(1000))


def test_the_list_is_read_page_by_page_until_an_empty_one(account):
    openids = account.people(25_000)
    first = account.get("user/get")
    assert (first["total"], first["count"], first["data"]["openid"]) == (25_000, 10_000, openids[:10_000])
    second = account.get("user/get", next_openid=first["next_openid"])
    third = account.get("user/get", next_openid=second["next_openid"])
    assert third["data"]["openid"] == openids[20_000:]
    last = account.get("user/get", next_openid=third["next_openid"])
    assert last == {"total": 25_000, "count": 0, "next_openid": ""}


def test_the_list_leaves_out_who_has_left(account):
    openids = account.people(3)
    account.world.people.unfollow(1)
    assert account.get("user/get")["data"]["openid"] == [openids[0], openids[2]]
    assert account.get("user/get")["total"] == 2


def test_a_page_after_nobody_is_40003(account):
    assert code(account.get("user/get", next_openid="x")) == 40003


def test_a_follower_is_told_without_name_face_and_language(account):
    (openid,) = account.people()
    info = account.get("user/info", openid=openid, lang="zh_CN")
    assert info == {
        "subscribe": 1,
        "openid": openid,
        "subscribe_time": account.clock.millis() // 1000,
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": "ADD_SCENE_SEARCH",
        "qr_scene": 0,
        "qr_scene_str": "",
    }


def test_of_who_has_left_nothing_is_told(account):
    (openid,) = account.people()
    account.world.people.unfollow(0)
    assert account.get("user/info", openid=openid) == {"subscribe": 0, "openid": openid}


@pytest.mark.parametrize(("count", "expected"), [(1, 0), (100, 0), (101, 40032), (0, 40031)])
def test_100_followers_are_told_in_a_call(account, count, expected):
    wanted = [{"openid": openid, "lang": "zh_CN"} for openid in account.people(101)[:count]]
    answer = account.post("user/info/batchget", user_list=wanted)
    assert code(answer) == expected
    assert expected or [one["openid"] for one in answer["user_info_list"]] == [one["openid"] for one in wanted]


@pytest.mark.parametrize(("remark", "expected"), [("a" * 29, 0), ("a" * 30, 40092), ("促" * 10, 40092)])
def test_a_remark_has_less_than_30_bytes(account, remark, expected):
    (openid,) = account.people()
    assert code(account.post("user/info/updateremark", openid=openid, remark=remark)) == expected
    assert account.get("user/info", openid=openid)["remark"] == ("" if expected else remark)


NAMES = [("30 characters", "促" * 30, 0), ("31 characters", "促" * 31, 45158), ("none", "", 45158)]


@pytest.mark.parametrize(("label", "name", "expected"), NAMES, ids=[label for label, *_ in NAMES])
def test_a_tag_has_a_name_of_up_to_30(account, label, name, expected):
    assert code(account.post("tags/create", tag={"name": name})) == expected


def test_a_tag_is_made_found_renamed_and_deleted(account):
    made = account.post("tags/create", tag={"name": "gold"})
    assert made == {"tag": {"id": 100, "name": "gold"}}
    assert code(account.post("tags/create", tag={"name": "gold"})) == 45157
    assert code(account.post("tags/update", tag={"id": 100, "name": "silver"})) == 0
    assert account.get("tags/get")["tags"][-1] == {"id": 100, "name": "silver", "count": 0}
    assert code(account.post("tags/delete", tag={"id": 100})) == 0
    assert code(account.post("tags/delete", tag={"id": 100})) == 45159


def test_an_account_has_100_tags(account):
    assert all(code(account.post("tags/create", tag={"name": str(number)})) == 0 for number in range(100))
    assert code(account.post("tags/create", tag={"name": "one more"})) == 45056


@pytest.mark.parametrize("tag", [0, 1, 2])
def test_the_platforms_own_tags_stay(account, tag):
    assert code(account.post("tags/delete", tag={"id": tag})) == 45058
    assert code(account.post("tags/update", tag={"id": tag, "name": "x"})) == 45058


def test_a_tag_of_more_than_100000_cannot_be_deleted(account):
    account.world.people.add(100_001, 0)
    account.post("tags/create", tag={"name": "all"})
    account.world.tags.members(100).update(range(100_001))
    assert code(account.post("tags/delete", tag={"id": 100})) == 45057
    account.world.tags.members(100).discard(0)
    assert code(account.post("tags/delete", tag={"id": 100})) == 0


@pytest.mark.parametrize("call", ["batchtagging", "batchuntagging"])
@pytest.mark.parametrize(("count", "expected"), [(0, 40031), (1, 0), (50, 0), (51, 40032)])
def test_50_people_are_tagged_in_a_call(account, call, count, expected):
    openids = account.people(51)
    account.post("tags/create", tag={"name": "gold"})
    answer = account.post(f"tags/members/{call}", openid_list=openids[:count], tagid=100)
    assert code(answer) == expected


def test_tagging_with_a_tag_of_nobodys_is_45159(account):
    assert code(account.post("tags/members/batchtagging", openid_list=account.people(), tagid=7)) == 45159


def test_a_person_carries_20_tags(account):
    (openid,) = account.people()
    for number in range(20):
        account.tag([openid], str(number))
    assert account.post("tags/getidlist", openid=openid) == {"tagid_list": list(range(100, 120))}
    account.post("tags/create", tag={"name": "one more"})
    assert code(account.post("tags/members/batchtagging", openid_list=[openid], tagid=120)) == 45059


def test_tagging_can_fail_for_a_part_which_is_named(account):
    openids = account.people(10)
    account.post("tags/create", tag={"name": "gold"})
    account.world.faults.add({"name": "tagging_partial", "share": 0.3, "next_calls": 1})
    answer = account.post("tags/members/batchtagging", openid_list=openids, tagid=100)
    assert code(answer) == 45171
    assert answer["fail_openid_list"] == openids[:3]
    assert account.world.tags.members(100) == set(range(3, 10))
    again = {"openid_list": answer["fail_openid_list"], "tagid": 100}
    assert code(account.post("tags/members/batchtagging", **again)) == 0
    assert account.world.tags.members(100) == set(range(10))


def test_who_carries_a_tag_is_listed_page_by_page(account):
    openids = account.people(3)
    tag = account.tag(openids[:2])
    page = account.post("user/tag/get", tagid=tag)
    assert page == {"count": 2, "data": {"openid": openids[:2]}, "next_openid": openids[1]}
    assert account.post("user/tag/get", tagid=tag, next_openid=openids[1]) == {"count": 0, "next_openid": ""}


def test_untagged_people_carry_it_no_more(account):
    openids = account.people(2)
    tag = account.tag(openids)
    account.post("tags/members/batchuntagging", openid_list=openids[:1], tagid=tag)
    assert account.world.tags.members(tag) == {1}
