"""Who is believed: the official vectors, the age of a request, and nobody else."""

from datetime import UTC, datetime, timedelta

import pytest
from wechatpy.utils import check_signature

from handlers.contract import BadSignature, RawRequest
from handlers.secret import Secret
from handlers.wechat.signature import handshake, sign, verify
from tests.handlers.wechat.account import NOW, make_account, payload, posted

# developers.weixin.qq.com/doc/subscription/guide/dev/push, the examples of the page.
OFFICIAL = [
    ("1714036504", "1514711492", "f464b24fc39322e44b38aa78f5edd27bd1441696"),
    ("1714037059", "486452656", "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
]
AAAAA = Secret("AAAAA")


def at(timestamp: str) -> datetime:
    return datetime.fromtimestamp(int(timestamp), UTC)


@pytest.mark.parametrize(("timestamp", "nonce", "signature"), OFFICIAL)
def test_the_official_examples_are_believed(timestamp, nonce, signature):
    assert sign("AAAAA", timestamp, nonce) == signature
    verify({"timestamp": timestamp, "nonce": nonce, "signature": signature}, AAAAA, at(timestamp))
    check_signature("AAAAA", signature, timestamp, nonce)  # wechatpy thinks so too


def test_the_official_handshake_is_answered_with_the_echo_alone():
    timestamp, nonce, signature = OFFICIAL[0]
    query = {"signature": signature, "timestamp": timestamp, "nonce": nonce, "echostr": "4375120948345356249"}
    reply = handshake(query, AAAAA, at(timestamp))
    assert (reply.status, reply.body) == (200, b"4375120948345356249")


@pytest.mark.parametrize("name", ["signature", "timestamp", "nonce"])
@pytest.mark.parametrize("change", ["{}0", "", "好"])
def test_a_changed_part_is_refused_without_a_word(name, change):
    request = posted(b"<xml/>")
    query = {**request.query, name: change.format(request.query[name])}
    for altered in (query, {key: value for key, value in query.items() if key != name}):
        with pytest.raises(BadSignature) as refusal:
            make_account().verify(RawRequest("POST", altered, {}, b"<xml/>"))
        assert str(refusal.value) == ""


def test_a_handshake_with_another_token_gets_403():
    timestamp, nonce, signature = OFFICIAL[0]
    query = {"signature": signature, "timestamp": timestamp, "nonce": nonce, "echostr": "1"}
    assert handshake(query, Secret("BBBBB"), at(timestamp)).status == 403


@pytest.mark.parametrize(
    ("away", "believed"),
    [(0, True), (-600, True), (600, True), (-601, False), (601, False), (-86400 * 7, False)],
)
def test_a_time_stamp_is_believed_for_ten_minutes_either_way(away, believed):
    request = posted(payload("text"), at=NOW + timedelta(seconds=away))
    if believed:
        make_account().verify(request)
    else:
        with pytest.raises(BadSignature):
            make_account().verify(request)


@pytest.mark.parametrize("timestamp", ["", "-1", "1e9", "１７９５５１０８００", "9" * 400, "1795510800.0"])
def test_a_time_stamp_that_is_no_number_is_refused_though_it_is_signed(timestamp):
    query = {"timestamp": timestamp, "nonce": "n", "signature": sign("AAAAA", timestamp, "n")}
    with pytest.raises(BadSignature):
        verify(query, AAAAA, NOW)
