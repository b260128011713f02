"""Section 3: the customer-service allowance and what each message may be."""

import pytest

from tests.handlers.simulator.wechat.rig import PNG, OfflineAccount, code


@pytest.fixture
def account():
    return OfflineAccount()


ALLOWANCES = [
    ("a message", "message", 5, 48 * 3600),
    ("a menu click", "click", 3, 60),
    ("a follow", "follow", 3, 60),
    ("a scan", "scan", 3, 60),
]


@pytest.mark.parametrize(("label", "act", "messages", "seconds"), ALLOWANCES, ids=[row[0] for row in ALLOWANCES])
def test_an_act_allows_so_many_messages(account, label, act, messages, seconds):
    openid = account.person(act)
    assert [code(account.text(openid)) for _ in range(messages)] == [0] * messages
    answer = account.text(openid)
    assert code(answer) == 45047
    assert answer["errmsg"].startswith("out of response count limit rid: ")


@pytest.mark.parametrize(("label", "act", "messages", "seconds"), ALLOWANCES, ids=[row[0] for row in ALLOWANCES])
def test_an_act_allows_messages_for_so_long(account, label, act, messages, seconds):
    openid = account.person(act)
    account.later(seconds=seconds - 1)
    assert code(account.text(openid)) == 0
    account.later(seconds=1)
    answer = account.text(openid)
    assert code(answer) == 45015
    assert answer["errmsg"].startswith("response out of time limit or subscription is canceled rid: ")


def test_who_never_acted_cannot_be_written_to(account):
    assert code(account.text(account.person())) == 45015


def test_a_new_act_of_the_same_kind_fills_its_allowance_and_does_not_add_to_it(account):
    openid = account.person("message")
    for _ in range(3):
        account.text(openid)
    account.world.windows.open(0, "message", account.clock.millis())
    assert [code(account.text(openid)) for _ in range(6)] == [0] * 5 + [45047]


def test_messages_come_from_the_allowance_that_ends_first(account):
    openid = account.person("message", "click")
    for _ in range(3):
        account.text(openid)
    account.later(seconds=61)
    assert [code(account.text(openid)) for _ in range(6)] == [0] * 5 + [45047]


def test_a_refused_message_uses_nothing_up(account):
    openid = account.person("message")
    assert code(account.text(openid, "")) == 44004
    assert [code(account.text(openid)) for _ in range(6)] == [0] * 5 + [45047]


STATES = [("blacklisted", 43019), ("refused", 48002), ("limited", 50002), ("minor", 70000)]


@pytest.mark.parametrize(("state", "expected"), STATES)
def test_a_person_in_a_state_is_refused_by_its_code(account, state, expected):
    openid = account.person("message")
    account.world.people.set_states(0, {state: True})
    assert code(account.text(openid)) == expected


def test_who_has_left_is_43004_while_an_allowance_lasts_and_45015_after(account):
    openid = account.person("message")
    account.world.people.unfollow(0)
    assert code(account.text(openid)) == 43004
    account.later(hours=48)
    assert code(account.text(openid)) == 45015


@pytest.mark.parametrize("openid", ["", "o" * 28, "o" * 27, None, 7, "ö" * 28])
def test_an_openid_of_nobody_is_40003(account, openid):
    account.person("message")
    assert code(account.text(openid)) == 40003


TEXTS = [
    ("2048 bytes", "a" * 2048, 0),
    ("2049 bytes", "a" * 2049, 45002),
    ("682 Chinese characters", "促" * 682 + "ab", 0),
    ("683 Chinese characters", "促" * 683, 45002),
]


@pytest.mark.parametrize(("label", "content", "expected"), TEXTS, ids=[label for label, *_ in TEXTS])
def test_a_text_has_at_most_2048_bytes(account, label, content, expected):
    assert code(account.text(account.person("message"), content)) == expected


ARTICLE = {"title": "t", "description": "d", "url": "https://example.org", "picurl": "https://example.org/p.png"}
MENU = {"head_content": "Which?", "list": [{"id": "101", "content": "One"}, {"id": "102", "content": "Two"}]}

MESSAGES = [
    ("one article", {"msgtype": "news", "news": {"articles": [ARTICLE]}}, 0),
    ("two articles", {"msgtype": "news", "news": {"articles": [ARTICLE] * 2}}, 45008),
    ("no article", {"msgtype": "news", "news": {"articles": []}}, 44004),
    ("a menu", {"msgtype": "msgmenu", "msgmenu": MENU}, 0),
    ("an empty menu", {"msgtype": "msgmenu", "msgmenu": {"list": []}}, 44004),
    ("a picture of nobody's", {"msgtype": "image", "image": {"media_id": "no"}}, 40007),
    ("no kind", {"text": {"content": "hello"}}, 40008),
    ("an unknown kind", {"msgtype": "gif", "gif": {}}, 40008),
    ("a draft, which mass sends take", {"msgtype": "mpnews", "mpnews": {"media_id": "x"}}, 40008),
    ("a card", {"msgtype": "wxcard", "wxcard": {"card_id": "x"}}, 45113),
    ("an article that was not published", {"msgtype": "mpnewsarticle", "mpnewsarticle": {"article_id": "x"}}, 53600),
    ("the kind without its object", {"msgtype": "text"}, 44004),
]


@pytest.mark.parametrize(("label", "message", "expected"), MESSAGES, ids=[label for label, *_ in MESSAGES])
def test_each_kind_of_message_is_checked(account, label, message, expected):
    assert code(account.post("message/custom/send", touser=account.person("message"), **message)) == expected


def test_an_answer_has_no_message_id(account):
    assert account.text(account.person("message")) == {"errcode": 0, "errmsg": "ok"}


def test_a_test_account_may_not_send_menus():
    account = OfflineAccount(test_account=True)
    body = {"touser": account.person("message"), "msgtype": "msgmenu", "msgmenu": MENU}
    assert code(account.post("message/custom/send", **body)) == 40200


def test_an_unverified_account_may_not_write_at_all():
    account = OfflineAccount(verified=False)
    assert code(account.text(account.person("message"))) == 48001


def test_a_picture_is_sent_by_temporary_id_for_3_days(account):
    media_id = account.upload("media/upload", PNG)["media_id"]
    openid = account.person("message")
    body = {"touser": openid, "msgtype": "image", "image": {"media_id": media_id}}
    assert code(account.post("message/custom/send", **body)) == 0
    account.later(days=3)
    account.world.windows.open(0, "message", account.clock.millis())
    assert code(account.post("message/custom/send", **body)) == 40007


def typing(account, openid, command="Typing"):
    return code(account.post("message/custom/typing", touser=openid, command=command))


def test_typing_is_shown_within_30_seconds_of_an_exchange_and_once(account):
    openid = account.person("message")
    assert typing(account, openid) == 45080
    account.text(openid)
    account.later(seconds=30)
    assert typing(account, openid) == 0
    assert typing(account, openid) == 45081
    assert typing(account, openid, "CancelTyping") == 0
    account.later(seconds=1)
    assert typing(account, openid) == 45080


def test_a_chosen_code_strikes_some_people_only(account):
    one, other = account.person("message"), account.person("message")
    account.world.faults.add({"name": "send_refused", "code": 45015, "people": [one]})
    assert code(account.text(one)) == 45015
    assert code(account.text(other)) == 0


def test_escaped_characters_are_shown_as_they_were_written(account):
    openid = account.person("message")
    raw = f'{{"touser":"{openid}","msgtype":"text","text":{{"content":"\\u4f60\\u597d\\n\\u0007"}}}}'.encode()
    assert code(account.raw("message/custom/send", raw)) == 0
    (_, shown), *_ = account.world.record.sends
    assert shown.message == {"text": "\\u4f60\\u597d\n\x07"}
