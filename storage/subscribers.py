"""Subscribers at rest: find, see, describe. Consent is written here and nowhere else."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import peewee as pw

from storage.database import execute, execute_many, is_postgres, rows_of, transaction
from storage.fields import to_ms
from storage.lifecycle import CONSENT_MOVES, Consent, guarded
from storage.models import (
    Admin,
    AuditEntry,
    Broadcast,
    ClaimAttempt,
    Conversation,
    FlowRun,
    OutboxMessage,
    Recipient,
    Subscriber,
)

PROFILE_FIELDS = (
    "first_name", "last_name", "language", "locale", "timezone", "gender", "city", "province", "country", "source",
)  # fmt: skip
MOMENT_FIELDS = ("first_seen_at", "last_seen_at", "followed_at", "window_expires_at")

UNREACHABLE_AFTER = 3
"""After so many broadcasts in a row that could not reach them, people are left out until they write."""


def all_of(channel_id: int) -> pw.Expression:
    """Return the condition of being a subscriber of a channel, for statements that read most of them.

    The plus keeps SQLite from walking the index of platform user ids, whose order is not that of the rows: counting a
    million takes 0.2 s instead of 1.5 s. PostgreSQL finds that out by itself.
    """
    if is_postgres():
        return Subscriber.channel == channel_id
    return pw.Expression(pw.NodeList((pw.SQL("+"), Subscriber.channel)), "=", channel_id)


def find(channel_id: int, person: str) -> Subscriber | None:
    """Return the subscriber with this platform user id, or None."""
    found = rows_of(
        Subscriber, "SELECT * FROM subscribers WHERE channel_id = ? AND platform_user_id = ?", (channel_id, person)
    )
    return found[0] if found else None


def seen(channel_id: int, person: str, at: datetime, window_until: datetime | None) -> None:
    """Record that a person did something at `at`: they are known, reachable, and their window may move.

    Redeliveries and events out of order never move a moment back. One statement: it runs for every message that
    comes in, and two processes may hear of the same person at once.
    """
    execute(
        "INSERT INTO subscribers (channel_id, platform_user_id, first_seen_at, last_seen_at, window_expires_at)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (channel_id, platform_user_id) DO UPDATE SET"
        f" strikes = 0, unreachable = FALSE, {_later('last_seen_at')}, {_later('window_expires_at')}",
        (channel_id, person, to_ms(at), to_ms(at), None if window_until is None else to_ms(window_until)),
    )


def _later(column: str) -> str:
    """Return the SET that moves a moment forward or leaves it."""
    known, told = f"coalesce(subscribers.{column}, 0)", f"excluded.{column}"
    return f"{column} = CASE WHEN {told} > {known} THEN {told} ELSE subscribers.{column} END"


def saw(channel_id: int, person: str, at: datetime, window_until: datetime | None) -> Subscriber:
    """Do as `seen` does and return the person."""
    seen(channel_id, person, at, window_until)
    return Subscriber.get((Subscriber.channel == channel_id) & (Subscriber.platform_user_id == person))


def followed(channel_id: int, person: str, at: datetime) -> None:
    """Record since when a person follows the account."""
    Subscriber.update(followed_at=at).where(
        (Subscriber.channel == channel_id) & (Subscriber.platform_user_id == person)
    ).execute()


def listed(channel_id: int, people: Sequence[str], now: datetime) -> None:
    """Record that the platform's list of followers has these people: they are known and can be reached."""
    execute_many(
        "INSERT INTO subscribers (channel_id, platform_user_id, first_seen_at, listed_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (channel_id, platform_user_id) DO UPDATE SET listed_at = excluded.listed_at,"
        f" unreachable = {'FALSE' if is_postgres() else '0'}",
        [(channel_id, person, to_ms(now), to_ms(now)) for person in people],
    )


def unlisted_are_gone(channel_id: int, since: datetime) -> int:
    """Record that those whom a list begun at `since` did not have follow no more; return how many.

    Whoever came or wrote while it was being read is left alone: the list may have been read before them.
    """
    return int(
        Subscriber.update(unreachable=True)
        .where(
            all_of(channel_id)
            & (Subscriber.listed_at.is_null() | (Subscriber.listed_at < since))
            & (Subscriber.first_seen_at < since)
            & (Subscriber.last_seen_at.is_null() | (Subscriber.last_seen_at < since))
            & ~Subscriber.unreachable
        )
        .execute()
    )


def set_consent(channel_id: int, person: str, to: Consent, at: datetime) -> bool:
    """Record that a person wants our broadcasts or no longer does; say whether that changed anything."""
    moved = (
        Subscriber.update(consent=to.value, consent_at=at)
        .where(
            (Subscriber.channel == channel_id)
            & (Subscriber.platform_user_id == person)
            & guarded(Subscriber.consent, CONSENT_MOVES, to)
        )
        .execute()
    )
    return bool(moved)


def unsubscribe(subscriber_ids: Sequence[int], at: datetime) -> None:
    """Opt out people whom the platform reports as having opted out."""
    if not subscriber_ids:
        return
    Subscriber.update(consent=Consent.OPTED_OUT.value, consent_at=at).where(
        Subscriber.id.in_(subscriber_ids) & guarded(Subscriber.consent, CONSENT_MOVES, Consent.OPTED_OUT)
    ).execute()


def strike(subscriber_ids: Sequence[int]) -> None:
    """Count one more broadcast that could not reach these people."""
    if not subscriber_ids:
        return
    Subscriber.update(strikes=Subscriber.strikes + 1).where(Subscriber.id.in_(subscriber_ids)).execute()
    Subscriber.update(unreachable=True).where(
        Subscriber.id.in_(subscriber_ids) & (Subscriber.strikes >= UNREACHABLE_AFTER)
    ).execute()


def close_windows(subscriber_ids: Sequence[int], now: datetime) -> None:
    """Record that the platform lets us write to these people no more, whatever we thought."""
    if subscriber_ids:
        Subscriber.update(window_expires_at=now).where(Subscriber.id.in_(subscriber_ids)).execute()


def lost(subscriber_ids: Sequence[int]) -> None:
    """Record that the platform no longer knows these people; only a message of theirs changes that."""
    if subscriber_ids:
        Subscriber.update(unreachable=True).where(Subscriber.id.in_(subscriber_ids)).execute()


def gone(channel_id: int, person: str) -> None:
    """Record that nothing can reach this person any more, until they come back."""
    Subscriber.update(unreachable=True, window_expires_at=None).where(
        (Subscriber.channel == channel_id) & (Subscriber.platform_user_id == person)
    ).execute()


def window_open(subscriber_id: int, at: datetime) -> bool:
    """Say whether a person may be written to one by one at a moment."""
    expires: datetime | None = Subscriber.get_by_id(subscriber_id).window_expires_at
    return expires is not None and expires > at


def count(channel_id: int, matching: pw.Expression | None = None) -> int:
    """How many subscribers of a channel match; everybody when `matching` is None."""
    return int(Subscriber.select().where(_who(channel_id, matching)).count())


def anybody(channel_id: int, matching: pw.Expression | None = None) -> bool:
    """Whether any subscriber of a channel matches: where many do, much sooner known than their number."""
    return bool(Subscriber.select().where(_who(channel_id, matching)).exists())


def zones(channel_id: int) -> dict[str, int]:
    """Count those who may be written to by the time zone of their profile; '' where it is not known."""
    rows = execute(
        "SELECT timezone, count(*) FROM subscribers WHERE channel_id = ? AND consent <> 'opted_out'"
        " AND NOT unreachable GROUP BY timezone",
        (channel_id,),
    )
    return {row[0]: int(row[1]) for row in rows}


def without_profile(channel_id: int, at_most: int) -> list[Subscriber]:
    """Return some people who have been here and whose profile was never read."""
    return list(
        Subscriber.select()
        .where(
            (Subscriber.channel == channel_id)
            & Subscriber.profile_read_at.is_null()
            & (Subscriber.last_seen_at.is_null(False) | Subscriber.listed_at.is_null(False))
        )
        .limit(at_most)
    )


def write_profile(subscriber_id: int, fields: Mapping[str, str], read_at: datetime) -> None:
    """Store what the platform tells about a person; empty values leave what is known."""
    known = {name: value for name, value in fields.items() if value}
    Subscriber.update(**known, profile_read_at=read_at).where(Subscriber.id == subscriber_id).execute()


def set_variable(subscriber_id: int, name: str, value: str | float | bool | None) -> None:
    """Give a person a value of our own, or take it away (None). Part of the caller's transaction."""
    with transaction():
        subscriber = _locked(subscriber_id)
        values = {key: known for key, known in subscriber.variables.items() if key != name}
        if value is not None:
            values[name] = value
        Subscriber.update(variables=values).where(Subscriber.id == subscriber_id).execute()


def tag(subscriber_id: int, name: str, *, on: bool) -> None:
    """Put a tag on a person or take it off. Part of the caller's transaction."""
    with transaction():
        tags = [known for known in _locked(subscriber_id).tags if known != name]
        Subscriber.update(tags=[*tags, name] if on else tags).where(Subscriber.id == subscriber_id).execute()


def _locked(subscriber_id: int) -> Subscriber:
    """Return a subscriber whose row nobody else changes until the transaction ends."""
    query = Subscriber.select().where(Subscriber.id == subscriber_id)
    return (query.for_update() if is_postgres() else query).get()


def erase(channel_id: int, person: str, now: datetime) -> bool:
    """Remove everything known of a person, leaving the rows that sums are made of; False when nobody is known.

    What stays has no name, no values and an id of ours alone; it can never be written to again.
    """
    with transaction():
        subscriber = find(channel_id, person)
        if subscriber is None:
            return False
        blank = dict.fromkeys(PROFILE_FIELDS, "")
        nobody = f"erased:{subscriber.id}"
        Subscriber.update(
            **blank,
            platform_user_id=nobody,
            variables={},
            tags=[],
            consent=Consent.OPTED_OUT.value,
            consent_at=now,
            unreachable=True,
            last_seen_at=None,
            followed_at=None,
            window_expires_at=None,
        ).where(Subscriber.id == subscriber.id).execute()
        runs = FlowRun.subscriber == subscriber.id
        FlowRun.update(data={}).where(runs).execute()
        FlowRun.update(status="dropped", waiting_until=None, ended_at=now).where(
            runs & (FlowRun.status == "started")
        ).execute()
        Recipient.update(fills="").where(Recipient.subscriber == subscriber.id).execute()
        for table in (Conversation, OutboxMessage, ClaimAttempt, Admin):
            table.delete().where((table.channel == channel_id) & (table.platform_user_id == person)).execute()
        AuditEntry.update(actor=nobody).where(
            (AuditEntry.channel == channel_id) & (AuditEntry.actor == person)
        ).execute()
        AuditEntry.update(subject=nobody).where(
            (AuditEntry.channel == channel_id) & (AuditEntry.subject == person)
        ).execute()
        Broadcast.update(created_by=nobody).where(
            (Broadcast.channel == channel_id) & (Broadcast.created_by == person)
        ).execute()
    return True


def add_imported(channel_id: int, people: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Add or update people from a file, in one transaction.

    Each mapping has `platform_user_id`, optionally columns of the table, and `variables`. What a mapping does not have
    stays as it is, variables are merged over the known ones, and consent is never touched: importing again does not
    bring back who opted out.
    """
    columns = (*PROFILE_FIELDS, *MOMENT_FIELDS)
    merged = "subscribers.variables || excluded.variables"
    if not is_postgres():
        merged = "json_patch(subscribers.variables, excluded.variables)"
    kept = [f"{name} = COALESCE(NULLIF(excluded.{name}, ''), subscribers.{name})" for name in PROFILE_FIELDS]
    kept += [f"{name} = COALESCE(excluded.{name}, subscribers.{name})" for name in MOMENT_FIELDS[1:]]
    earlier = "excluded.first_seen_at < subscribers.first_seen_at"
    kept.append(f"first_seen_at = CASE WHEN {earlier} THEN excluded.first_seen_at ELSE subscribers.first_seen_at END")
    marks = ", ".join("?" * (len(columns) + 3))
    execute_many(
        f"INSERT INTO subscribers (channel_id, platform_user_id, variables, {', '.join(columns)}) VALUES ({marks})"
        f" ON CONFLICT (channel_id, platform_user_id) DO UPDATE SET variables = {merged}, {', '.join(kept)}",
        [
            (
                channel_id, person["platform_user_id"], json.dumps(person.get("variables", {}), ensure_ascii=False),
                *(person.get(name, "") for name in PROFILE_FIELDS),
                *(_ms(person.get(name, now if name == "first_seen_at" else None)) for name in MOMENT_FIELDS),
            )
            for person in people
        ],
    )  # fmt: skip


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)


def _who(channel_id: int, matching: pw.Expression | None) -> pw.Expression:
    return all_of(channel_id) if matching is None else all_of(channel_id) & matching
