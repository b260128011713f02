"""The Official Account of these tests, and requests as WeChat makes them.

The encryption here is written down a second time, from the description and without wechatpy.
"""

import base64
import hashlib
import struct
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from handlers.contract import RawRequest
from handlers.secret import Secret
from handlers.wechat.platform import WeChat
from tests.handlers.wechat.store import MemoryStore
from tests.support.clock import Clock

APP_ID = "wx0123456789abcdef"
ORIGINAL_ID = "gh_0123456789ab"
OPENID = "oABCdefGHIjklMNOpqrSTUvwxYZ0"
APP_SECRET = Secret("app-secret-of-the-account-0123456789")
TOKEN = Secret("webhook-token")
AES_KEY = Secret("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
NEXT_AES_KEY = Secret("ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210abcdefg")
SECRETS = (APP_SECRET, TOKEN, AES_KEY)
PAYLOADS = Path(__file__).parent / "payloads"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NONCE = "486452656"


def make_account(api_base: str = "http://127.0.0.1:9", clock: Clock | None = None, **changes: object) -> WeChat:
    clock = clock or Clock(NOW)
    given = {
        "app_id": APP_ID,
        "app_secret": APP_SECRET,
        "token": TOKEN,
        "token_store": MemoryStore(clock.now),
        "account": "service",
        "original_id": ORIGINAL_ID,
        "api_base": api_base,
        "timeout": (1, 1),
        "now": clock.now,
    }
    return WeChat(**{**given, **changes})


def payload(name: str) -> bytes:
    return (PAYLOADS / f"{name}.xml").read_bytes()


def sha1(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def posted(body: bytes, token: str = TOKEN, at: datetime = NOW) -> RawRequest:
    """Return a request in plain mode."""
    timestamp = str(int(at.timestamp()))
    query = {"signature": sha1(token, timestamp, NONCE), "timestamp": timestamp, "nonce": NONCE, "openid": OPENID}
    return RawRequest("POST", query, {}, body)


def encrypted(body: bytes, key: str = AES_KEY, app_id: str = APP_ID, *, compatible: bool = False) -> RawRequest:
    """Return a request in secure mode, or in compatible mode: then with the plain fields in front."""
    cipher = seal(body, key, app_id)
    plain = body.decode().removesuffix("</xml>") if compatible else f"<xml><ToUserName>{ORIGINAL_ID}</ToUserName>"
    return around(cipher, plain)


def around(cipher: str, plain: str = "<xml>") -> RawRequest:
    """Return a signed request with `cipher` as its encrypted part, whatever that is."""
    request = posted(f"{plain}<Encrypt><![CDATA[{cipher}]]></Encrypt></xml>".encode())
    signature = sha1(TOKEN, request.query["timestamp"], NONCE, cipher)
    return RawRequest("POST", {**request.query, "encrypt_type": "aes", "msg_signature": signature}, {}, request.body)


def seal(body: bytes, key: str, app_id: str) -> str:
    plain = b"0123456789abcdef" + struct.pack(">I", len(body)) + body + app_id.encode()
    return seal_raw(plain, key)


def seal_raw(plain: bytes, key: str) -> str:
    room = 32 - len(plain) % 32
    encryptor = _cipher(key).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([room]) * room) + encryptor.finalize()).decode()


def unseal(cipher: str, key: str) -> tuple[str, str]:
    """Return the message and the app id inside."""
    decryptor = _cipher(key).decryptor()
    plain = decryptor.update(base64.b64decode(cipher)) + decryptor.finalize()
    plain = plain[16 : -plain[-1]]
    (length,) = struct.unpack(">I", plain[:4])
    return plain[4 : 4 + length].decode(), plain[4 + length :].decode()


def _cipher(key: str) -> Cipher:
    secret = base64.b64decode(key + "=")
    return Cipher(algorithms.AES(secret), modes.CBC(secret[:16]))
