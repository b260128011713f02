"""Message encryption of the compatible and the encrypted mode, and the signatures of all modes.

Source: /doc/service/guide/dev/push/encryption.html. AES-256-CBC with the first half of the key as the first
block's vector, padded to 32 bytes: 16 random bytes, the length in 4, the message, the app id.
"""

import base64
import hashlib
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

_BLOCK = 32


class Undecipherable(ValueError):
    """A ciphertext is not one of this account's; the sentence says where it went wrong."""


def sign(*parts: str) -> str:
    """Return the SHA-1 hex digest of the sorted parts: token, timestamp, nonce and, in `msg_signature`, Encrypt."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 - the platform's algorithm


class Cipherer:
    """Encrypts and decrypts for one account. Raises `ValueError` for a key that is not 43 characters of base64."""

    def __init__(self, aes_key: str, app_id: str) -> None:
        key = base64.b64decode(aes_key + "=")
        if len(key) != _BLOCK:
            raise ValueError("An EncodingAESKey has 43 characters of base64.")
        self._cipher = Cipher(AES256(key), CBC(key[:16]))
        self._app_id = app_id.encode()

    def encrypt(self, message: str, prefix: bytes | None = None) -> str:
        """Return the base64 ciphertext of a message; `prefix` in place of 16 random bytes makes it repeatable."""
        raw = message.encode()
        full = (prefix or secrets.token_bytes(16)) + struct.pack(">I", len(raw)) + raw + self._app_id
        pad = _BLOCK - len(full) % _BLOCK
        encryptor = self._cipher.encryptor()
        return base64.b64encode(encryptor.update(full + bytes([pad]) * pad) + encryptor.finalize()).decode()

    def decrypt(self, ciphertext: str) -> str:
        """Return the message in a ciphertext. Raises `Undecipherable`."""
        try:
            raw = base64.b64decode(ciphertext, validate=True)
            decryptor = self._cipher.decryptor()
            padded = decryptor.update(raw) + decryptor.finalize()
        except ValueError as error:
            raise Undecipherable(f"Encrypt is not a ciphertext: {error}") from error
        pad = padded[-1] if padded else 0
        full = padded[:-pad]
        if not 1 <= pad <= _BLOCK or padded[-pad:] != bytes([pad]) * pad or len(full) < 20:
            raise Undecipherable("Encrypt was made with another key, or its padding is not to 32 bytes.")
        (length,) = struct.unpack(">I", full[16:20])
        message, app_id = full[20 : 20 + length], full[20 + length :]
        if app_id != self._app_id:
            raise Undecipherable(f"Encrypt ends in {app_id!r}, not in the app id.")
        try:
            return message.decode()
        except UnicodeDecodeError as error:
            raise Undecipherable("The message inside Encrypt is not UTF-8.") from error
