"""Encrypted mode against an encryption written down a second time, and against everything that can be wrong in it."""

import struct
from contextlib import suppress

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st

from handlers.content import Image, Outgoing, Text
from handlers.contract import BadSignature, RawRequest, Unreadable
from handlers.secret import Secret
from handlers.wechat.crypto import Envelope
from tests.handlers.wechat.account import (
    AES_KEY,
    APP_ID,
    NEXT_AES_KEY,
    OPENID,
    ORIGINAL_ID,
    TOKEN,
    around,
    encrypted,
    make_account,
    payload,
    posted,
    seal,
    seal_raw,
    sha1,
    unseal,
)

HELLO = Outgoing(to=OPENID, message=Text(text="你好 ]]> & <b>"))


@pytest.fixture
def safe():
    return make_account(encoding_aes_key=AES_KEY)


@pytest.mark.parametrize("compatible", [False, True], ids=["secure", "compatible"])
def test_an_encrypted_request_is_believed_and_read(safe, compatible):
    request = encrypted(payload("text"), compatible=compatible)
    safe.verify(request)
    (event,) = safe.parse(request)
    assert (event.text, event.person) == ("你好", OPENID)


def test_in_compatible_mode_only_the_encrypted_part_counts(safe):
    request = encrypted(payload("text"), compatible=True)
    forged = RawRequest("POST", request.query, {}, request.body.replace("你好".encode(), b"/broadcast", 1))
    (event,) = safe.parse(forged)
    assert event.text == "你好"


def test_a_plain_request_is_refused_where_a_key_is_set(safe):
    for body in (payload("text"), b"", b"<xml><Encrypt/></xml>", b"\xff"):
        with pytest.raises(BadSignature):
            safe.verify(posted(body))


def test_a_plain_signature_seen_once_signs_no_request_without_an_encrypted_part(safe):
    """It is the same as one over an encrypted part of no length."""
    plain = posted(payload("text"))
    reused = {**plain.query, "encrypt_type": "aes", "msg_signature": plain.query["signature"]}
    with pytest.raises(BadSignature):
        safe.verify(RawRequest("POST", reused, {}, plain.body))


def test_an_encrypted_part_that_was_changed_is_refused(safe):
    request = encrypted(payload("text"))
    other = encrypted(payload("image"))
    with pytest.raises(BadSignature):
        safe.verify(RawRequest("POST", request.query, {}, other.body))


def test_the_previous_key_is_still_read_and_answered_with():
    account = make_account(encoding_aes_key=NEXT_AES_KEY, previous_aes_key=AES_KEY)
    for key in (AES_KEY, NEXT_AES_KEY):
        request = encrypted(payload("text"), key)
        account.verify(request)
        (event,) = account.parse(request)
        assert event.text == "你好"
        reply, riding = account.acknowledge(request, (HELLO,))
        assert riding == 1
        message, app_id = unseal(xmltodict.parse(reply.body)["xml"]["Encrypt"], key)
        assert app_id == APP_ID
        assert xmltodict.parse(message)["xml"]["Content"] == "你好 ]]> & <b>"


def test_an_answer_is_signed_as_the_official_page_says(safe):
    reply, _ = safe.acknowledge(encrypted(payload("text")), (HELLO,))
    sealed = xmltodict.parse(reply.body)["xml"]
    assert sealed["MsgSignature"] == sha1(TOKEN, sealed["TimeStamp"], sealed["Nonce"], sealed["Encrypt"])
    inner = xmltodict.parse(unseal(sealed["Encrypt"], AES_KEY)[0])["xml"]
    assert (inner["ToUserName"], inner["FromUserName"]) == (OPENID, ORIGINAL_ID)


def test_success_is_never_encrypted(safe):
    picture = Outgoing(to=OPENID, message=Image(url="http://mmbiz.qpic.cn/1"))
    for replies in ((), (picture,)):
        reply, riding = safe.acknowledge(encrypted(payload("text")), replies)
        assert (reply.body, riding) == (b"success", 0)


# Correctly signed, and wrong inside: each of these leaves wechatpy with an exception of another type.
WRONG = {
    "another app id": seal(b"<xml/>", AES_KEY, "wx-of-somebody-else"),
    "another key": seal(b"<xml/>", NEXT_AES_KEY, APP_ID),
    "not Base64": "好好好",
    "not padded Base64": "abc",
    "not whole blocks": "YWJj",
    "nothing after the random part": seal_raw(b"0123456789abcdef", AES_KEY),
    "half a length": seal_raw(b"0123456789abcdef\0\0", AES_KEY),
    "a length beyond the end": seal_raw(b"0123456789abcdef" + struct.pack(">I", 2**31) + b"x", AES_KEY),
    "not UTF-8": seal(b"\xff\xfe", AES_KEY, APP_ID),
    "nothing": seal(b"", AES_KEY, APP_ID),
    "not XML": seal(b"hello", AES_KEY, APP_ID),
    "no message": seal(b"<xml></xml>", AES_KEY, APP_ID),
}


@pytest.mark.parametrize("cipher", WRONG.values(), ids=WRONG)
def test_what_is_wrong_inside_is_unreadable_whatever_wechatpy_makes_of_it(safe, cipher):
    request = around(cipher)
    safe.verify(request)
    with pytest.raises(Unreadable):
        safe.parse(request)


@given(plain=st.binary(max_size=200))
def test_any_bytes_inside_are_read_or_unreadable(plain):
    envelope = Envelope(token=TOKEN, app_id=APP_ID, keys=(AES_KEY,))
    request = around(seal_raw(plain, AES_KEY))
    envelope.verify(request.body, request.query)
    with suppress(Unreadable):
        envelope.open(request.body, request.query)


@given(
    body=st.binary(max_size=100) | st.text(max_size=60).map(lambda words: f"<xml><Encrypt>{words}</Encrypt>".encode())
)
def test_any_body_is_refused_or_unreadable(body):
    account = make_account(encoding_aes_key=AES_KEY)
    with pytest.raises(BadSignature):
        account.verify(posted(body))
    with pytest.raises(Unreadable):
        account.parse(posted(body))


@pytest.mark.parametrize("key", ["short", AES_KEY + "=", AES_KEY[:-1] + "!", "好" * 43])
def test_a_key_that_is_none_is_refused_at_the_start_in_a_sentence_without_it(key):
    with pytest.raises(ValueError, match="43 letters and digits") as refusal:
        make_account(encoding_aes_key=Secret(key))
    assert key not in str(refusal.value)


def test_no_two_answers_are_encrypted_alike(safe):
    request = encrypted(payload("text"))
    assert safe.acknowledge(request, (HELLO,))[0] != safe.acknowledge(request, (HELLO,))[0]
