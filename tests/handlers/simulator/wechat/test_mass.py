"""Sections 4.1 to 4.5 and 4.7: who may send to whom how often, and what makes a retry safe."""

from datetime import UTC, datetime

import pytest

from tests.handlers.simulator.wechat.rig import OfflineAccount, code, mass_text


@pytest.fixture
def account():
    return OfflineAccount()


def test_an_accepted_text_has_a_msg_id_and_no_msg_data_id(account):
    account.people(2)
    answer = account.sendall()
    assert answer.keys() == {"errcode", "errmsg", "msg_id"}
    assert answer["errmsg"] == "send job submission success"


def test_an_accepted_article_has_a_msg_data_id(account):
    account.people(2)
    answer = account.sendall(msgtype="mpnews", mpnews={"media_id": account.draft()})
    assert isinstance(answer["msg_data_id"], int)


LISTS = [
    ("nobody", 0, 40130),
    ("one", 1, 40130),
    ("two", 2, 0),
    ("10,000", 10_000, 0),
    ("10,001", 10_001, 40032),
]


@pytest.mark.parametrize(("label", "size", "expected"), LISTS, ids=[label for label, *_ in LISTS])
def test_a_list_has_2_to_10000_openids(account, label, size, expected):
    openids = account.people(10_001)[:size]
    assert code(account.send(openids)) == expected


BAD_LISTS = [
    ("the same one twice", lambda openids: openids[:1] * 2, 40130),
    ("somebody of nobody's", lambda openids: [*openids, "o" * 28], 40003),
    ("a number", lambda openids: [*openids, 7], 40031),
    ("a string", lambda openids: openids[0], 40031),
]


@pytest.mark.parametrize(("label", "change", "expected"), BAD_LISTS, ids=[label for label, *_ in BAD_LISTS])
def test_a_list_of_something_else_is_refused(account, label, change, expected):
    assert code(account.send(change(account.people(2)))) == expected


def test_a_subscription_account_has_no_lists():
    account = OfflineAccount(account="subscription")
    assert code(account.send(account.people(2))) == 48001


@pytest.mark.parametrize(("setting", "expected"), [({"verified": False}, 48001), ({"test_account": True}, -1)])
def test_accounts_that_may_not_send_to_all(setting, expected):
    assert code(OfflineAccount(**setting).sendall()) == expected


FILTERS = [
    ("a tag by number", {"is_to_all": False, "tag_id": 100}, 0),
    ("a tag by its digits", {"is_to_all": False, "tag_id": "100"}, 0),
    ("a tag of nobody's", {"is_to_all": False, "tag_id": 999}, 40152),
    ("no tag", {"is_to_all": False}, 40152),
    ("the dead field of old libraries", {"is_to_all": False, "group_id": 100}, 40152),
    ("all, with an empty tag", {"is_to_all": True, "tag_id": ""}, 0),
    ("all, with a null tag", {"is_to_all": True, "tag_id": None}, 0),
    ("no filter", None, 40035),
]


@pytest.mark.parametrize(("label", "aim", "expected"), FILTERS, ids=[label for label, *_ in FILTERS])
def test_a_filter_is_all_or_one_tag(account, label, aim, expected):
    assert account.tag(account.people(2)) == 100
    assert code(account.post("message/mass/sendall", **mass_text(), filter=aim)) == expected


MESSAGES = [
    ("600 characters", {"msgtype": "text", "text": {"content": "促" * 600}}, 0),
    ("601 characters", {"msgtype": "text", "text": {"content": "促" * 601}}, 45002),
    ("an empty text", {"msgtype": "text", "text": {"content": ""}}, 44004),
    ("a card", {"msgtype": "wxcard", "wxcard": {"card_id": "x"}}, 45113),
    ("no kind", {}, 40008),
    ("a draft of nobody's", {"msgtype": "mpnews", "mpnews": {"media_id": "x"}}, 40007),
    ("no pictures", {"msgtype": "image", "images": {"media_ids": []}}, 40215),
    ("a picture of nobody's", {"msgtype": "image", "images": {"media_ids": ["x"]}}, 40007),
]


@pytest.mark.parametrize(("label", "message", "expected"), MESSAGES, ids=[label for label, *_ in MESSAGES])
def test_each_kind_of_mass_message_is_checked(account, label, message, expected):
    account.people(2)
    assert code(account.post("message/mass/sendall", filter={"is_to_all": True}, **message)) == expected


@pytest.mark.parametrize("form", ["images", "image"])
def test_pictures_go_by_the_new_object_and_by_the_old(account, form):
    media_id = account.cover()
    given = {"media_ids": [media_id]} if form == "images" else {"media_id": media_id}
    body = {"msgtype": "image", form: given, "filter": {"is_to_all": True}}
    assert code(account.post("message/mass/sendall", **body)) == 0


IDS = [("32 bytes", "a" * 32, 0), ("33 bytes", "a" * 33, 45067), ("11 Chinese characters", "促" * 11, 45067)]


@pytest.mark.parametrize(("label", "name", "expected"), IDS, ids=[label for label, *_ in IDS])
def test_a_clientmsgid_has_at_most_32_bytes(account, label, name, expected):
    assert code(account.send(account.people(2), clientmsgid=name)) == expected


def test_the_same_clientmsgid_is_refused_for_a_minute_and_then_tells_the_job(account):
    openids = account.people(2)
    msg_id = account.send(openids, clientmsgid="b1")["msg_id"]
    account.later(seconds=59)
    assert code(account.send(openids, clientmsgid="b1")) == 45066
    account.later(seconds=60)
    answer = account.send(openids, clientmsgid="b1")
    assert code(answer) == 45065
    assert answer["msg_id"] == msg_id
    assert answer["errmsg"].startswith("clientmsgid exist rid: ")
    assert len(account.world.jobs.all) == 1


@pytest.mark.parametrize(("hours", "jobs"), [(23.99, 1), (24, 2)])
def test_a_clientmsgid_is_remembered_for_24_hours(account, hours, jobs):
    openids = account.people(2)
    account.send(openids, clientmsgid="b1")
    account.later(hours=hours)
    account.send(openids, clientmsgid="b1")
    assert len(account.world.jobs.all) == jobs


DIGESTS = [
    ("the same text to the same people", {}, 45065),
    ("another text to the same people", {"text": {"content": "other"}}, 0),
    ("the same text under an id", {"clientmsgid": "b1"}, 0),
]


@pytest.mark.parametrize(("label", "change", "expected"), DIGESTS, ids=[label for label, *_ in DIGESTS])
def test_without_a_clientmsgid_audience_and_content_stand_for_one(account, label, change, expected):
    openids = account.people(2)
    account.send(openids)
    account.later(seconds=60)
    assert code(account.send(list(reversed(openids)), **change)) == expected


def test_the_same_text_to_other_people_is_another_send(account):
    openids = account.people(4)
    account.send(openids[:2])
    assert code(account.send(openids[2:])) == 0


def test_a_refused_call_does_not_take_its_clientmsgid(account):
    openids = account.people(2)
    assert code(account.send(openids, clientmsgid="b1", text={"content": ""})) == 44004
    assert code(account.send(openids, clientmsgid="b1")) == 0


# 15:59 UTC is 23:59 in China.
LATE = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)
LAST_OF_MONTH = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)


@pytest.mark.parametrize("target", ["all", "tag"])
def test_a_subscription_account_sends_once_a_day_in_china(target):
    account = OfflineAccount(LATE, account="subscription")
    tag = account.tag(account.people(2)) if target == "tag" else None
    assert code(account.sendall(tag, clientmsgid="1")) == 0
    answer = account.sendall(tag, clientmsgid="2")
    assert code(answer) == 45028
    assert answer["errmsg"].startswith("has no masssend quota rid: ")
    account.later(minutes=1)
    assert code(account.sendall(tag, clientmsgid="3")) == 0


def test_a_service_account_sends_to_all_once_a_day_in_china():
    account = OfflineAccount(LATE)
    assert code(account.sendall(clientmsgid="1")) == 0
    assert code(account.sendall(clientmsgid="2")) == 45028
    account.later(minutes=1)
    assert code(account.sendall(clientmsgid="3")) == 0


def test_a_service_account_sends_to_all_four_times_a_month_in_china():
    account = OfflineAccount(datetime(2026, 11, 26, 15, 59, tzinfo=UTC))
    for number in range(4):
        assert code(account.sendall(clientmsgid=str(number))) == 0
        account.later(days=1)
    assert account.clock.now() == LAST_OF_MONTH
    assert code(account.sendall(clientmsgid="fifth")) == 45028
    account.later(minutes=1)
    assert code(account.sendall(clientmsgid="december")) == 0


def test_a_service_account_sends_to_tags_and_lists_as_often_as_it_likes(account):
    openids = account.people(2)
    tag = account.tag(openids)
    for number in range(6):
        assert code(account.sendall(tag, clientmsgid=f"t{number}")) == 0
        assert code(account.send(openids, clientmsgid=f"l{number}")) == 0


def test_a_follower_gets_four_a_month_and_the_fifth_is_filtered_without_an_error():
    account = OfflineAccount(LAST_OF_MONTH)
    openids = account.people(3)
    seen = []
    for number in range(5):
        account.send(openids[:2], clientmsgid=f"l{number}")
        seen.append(account.counts())
    assert seen == [(2, 2, 2, 0)] * 4 + [(2, 0, 0, 0)]
    account.send(openids, clientmsgid="mixed")
    assert account.counts() == (3, 1, 1, 0)
    account.later(minutes=1)
    account.send(openids, clientmsgid="december")
    assert account.counts() == (3, 3, 3, 0)


def test_followers_of_a_subscription_account_are_not_counted_by_the_month():
    account = OfflineAccount(account="subscription")
    account.people(2)
    for number in range(6):
        account.sendall(clientmsgid=str(number))
        assert account.counts() == (2, 2, 2, 0)
        account.later(days=1)


def test_mass_calls_are_60_a_minute_both_endpoints_together(account):
    openids = account.people(2)
    tag = account.tag(openids)
    for number in range(30):
        assert code(account.sendall(tag, clientmsgid=f"t{number}")) == 0
        assert code(account.send(openids, clientmsgid=f"l{number}")) == 0
    answer = account.send(openids, clientmsgid="61")
    assert code(answer) == 45011
    assert answer["errmsg"].startswith("api minute-quota reach limit, must slower, retry next minute rid: ")
    account.later(minutes=1)
    assert code(account.send(openids, clientmsgid="61")) == 0


def test_mass_calls_are_100_a_day_in_china():
    account = OfflineAccount(datetime(2026, 11, 23, 15, 58, 30, tzinfo=UTC))
    openids = account.people(2)
    for number in range(100):
        if number == 60:
            account.later(seconds=60)
        assert code(account.send(openids, clientmsgid=str(number))) == 0
    assert code(account.send(openids, clientmsgid="101")) == 45009
    account.later(seconds=30)
    assert code(account.send(openids, clientmsgid="101")) == 0


def test_a_preview_goes_to_one_and_uses_nothing_of_the_month(account):
    (openid,) = account.people()
    assert code(account.post("message/mass/preview", touser=openid, **mass_text())) == 0
    assert code(account.post("message/mass/preview", towxname="wx_0", **mass_text())) == 0
    assert [message.road for message in account.world.record.phone(0, 0)] == ["preview", "preview"]
    assert account.world.people.received_in(0, 202611) == 0
    assert code(account.post("message/mass/preview", touser="o" * 28, **mass_text())) == 40003


def test_previews_by_name_are_100_a_day(account):
    account.people()
    for _ in range(100):
        assert code(account.post("message/mass/preview", towxname="wx_0", **mass_text())) == 0
    assert code(account.post("message/mass/preview", towxname="wx_0", **mass_text())) == 45009


def test_the_state_of_a_job_can_be_asked_for_and_nothing_else_of_it(account):
    openids = account.people(2)
    msg_id = account.send(openids)["msg_id"]
    assert account.post("message/mass/get", msg_id=msg_id) == {"msg_id": msg_id, "msg_status": "SENDING"}
    account.finish()
    assert account.post("message/mass/get", msg_id=str(msg_id)) == {"msg_id": msg_id, "msg_status": "SEND_SUCCESS"}
    assert code(account.post("message/mass/get", msg_id=1)) == 40059


def test_an_article_can_be_taken_down_after_it_was_sent_and_a_text_cannot(account):
    openids = account.people(2)
    article = account.send(openids, msgtype="mpnews", mpnews={"media_id": account.draft()})["msg_id"]
    assert code(account.post("message/mass/delete", msg_id=article)) == 40059
    text = account.send(openids)["msg_id"]
    account.finish()
    assert code(account.post("message/mass/delete", msg_id=text)) == 40204
    assert code(account.post("message/mass/delete", msg_id=article, article_idx=2)) == 40060
    assert code(account.post("message/mass/delete", msg_id=article, article_idx=0)) == 0
    assert account.post("message/mass/get", msg_id=article)["msg_status"] == "DELETE"
    assert len(account.world.record.phone(0, 0)) == 2


def test_ten_messages_a_day_can_be_taken_down(account):
    answers = [code(account.post("message/mass/delete", msg_id=1)) for _ in range(11)]
    assert answers == [40059] * 10 + [45009]


@pytest.mark.parametrize(("speed", "expected"), [(0, 0), (4, 0), (5, 45083), (-1, 45083), ("1", 45083)])
def test_the_speed_has_five_levels(account, speed, expected):
    assert code(account.post("message/mass/speed/set", speed=speed)) == expected


def test_the_speed_is_told_with_its_real_value(account):
    account.post("message/mass/speed/set", speed=3)
    assert account.raw("message/mass/speed/get", b"{}") == {"speed": 3, "realspeed": 30}
