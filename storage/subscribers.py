"""Subscribers at rest: find, see, describe. What people want is written here and nowhere else."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import peewee as pw

from storage import suppression
from storage.database import execute, execute_many, is_postgres, rows_of, transaction
from storage.fields import to_ms
from storage.lifecycle import CONSENT_MOVES, Consent, guarded
from storage.models import Channel, Subscriber
from storage.suppression import CONSENT

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

    Redeliveries and events out of order never move a moment back, and what they did before they left does not bring
    them back. One statement: it runs for every message that comes in, and two processes may hear of the same person
    at once.
    """
    here = "excluded.last_seen_at >= coalesce(subscribers.gone_at, 0)"
    execute(
        "INSERT INTO subscribers (channel_id, platform_user_id, first_seen_at, last_seen_at, window_expires_at,"
        f" heard_run, consent) VALUES (?, ?, ?, ?, ?, (SELECT sync_run FROM channels WHERE id = ?), {CONSENT})"
        " ON CONFLICT (channel_id, platform_user_id) DO UPDATE SET heard_run = excluded.heard_run,"
        f" strikes = CASE WHEN {here} THEN 0 ELSE subscribers.strikes END,"
        f" unreachable = (subscribers.unreachable AND NOT {here}),"
        f" {_later('last_seen_at')}, {_later('window_expires_at', here)}",
        (
            channel_id,
            person,
            to_ms(at),
            to_ms(at),
            None if window_until is None else to_ms(window_until),
            channel_id,
            *suppression.parameters(channel_id, person),
        ),
    )


def _later(column: str, provided: str = "TRUE") -> str:
    """Return the SET that moves a moment forward, where `provided` holds, or leaves it."""
    known, told = f"coalesce(subscribers.{column}, 0)", f"excluded.{column}"
    return f"{column} = CASE WHEN {told} > {known} AND {provided} THEN {told} ELSE subscribers.{column} END"


def followed(channel_id: int, person: str, at: datetime) -> None:
    """Record since when a person follows the account; that they did earlier, told late, changes nothing."""
    Subscriber.update(followed_at=at).where(
        (Subscriber.channel == channel_id)
        & (Subscriber.platform_user_id == person)
        & (Subscriber.followed_at.is_null() | (Subscriber.followed_at < at))
    ).execute()


def listed(channel_id: int, people: Sequence[str], now: datetime, run: int = 0) -> None:
    """Record that the platform's list of followers has these people: they are known and can be reached.

    `run` is the number of this reading of the list (0: before the first). Whoever left while it was being read has
    left: the page that has them may be older news.
    """
    still = "subscribers.unreachable AND subscribers.heard_run >= excluded.listed_run"
    execute_many(
        "INSERT INTO subscribers (channel_id, platform_user_id, first_seen_at, listed_at, listed_run, consent)"
        f" VALUES (?, ?, ?, ?, ?, {CONSENT}) ON CONFLICT (channel_id, platform_user_id) DO UPDATE SET"
        f" listed_at = excluded.listed_at, listed_run = excluded.listed_run, unreachable = ({still})",
        [
            (channel_id, person, to_ms(now), to_ms(now), run, *suppression.parameters(channel_id, person))
            for person in people
        ],
    )


def present(channel_id: int, run: int) -> int:
    """Count those who follow as far as this reading of the list tells, or what they did while it was being read."""
    return int(Subscriber.select().where(all_of(channel_id) & ~Subscriber.unreachable & _in_run(run)).count())


def unlisted_are_gone(channel_id: int, run: int) -> int:
    """Record that those whom this reading of the list did not have follow no more; return how many.

    Whoever came or wrote while it was being read is left alone: the list may have been read before them.
    """
    gone = all_of(channel_id) & ~Subscriber.unreachable & ~_in_run(run)
    return int(Subscriber.update(unreachable=True).where(gone).execute())


def _in_run(run: int) -> pw.Expression:
    return (Subscriber.listed_run == run) | (Subscriber.heard_run == run)


def set_consent(channel_id: int, person: str, to: Consent, at: datetime) -> bool:
    """Record that a person said at `at` that they want our broadcasts, or no longer; whether that changed anything.

    Wishes count in the order in which they were said, not in that in which we hear of them: one that is older than
    the latest known changes nothing.
    """
    latest = (
        (Subscriber.channel == channel_id)
        & (Subscriber.platform_user_id == person)
        & (Subscriber.wished_at.is_null() | (Subscriber.wished_at <= at))
    )
    moved = (
        Subscriber.update(consent=to.value, consent_at=at, wished_at=at)
        .where(latest & guarded(Subscriber.consent, CONSENT_MOVES, to))
        .execute()
    )
    if moved and to is Consent.SUBSCRIBED:
        suppression.lift(channel_id, person)
    if not moved:  # said once more
        Subscriber.update(wished_at=at).where(latest & (Subscriber.consent == to.value)).execute()
    return bool(moved)


def unsubscribe(subscriber_ids: Sequence[int], at: datetime) -> None:
    """Opt out people whom the platform reports as having opted out."""
    if not subscriber_ids:
        return
    Subscriber.update(consent=Consent.OPTED_OUT.value, consent_at=at, wished_at=at).where(
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


def reached(broadcast_id: int, subscriber_ids: Sequence[int]) -> None:
    """Begin to count anew for people whom a broadcast has reached after all; part of what records that.

    Whoever the ledger knows to have got it already is left alone: hearing of an old success again, when later ones
    failed, would break off a row of failures.
    """
    execute(
        f"UPDATE subscribers SET strikes = 0 WHERE id IN ({', '.join('?' * len(subscriber_ids))}) AND strikes > 0"
        " AND EXISTS (SELECT 1 FROM recipients WHERE broadcast_id = ? AND subscriber_id = subscribers.id"
        " AND state NOT IN ('sent', 'delivered', 'read'))",
        (*subscriber_ids, broadcast_id),
    )


def close_windows(refused: Sequence[tuple[int, datetime]], now: datetime) -> None:
    """Record that the platform let us write to these people no more at a moment, whatever we thought.

    Whoever has written since then has opened it again.
    """
    if refused:
        first = min(at for _, at in refused)
        silent = Subscriber.last_seen_at.is_null() | (Subscriber.last_seen_at <= first)
        people = Subscriber.id.in_([person for person, _ in refused])
        Subscriber.update(window_expires_at=now).where(people & silent).execute()


def lost(subscriber_ids: Sequence[int]) -> None:
    """Record that the platform no longer knows these people; only a message of theirs changes that."""
    if subscriber_ids:
        Subscriber.update(unreachable=True).where(Subscriber.id.in_(subscriber_ids)).execute()


def gone(channel_id: int, person: str, at: datetime) -> None:
    """Record that since `at` nothing can reach this person any more, until they come back.

    Somebody who has followed or written after that has come back, even if we hear of their leaving only now.
    """
    reading = Channel.select(Channel.sync_run).where(Channel.id == channel_id)
    Subscriber.update(unreachable=True, window_expires_at=None, gone_at=at, heard_run=reading).where(
        (Subscriber.channel == channel_id)
        & (Subscriber.platform_user_id == person)
        & (Subscriber.last_seen_at.is_null() | (Subscriber.last_seen_at <= at))
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


def add_imported(channel_id: int, people: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Add or update people from a file, in one transaction.

    Each mapping has `platform_user_id`, optionally columns of the table, and `variables`. What a mapping does not have
    stays as it is, variables are merged over the known ones, and consent is never touched: importing again does not
    bring back who opted out, be it that they were erased since.
    """
    columns = (*PROFILE_FIELDS, *MOMENT_FIELDS)
    merged = "subscribers.variables || excluded.variables"
    if not is_postgres():
        merged = "json_patch(subscribers.variables, excluded.variables)"
    kept = [f"{name} = COALESCE(NULLIF(excluded.{name}, ''), subscribers.{name})" for name in PROFILE_FIELDS]
    kept += [f"{name} = COALESCE(excluded.{name}, subscribers.{name})" for name in ("last_seen_at", "followed_at")]
    # What the platform has let us know since the file was written stands.
    kept.append(_later("window_expires_at"))
    earlier = "excluded.first_seen_at < subscribers.first_seen_at"
    kept.append(f"first_seen_at = CASE WHEN {earlier} THEN excluded.first_seen_at ELSE subscribers.first_seen_at END")
    marks = ", ".join("?" * (len(columns) + 3))
    execute_many(
        f"INSERT INTO subscribers (channel_id, platform_user_id, variables, {', '.join(columns)}, consent)"
        f" VALUES ({marks}, {CONSENT})"
        f" ON CONFLICT (channel_id, platform_user_id) DO UPDATE SET variables = {merged}, {', '.join(kept)}",
        [
            (
                channel_id, person["platform_user_id"], json.dumps(person.get("variables", {}), ensure_ascii=False),
                *(person.get(name, "") for name in PROFILE_FIELDS),
                *(_ms(person.get(name, now if name == "first_seen_at" else None)) for name in MOMENT_FIELDS),
                *suppression.parameters(channel_id, person["platform_user_id"]),
            )
            for person in people
        ],
    )  # fmt: skip


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)


def _who(channel_id: int, matching: pw.Expression | None) -> pw.Expression:
    return all_of(channel_id) if matching is None else all_of(channel_id) & matching
