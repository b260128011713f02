"""Links of broadcasts go through us to be counted: signed, so that none can be forged and none leads elsewhere.

The address holds who tapped what and a signature, never where it leads: that is read from the broadcast itself.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

PATH = "/r/"
_SALT = "clarion.link"


@dataclass(frozen=True, slots=True)
class Tap:
    """One person on one button of one broadcast; `button` is its place, as `broadcast.buttons` numbers them."""

    broadcast_id: int
    subscriber_id: int
    button: str


class Links:
    """Makes the addresses and reads them back. `secret` must be the same on every host."""

    def __init__(self, secret: str, base_url: str) -> None:
        self._signer = URLSafeSerializer(secret, salt=_SALT, signer_kwargs={"digest_method": hashlib.sha256})
        self._base = base_url.rstrip("/")

    def address(self, tap: Tap) -> str:
        """Return the address to put on a button."""
        return f"{self._base}{PATH}{self._signer.dumps([tap.broadcast_id, tap.subscriber_id, tap.button])}"

    def read(self, token: str) -> Tap | None:
        """Return what an address stands for; None when it is not one of ours."""
        try:
            broadcast_id, subscriber_id, button = self._signer.loads(token)
        except (BadData, ValueError, TypeError):
            return None
        return Tap(broadcast_id, subscriber_id, button)


def derived_secret(secrets: Iterable[str]) -> str:
    """Return a secret for installations that set none: the same wherever the same channels are configured."""
    return hashlib.sha256("\n".join(["clarion.links", *sorted(secrets)]).encode()).hexdigest()
