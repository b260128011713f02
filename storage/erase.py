"""Removes one person everywhere, leaving the rows that sums are made of."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from functools import reduce
from operator import and_
from typing import Any, NamedTuple

import peewee as pw

from storage import suppression
from storage.database import transaction
from storage.lifecycle import Consent
from storage.models import (
    Admin,
    Broadcast,
    Channel,
    ClaimAttempt,
    Conversation,
    CountAsked,
    FlowRun,
    OutboxMessage,
    Recipient,
    Subscriber,
    Table,
)
from storage.subscribers import PROFILE_FIELDS, find
from storage.tables import TABLES

OWN = (Conversation, OutboxMessage, ClaimAttempt, CountAsked, Admin)
"""Whose rows are about one person and count for nothing: they go."""


class Erased(NamedTuple):
    """What erasing somebody came to: whether a hash of theirs is kept, since they had opted out."""

    suppressed: bool


def erase(channel_id: int, person: str, now: datetime) -> Erased | None:
    """Remove everything known of a person; None when nobody is known.

    What stays has no name, no values, no channel and an id of ours alone, in whatever place the platform's id stood:
    it can never be written to or counted again. That they had opted out stays as a hash (`storage.suppression`).
    Reads every text of the channel, so it takes seconds where there are millions of rows.
    """
    with transaction():
        subscriber = find(channel_id, person)
        if subscriber is None:
            return None
        nobody = f"erased:{subscriber.id}"
        opted_out = subscriber.consent == Consent.OPTED_OUT.value
        if opted_out:
            suppression.add(channel_id, person)
        Subscriber.update(
            **dict.fromkeys(PROFILE_FIELDS, ""),
            channel=None,
            platform_user_id=nobody,
            variables={},
            tags=[],
            consent=Consent.OPTED_OUT.value,
            consent_at=subscriber.consent_at if opted_out else None,  # being erased is no opt-out after a broadcast
            unreachable=True,
            last_seen_at=None,
            followed_at=None,
            window_expires_at=None,
            wished_at=None,
            gone_at=None,
        ).where(Subscriber.id == subscriber.id).execute()
        runs = FlowRun.subscriber == subscriber.id
        FlowRun.update(data={}).where(runs).execute()
        FlowRun.update(status="dropped", waiting_until=None, ended_at=now).where(
            runs & (FlowRun.status == "started")
        ).execute()
        Recipient.update(fills="").where(Recipient.subscriber == subscriber.id).execute()
        for own in OWN:
            own.delete().where((own.channel == channel_id) & (own.platform_user_id == person)).execute()
        for table in TABLES:
            for field in _texts(table):
                _rename(table, field, channel_id, person, nobody)
    return Erased(suppressed=opted_out)


def _rename(table: type[Table], field: pw.Field, channel_id: int, person: str, nobody: str) -> None:
    """Put `nobody` where the id stands by itself in a column: as who did something, or in words about it."""
    whole = re.compile(rf"(?<![\w-]){re.escape(person)}(?![\w-])")
    keys: list[pw.Field] = table._meta.get_primary_keys()
    text = field.cast("TEXT")
    likely = pw.fn.REPLACE(text, person, "") != text  # no pattern: an id may have signs of one in it
    found: Any = table.select(*keys, text.alias("found")).where(_of_channel(table, channel_id) & likely).tuples()
    for *key, words in list(found):
        renamed = whole.sub(nobody, words)
        if renamed != words:
            row = reduce(and_, (column == value for column, value in zip(keys, key, strict=True)))
            value = json.loads(renamed) if isinstance(field, pw.JSONField) else renamed
            table.update({field: value}).where(row).execute()


def _texts(table: type[Table]) -> Iterator[pw.Field]:
    """Yield the columns of a table that may hold what somebody wrote, or who they are."""
    yield from (field for field in table._meta.sorted_fields if isinstance(field, pw.TextField | pw.JSONField))


def _of_channel(table: Any, channel_id: int) -> Any:
    """Return the condition of belonging to a channel: somebody else may have the same id on another one."""
    if table is Channel:
        return Channel.id == channel_id
    if hasattr(table, "channel"):
        return table.channel == channel_id
    if hasattr(table, "broadcast"):
        return table.broadcast.in_(Broadcast.select(Broadcast.id).where(Broadcast.channel == channel_id))
    return pw.SQL("1 = 0")  # what belongs to no channel speaks of nobody
