"""Who was erased after they had opted out: a keyed hash of each alone, so that no list of people brings them back.

Without the installation's key nobody can tell from a hash who it is, nor try ids out until one fits.
"""

import hashlib
import hmac

from storage.models import Suppressed

CONSENT = (
    "CASE WHEN EXISTS (SELECT 1 FROM suppressed WHERE channel_id = ? AND digest = ?)"
    " THEN 'opted_out' ELSE 'subscribed' END"
)
"""The consent with which somebody becomes known, in SQL; its parameters are what `parameters` returns."""


class Digests:
    """Makes the hashes: HMAC-SHA-256 (RFC 2104), 64 hexadecimal digits."""

    def __init__(self) -> None:
        self._key = b""

    def use(self, secret: str) -> None:
        """Take the installation's secret; said once in each process, by what reads the settings."""
        self._key = f"clarion.suppressed\n{secret}".encode()

    def of(self, channel_id: int, person: str) -> str:
        """Return the hash of somebody on a channel. Raises RuntimeError before the secret is known."""
        if not self._key:
            raise RuntimeError("Digests.use was not called: without the installation's secret a hash hides nobody")
        return hmac.new(self._key, f"{channel_id}\n{person}".encode(), hashlib.sha256).hexdigest()


digests = Digests()
"""Those of this process, as `storage.database.proxy` is its database."""


def parameters(channel_id: int, person: str) -> tuple[int, str]:
    """Return the parameters of `CONSENT` for somebody."""
    return channel_id, digests.of(channel_id, person)


def add(channel_id: int, person: str) -> None:
    """Keep that somebody, about to be erased, wants nothing from us. Part of the caller's transaction."""
    Suppressed.insert(channel=channel_id, digest=digests.of(channel_id, person)).on_conflict_ignore().execute()


def lift(channel_id: int, person: str) -> None:
    """Forget it: they have asked for our broadcasts again themselves."""
    mine = (Suppressed.channel == channel_id) & (Suppressed.digest == digests.of(channel_id, person))
    Suppressed.delete().where(mine).execute()
