"""Admins and the one-time codes that make them."""

import hashlib
import secrets
from datetime import datetime, timedelta

from storage.database import transaction
from storage.models import Admin, ClaimAttempt, Invite

ROLES = ("owner", "sender", "writer")
CODE_LIFETIME = timedelta(hours=24)
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # nothing that is mistaken for something else
_CODE_LENGTH = 12  # 31^12 possibilities: 59 bits
_TRIES_PER_PERSON = 5
_TRIES_PER_CHANNEL = 30
_TRIES_WITHIN = timedelta(minutes=15)


class TooManyTries(Exception):
    """Codes are being guessed; nobody may claim for a while."""


def invite(channel_id: int, role: str, now: datetime) -> str:
    """Make a one-time code for a role; only its hash is stored."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
    Invite.create(channel=channel_id, code_hash=_hash(code), role=role, expires_at=now + CODE_LIFETIME)
    return code


def claim(channel_id: int, person: str, code: str, now: datetime) -> Admin | None:
    """Make `person` an admin if the code is good, once. None when it is not. Raises `TooManyTries`.

    The caller must not roll back a failed claim: the try is counted in the same transaction.
    """
    since = now - _TRIES_WITHIN
    recent = ClaimAttempt.select().where((ClaimAttempt.channel == channel_id) & (ClaimAttempt.at > since))
    if (
        recent.count() >= _TRIES_PER_CHANNEL
        or recent.where(ClaimAttempt.platform_user_id == person).count() >= _TRIES_PER_PERSON
    ):
        raise TooManyTries
    ClaimAttempt.create(channel=channel_id, platform_user_id=person, at=now)
    with transaction():
        used = (
            Invite.update(used_at=now)
            .where(
                (Invite.channel == channel_id)
                & (Invite.code_hash == _hash(code))
                & Invite.used_at.is_null()
                & (Invite.expires_at > now)
            )
            .execute()
        )
        if not used:
            return None
        role = Invite.get(Invite.code_hash == _hash(code)).role
        Admin.insert(channel=channel_id, platform_user_id=person, role=role, added_at=now).on_conflict(
            conflict_target=[Admin.channel, Admin.platform_user_id], update={Admin.role: role}
        ).execute()
    return find(channel_id, person)


def find(channel_id: int, person: str) -> Admin | None:
    """Return the admin with this platform user id, or None."""
    return Admin.get_or_none((Admin.channel == channel_id) & (Admin.platform_user_id == person))


def on_channel(channel_id: int) -> list[Admin]:
    """Everybody who may run broadcasts on a channel, in the order they came."""
    return list(Admin.select().where(Admin.channel == channel_id).order_by(Admin.id))


def prefer(admin_id: int, *, timezone: str | None = None, language: str | None = None) -> None:
    """Remember an admin's own time zone or language."""
    changes = {name: value for name, value in (("timezone", timezone), ("language", language)) if value is not None}
    Admin.update(**changes).where(Admin.id == admin_id).execute()


def remove(channel_id: int, person: str) -> bool:
    """Take an admin's rights away; False when this person had none."""
    gone = Admin.delete().where((Admin.channel == channel_id) & (Admin.platform_user_id == person)).execute()
    return bool(gone)


def _hash(code: str) -> str:
    return hashlib.sha256(code.strip().upper().encode()).hexdigest()
