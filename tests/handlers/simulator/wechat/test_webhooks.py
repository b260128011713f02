"""Sections 1.2 to 1.4 and 1.6: signatures, modes, deadlines and repetitions."""

import pytest

from handlers.simulator.wechat_config import WeChatConfig
from handlers.simulator.wechat_crypto import Cipherer, sign
from tests.handlers.simulator.wechat.rig import AES_KEY, live_account


@pytest.fixture(scope="module")
def shared():
    with live_account() as account:
        yield account


@pytest.fixture
def account(shared):
    """An account that was started over, with its webhook answering `success`."""
    shared.control("POST", "/reset")
    shared.receiver.posts.clear()
    shared.receiver.answers.clear()
    shared.receiver.always, shared.receiver.silent = b"success", False
    return shared


@pytest.fixture(params=["plain", "compatible", "encrypted"])
def by_mode(request):
    with live_account(mode=request.param, aes_key=AES_KEY) as account:
        yield account


def signed(post, token, *more):
    return sign(token, post.query["timestamp"], post.query["nonce"], *more)


def test_every_webhook_is_signed_and_names_the_person(by_mode):
    (openid,) = by_mode.people()
    by_mode.say(openid, text="hi")
    (post,) = by_mode.receiver.posts
    assert post.query["signature"] == signed(post, by_mode.config.token)
    assert post.query["openid"] == openid
    assert int(post.query["timestamp"]) == by_mode.clock.millis() // 1000


PLAIN = {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content", "MsgId"}
MODES = [
    ("plain", set(), PLAIN),
    ("compatible", {"encrypt_type", "msg_signature"}, PLAIN | {"Encrypt"}),
    ("encrypted", {"encrypt_type", "msg_signature"}, {"ToUserName", "Encrypt"}),
]


@pytest.mark.parametrize(("mode", "query", "tags"), MODES, ids=[mode for mode, *_ in MODES])
def test_each_mode_has_its_query_and_its_fields(mode, query, tags):
    with live_account(mode=mode, aes_key=AES_KEY) as account:
        (openid,) = account.people()
        account.say(openid, text="促销 ]]> <b>")
    (post,) = account.receiver.posts
    assert post.query.keys() == {"signature", "timestamp", "nonce", "openid", *query}
    fields = post.fields()
    assert fields.keys() == tags
    if "Content" in tags:
        assert fields["Content"] == "促销 ]]> <b>"
    if query:
        assert post.query["encrypt_type"] == "aes"
        assert post.query["msg_signature"] == signed(post, account.config.token, fields["Encrypt"])
        inside = Cipherer(AES_KEY, account.config.app_id).decrypt(fields["Encrypt"])
        assert "<MsgType><![CDATA[text]]></MsgType>" in inside
        assert openid in inside


@pytest.mark.parametrize("mode", ["compatible", "encrypted"])
@pytest.mark.parametrize("key", ["", "A" * 42])
def test_the_encrypted_modes_need_a_key_of_43_characters(mode, key):
    with pytest.raises(ValueError, match="43"), live_account(mode=mode, aes_key=key):
        pass


def test_the_handshake_is_signed_carries_an_echo_and_is_never_encrypted(by_mode):
    assert by_mode.control("POST", "/verify") == {"status": 200, "verified": True}
    (post,) = by_mode.receiver.posts
    assert post.query.keys() == {"signature", "timestamp", "nonce", "echostr"}
    assert post.query["signature"] == signed(post, by_mode.config.token)


ANSWERS = [
    ("a yes at once", [], 1, 200),
    ("a failure, then a yes", [500], 2, 200),
    ("two failures, then a yes", [500, 404], 3, 200),
    ("three failures", [500, 500, 500], 3, 500),
]


@pytest.mark.parametrize(("label", "answers", "posts", "status"), ANSWERS, ids=[label for label, *_ in ANSWERS])
def test_what_is_not_answered_200_is_posted_three_times_in_all(account, label, answers, posts, status):
    (openid,) = account.people()
    account.receiver.answers.extend(answers)
    assert account.say(openid, text="hi")["status"] == status
    assert len(account.receiver.posts) == posts


def test_a_repetition_has_the_same_body_under_a_fresh_signature(by_mode):
    (openid,) = by_mode.people()
    by_mode.receiver.answers.append(500)
    by_mode.say(openid, text="hi")
    first, second = by_mode.receiver.posts
    assert first.body == second.body
    assert first.query["nonce"] != second.query["nonce"]
    assert second.query["signature"] == signed(second, by_mode.config.token)


def test_a_webhook_that_does_not_answer_is_cut_off_and_asked_again(account):
    (openid,) = account.people()
    account.receiver.silent = True
    answer = account.say(openid, text="hi")
    assert (answer["status"], answer["reply"]) == (0, None)
    assert len(account.receiver.posts) == 3
    assert [message["from"] for message in account.phone(openid)] == ["person", "platform"]


def test_the_deadline_is_5_seconds_three_times_5_seconds_apart():
    defaults = WeChatConfig()
    assert (defaults.webhook_timeout_seconds, defaults.webhook_attempts, defaults.webhook_gap_seconds) == (5, 3, 5)


def test_a_delivery_can_be_doubled_with_the_same_msg_id(account):
    (openid,) = account.people()
    account.control("POST", "/faults", name="doubled_webhook", next_calls=1)
    account.say(openid, text="hi")
    first, second = account.receiver.posts
    assert first.fields()["MsgId"] == second.fields()["MsgId"]
    account.say(openid, text="hi")
    assert len(account.receiver.posts) == 3


def test_a_signature_can_be_bad(by_mode):
    (openid,) = by_mode.people()
    by_mode.control("POST", "/faults", name="bad_signature")
    by_mode.say(openid, text="hi")
    (post,) = by_mode.receiver.posts
    assert post.query["signature"] != signed(post, by_mode.config.token)
    if "msg_signature" in post.query:
        assert post.query["msg_signature"] != signed(post, by_mode.config.token, post.fields()["Encrypt"])


def test_a_timestamp_can_be_old_and_well_signed(account):
    (openid,) = account.people()
    account.control("POST", "/faults", name="old_timestamp", seconds=900)
    account.say(openid, text="hi")
    (post,) = account.receiver.posts
    assert int(post.query["timestamp"]) == account.clock.millis() // 1000 - 900
    assert post.query["signature"] == signed(post, account.config.token)
