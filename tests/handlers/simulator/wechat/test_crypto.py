"""Section 1.2 and 1.6: the vectors of the platform's own pages, and its algorithm taken apart."""

import base64
import struct

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from handlers.simulator.wechat_crypto import Cipherer, Undecipherable, sign
from tests.handlers.simulator.wechat.rig import AES_KEY

OFFICIAL_KEY = "A" * 43
OFFICIAL_APP = "wxba5fad812f8e6fb9"
PUSHED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR"
    "8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km3"
    "2IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
ANSWERED = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
EVENT = (
    '{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,'
    '"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}'
)

SIGNATURES = [
    ("the GET of the push page", ("AAAAA", "1714036504", "1514711492"), "f464b24fc39322e44b38aa78f5edd27bd1441696"),
    ("the POST of the push page", ("AAAAA", "1714037059", "486452656"), "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
    ("an encrypted push", ("AAAAA", "1714112445", "415670741", PUSHED), "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"),
    ("an encrypted reply", ("AAAAA", "1713424427", "415670741", ANSWERED), "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"),
]


@pytest.mark.parametrize(("label", "parts", "expected"), SIGNATURES, ids=[label for label, *_ in SIGNATURES])
def test_signatures_are_those_of_the_documentation(label, parts, expected):
    assert sign(*parts) == expected


def test_the_pushed_example_of_the_documentation_is_decrypted():
    assert Cipherer(OFFICIAL_KEY, OFFICIAL_APP).decrypt(PUSHED) == EVENT


def test_the_answered_example_of_the_documentation_is_encrypted_byte_for_byte():
    cipherer = Cipherer(OFFICIAL_KEY, OFFICIAL_APP)
    assert cipherer.encrypt('{"demo_resp":"good luck"}', prefix=b"707722b803182950") == ANSWERED


def test_the_plaintext_is_16_random_bytes_the_length_the_message_and_the_app_id_padded_to_32():
    message = "<xml>你好</xml>"
    ciphertext = base64.b64decode(Cipherer(AES_KEY, "wx1").encrypt(message))
    key = base64.b64decode(AES_KEY + "=")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    full = decryptor.update(ciphertext) + decryptor.finalize()
    raw = message.encode()
    assert len(full) % 32 == 0
    assert struct.unpack(">I", full[16:20])[0] == len(raw)
    assert full[20 : 20 + len(raw)] == raw
    assert full[20 + len(raw) :][: len("wx1")] == b"wx1"
    assert set(full[20 + len(raw) + len("wx1") :]) == {full[-1]}
    assert 1 <= full[-1] <= 32


@settings(max_examples=40)
@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_what_is_encrypted_is_decrypted_again(message):
    cipherer = Cipherer(AES_KEY, "wx0123456789abcdef")
    assert cipherer.decrypt(cipherer.encrypt(message)) == message


@pytest.mark.parametrize("length", range(0, 70, 3))
def test_another_implementation_reads_it_and_is_read(length):
    other = WeChatCrypto("token", AES_KEY, "wx1")
    cipherer = Cipherer(AES_KEY, "wx1")
    message = "<xml>" + "x" * length + "</xml>"
    encrypt = cipherer.encrypt(message)
    envelope = f"<xml><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
    assert other.decrypt_message(envelope, sign("token", "1", "2", encrypt), "1", "2") == message
    theirs = other.encrypt_message(message, "2", "1")
    assert cipherer.decrypt(theirs.split("<Encrypt><![CDATA[")[1].split("]]>")[0]) == message


BROKEN = [
    ("not base64", "!!!"),
    ("not whole blocks", base64.b64encode(bytes(17)).decode()),
    ("empty", ""),
    ("another key", Cipherer("B" * 42 + "A", "wx1").encrypt("hello")),
    ("another app id", Cipherer(AES_KEY, "wx2").encrypt("hello")),
    ("one block", base64.b64encode(bytes(16)).decode()),
]


@pytest.mark.parametrize(("label", "ciphertext"), BROKEN, ids=[label for label, _ in BROKEN])
def test_what_is_not_ours_is_refused_in_a_sentence(label, ciphertext):
    with pytest.raises(Undecipherable):
        Cipherer(AES_KEY, "wx1").decrypt(ciphertext)


def test_a_key_has_43_characters():
    with pytest.raises(ValueError, match="43"):
        Cipherer("A" * 42 + "=", "wx1")
