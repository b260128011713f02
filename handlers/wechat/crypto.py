"""Encrypted mode: wechatpy's `WeChatCrypto` with two keys, real randomness and errors that are ours.

AES-256-CBC with the key's first 16 bytes as IV; inside are 16 random bytes, the length, the message and the
app id. Source: /doc/subscription/guide/dev/push/encryption.md, checked 2026-11-23. The app id at the end is
what tells a right key from a wrong one.

wechatpy 1.8.18 takes its 16 bytes from `random`, checks the key's length with `assert`, compares signatures with
`!=` and lets whatever goes wrong inside fall out as it is.
"""

import base64
import binascii
import secrets
import struct
from collections.abc import Mapping
from xml.parsers.expat import ExpatError

import xmltodict
from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException

from handlers.contract import BadSignature, Unreadable
from handlers.secret import Secret, same_secret
from handlers.wechat.signature import sign

KEY_CHARACTERS = 43  # Base64 of 32 bytes without its last "="


class _Cipher(PrpCrypto):  # type: ignore[misc]  # wechatpy is published without types
    def get_random_string(self) -> str:
        return secrets.token_hex(8)  # 16 characters


class _Crypto(WeChatCrypto):  # type: ignore[misc]  # wechatpy is published without types
    def encrypt_message(self, msg: str, nonce: str, timestamp: str | None = None) -> str:
        return str(self._encrypt_message(msg, nonce, timestamp, _Cipher))


class Envelope:
    """Opens and seals what travels encrypted. `keys` are EncodingAESKeys, the current one first.

    Raises ValueError for a key that is none.
    """

    def __init__(self, *, token: Secret, app_id: str, keys: tuple[Secret, ...]) -> None:
        for key in keys:
            _check_key(key)
        self._token = token
        self._cryptos = tuple(_Crypto(token, key, app_id) for key in keys)

    def verify(self, body: bytes, query: Mapping[str, str]) -> None:
        """Raise `BadSignature` unless the encrypted part of `body` is there and signed with our token."""
        try:
            encrypted = encrypted_part(body)
        except Unreadable:
            encrypted = ""
        given = query.get("msg_signature", "").encode(errors="replace")
        expected = sign(self._token, query.get("timestamp", ""), query.get("nonce", ""), encrypted)
        if not encrypted or not same_secret(given, expected):
            raise BadSignature

    def open(self, body: bytes, query: Mapping[str, str]) -> str:
        """Return the XML inside `body`. Raises `Unreadable`, and `BadSignature` where it is not signed."""
        return self._open(body, query)[0]

    def seal(self, xml: str, body: bytes, query: Mapping[str, str], *, nonce: str, timestamp: int) -> str:
        """Return `xml` encrypted with the key that opens `body`, the request it answers. Raises as `open`."""
        return self._open(body, query)[1].encrypt_message(xml, nonce, str(timestamp))

    def _open(self, body: bytes, query: Mapping[str, str]) -> tuple[str, _Crypto]:
        given = {"Encrypt": encrypted_part(body)}
        signature, timestamp, nonce = (query.get(name, "") for name in ("msg_signature", "timestamp", "nonce"))
        for crypto in self._cryptos:
            try:
                return str(crypto.decrypt_message(given, signature, timestamp, nonce)), crypto
            except InvalidSignatureException:
                raise BadSignature from None
            except (InvalidAppIdException, ValueError, struct.error, IndexError, TypeError):
                continue  # another key's, or nobody's: not Base64, not whole blocks, not a length, not UTF-8
        raise Unreadable("cannot be decrypted")


def encrypted_part(body: bytes) -> str:
    """Return the `Encrypt` element of a request. Raises `Unreadable` where there is none."""
    try:
        envelope = xmltodict.parse(body.decode())["xml"]
        encrypted = envelope["Encrypt"]
    except (ExpatError, KeyError, TypeError, ValueError):
        raise Unreadable("no encrypted part") from None
    if not isinstance(encrypted, str):
        raise Unreadable("no encrypted part")
    return encrypted


def _check_key(key: Secret) -> None:
    try:
        decoded = base64.b64decode(key + "=", validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    if len(key) != KEY_CHARACTERS or len(decoded) != 32:
        raise ValueError(
            f"An EncodingAESKey has {KEY_CHARACTERS} letters and digits; copy it again from the account's settings."
        )
