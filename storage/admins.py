"""Admins, the one-time codes that make them, and those that say which of them are one person."""

import hashlib
import secrets
from datetime import datetime, timedelta

from storage.database import rows_of, transaction
from storage.models import Admin, ClaimAttempt, Invite, LinkCode

ROLES = ("owner", "sender", "writer")
"""From the one that may do most to the one that may do least."""
CODE_LIFETIME = timedelta(hours=24)
LINK_LIFETIME = timedelta(minutes=15)
"""Whoever links has both chats at hand, so a code that joins them need not last."""

_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # nothing that is mistaken for something else
_CODE_LENGTH = 12  # 31^12 possibilities: 59 bits
_TRIES_PER_PERSON = 5
_TRIES_PER_CHANNEL = 30
_TRIES_WITHIN = timedelta(minutes=15)


class TooManyTries(Exception):
    """Codes are being guessed; nobody may claim for a while."""


def invite(channel_id: int, role: str, now: datetime) -> str:
    """Make a one-time code for a role; only its hash is stored."""
    code = _new_code()
    Invite.create(channel=channel_id, code_hash=_hash(code), role=role, expires_at=now + CODE_LIFETIME)
    return code


def claim(channel_id: int, person: str, code: str, now: datetime) -> Admin | None:
    """Make `person` an admin if the code is good, once. None when it is not. Raises `TooManyTries`.

    A code never lowers the role of somebody who is an admin already: the last owner could lock everybody out.

    The caller must not roll back a failed claim: the try is counted in the same transaction.
    """
    _count_try(channel_id, person, now)
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
        known = find(channel_id, person)
        if known is not None:
            role = min(role, known.role, key=ROLES.index)
        Admin.insert(channel=channel_id, platform_user_id=person, role=role, added_at=now).on_conflict(
            conflict_target=[Admin.channel, Admin.platform_user_id], update={Admin.role: role}
        ).execute()
    return find(channel_id, person)


def link_code(admin_id: int, now: datetime) -> str:
    """Make a one-time code with which an admin of another channel proves to be the same person."""
    code = _new_code()
    LinkCode.create(admin=admin_id, code_hash=_hash(code), expires_at=now + LINK_LIFETIME)
    return code


def link(admin: Admin, code: str, now: datetime) -> Admin | None:
    """Join `admin` with the admin of another channel who made the code; return that one, None when it is not good.

    Everybody either of them was joined with before is that person too. Raises `TooManyTries`; as with `claim`, the
    try is counted in the caller's transaction, which must not be rolled back.
    """
    _count_try(admin.channel_id, admin.platform_user_id, now)
    with transaction():
        good = (
            (LinkCode.code_hash == _hash(code))
            & LinkCode.used_at.is_null()
            & (LinkCode.expires_at > now)
            & LinkCode.admin.not_in(Admin.select(Admin.id).where(Admin.channel == admin.channel_id))
        )
        if not LinkCode.update(used_at=now).where(good).execute():
            return None
        other: Admin = LinkCode.get(LinkCode.code_hash == _hash(code)).admin
        known = [one for one in (admin.person, other.person) if one]
        person = known[0] if known else secrets.token_hex(8)
        joined = Admin.id.in_([admin.id, other.id])
        if known:
            joined |= Admin.person.in_(known)
        Admin.update(person=person).where(joined).execute()
    return other


def unlink(admin_id: int) -> bool:
    """Make an admin nobody else's other self; False when they were not."""
    return bool(Admin.update(person="").where((Admin.id == admin_id) & (Admin.person != "")).execute())


def elsewhere(channel_id: int, person: str) -> list[Admin]:
    """Return who this admin is on other channels."""
    admin = find(channel_id, person)
    if admin is None or not admin.person:
        return []
    same = (Admin.person == admin.person) & (Admin.channel != channel_id)
    return list(Admin.select().where(same).order_by(Admin.channel, Admin.id))


def find(channel_id: int, person: str) -> Admin | None:
    """Return the admin with this platform user id, or None."""
    found = rows_of(Admin, "SELECT * FROM admins WHERE channel_id = ? AND platform_user_id = ?", (channel_id, person))
    return found[0] if found else None


def on_channel(channel_id: int) -> list[Admin]:
    """Everybody who may run broadcasts on a channel, in the order they came."""
    return list(Admin.select().where(Admin.channel == channel_id).order_by(Admin.id))


def prefer(admin_id: int, *, timezone: str | None = None, language: str | None = None) -> None:
    """Remember an admin's own time zone or language."""
    changes = {name: value for name, value in (("timezone", timezone), ("language", language)) if value is not None}
    Admin.update(**changes).where(Admin.id == admin_id).execute()


def give(channel_id: int, person: str, role: str) -> None:
    """Give an admin another role."""
    Admin.update(role=role).where((Admin.channel == channel_id) & (Admin.platform_user_id == person)).execute()


def remove(channel_id: int, person: str) -> bool:
    """Take an admin's rights away; False when this person had none."""
    gone = Admin.delete().where((Admin.channel == channel_id) & (Admin.platform_user_id == person)).execute()
    return bool(gone)


def _new_code() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))


def _count_try(channel_id: int, person: str, now: datetime) -> None:
    recent = ClaimAttempt.select().where((ClaimAttempt.channel == channel_id) & (ClaimAttempt.at > now - _TRIES_WITHIN))
    if (
        recent.count() >= _TRIES_PER_CHANNEL
        or recent.where(ClaimAttempt.platform_user_id == person).count() >= _TRIES_PER_PERSON
    ):
        raise TooManyTries
    ClaimAttempt.create(channel=channel_id, platform_user_id=person, at=now)


def _hash(code: str) -> str:
    return hashlib.sha256(code.strip().upper().encode()).hexdigest()
