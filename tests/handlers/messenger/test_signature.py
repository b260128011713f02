"""Who may speak as Meta, and who may set up the webhook."""

import pytest

from handlers.contract import BadSignature, RawRequest
from handlers.messenger.signature import sign
from handlers.secret import Secret
from tests.handlers.messenger.page import APP_SECRET, VERIFY_TOKEN, make_page, posted

PAGE = make_page()
BODY = b'{"object":"page","entry":[],"text":"\\u00e4\\/\\ud83d\\ude00"}'
ASK = {"hub.mode": "subscribe", "hub.verify_token": str(VERIFY_TOKEN), "hub.challenge": "1158201444"}


def test_a_request_signed_over_its_raw_bytes_passes():
    PAGE.verify(posted(BODY))


def test_the_signature_is_hmac_sha256_as_the_rfc_has_it():
    # RFC 4231, test case 2
    assert sign(b"what do ya want for nothing?", Secret("Jefe")) == (
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-hub-signature-256": ""},
        {"x-hub-signature-256": sign(BODY, Secret("another secret"))},
        {"x-hub-signature-256": sign(BODY + b" ", APP_SECRET)},
        {"x-hub-signature-256": sign(BODY, APP_SECRET).removeprefix("sha256=")},
        {"x-hub-signature-256": sign(BODY, APP_SECRET).upper()},
        {"x-hub-signature-256": "sha256=é\udcff"},
        {"x-hub-signature": sign(BODY, APP_SECRET)},
    ],
)
def test_anything_else_is_refused_without_a_word(headers):
    with pytest.raises(BadSignature) as refusal:
        PAGE.verify(RawRequest("POST", {}, headers, BODY))
    assert str(refusal.value) == ""


def test_the_handshake_returns_the_bare_challenge():
    reply = PAGE.handshake(RawRequest("GET", ASK, {}, b""))
    assert (reply.status, reply.body, reply.content_type) == (200, b"1158201444", "text/plain")


@pytest.mark.parametrize(
    "change",
    [
        {"hub.verify_token": "guess"},
        {"hub.verify_token": ""},
        {"hub.mode": "unsubscribe"},
        {"hub.verify_token": "\udcff"},
    ],
)
def test_a_stranger_gets_403_and_no_challenge(change):
    reply = PAGE.handshake(RawRequest("GET", ASK | change, {}, b""))
    assert (reply.status, reply.body) == (403, b"")


def test_an_empty_query_gets_403():
    assert PAGE.handshake(RawRequest("GET", {}, {}, b"")).status == 403
