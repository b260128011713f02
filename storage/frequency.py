"""How many messages of broadcasts single people had: counted in the ledger itself, which cannot drift."""

from collections.abc import Collection, Mapping

import peewee as pw

from storage.database import execute, is_postgres
from storage.models import Subscriber


def had(subscriber_ids: Collection[int], since_ms: int, *, without: int) -> Mapping[int, int]:
    """Return how many messages people had, or are being sent, of other broadcasts since a moment in ms.

    A broadcast that has begun with a person counts with all its messages, since the others will follow.
    """
    marks = ", ".join("?" * len(subscriber_ids))
    rows = execute(
        f"SELECT r.subscriber_id, CAST(sum({_taken()}) AS BIGINT) FROM recipients r"
        f" JOIN broadcasts b ON b.id = r.broadcast_id WHERE r.subscriber_id IN ({marks})"
        " AND r.broadcast_id <> ? AND r.sent_at >= ? GROUP BY r.subscriber_id",
        (*subscriber_ids, without, since_ms),
    )
    return dict(rows)


def _taken() -> str:
    """Return, in SQL, how many messages a row of the ledger `r`, of the broadcast `b`, stands for."""
    function, path = (
        ("jsonb_array_length", "b.content -> 'messages'")
        if is_postgres()
        else ("json_array_length", "b.content, '$.messages'")
    )
    begun = "r.state IN ('sending', 'unknown') OR r.step > 0 AND r.state IN ('pending', 'claimed')"
    template = "r.by_template AND r.state IN ('sending', 'unknown')"
    refused = "b.road = 'mass' AND r.state IN ('failed', 'skipped')"  # taken, and then refused by the review
    return f"CASE WHEN {refused} THEN 0 WHEN {template} THEN 1 WHEN {begun} THEN {function}({path}) ELSE r.step END"


def more_than(channel_id: int, most: int, since_ms: int, *, without: int) -> pw.Expression:
    """Return the condition of having had over `most` messages of other broadcasts of a channel since a moment (ms).

    Looks at broadcasts of that time only, so that it costs nothing where there are none. `most` below 0: everybody.
    """
    if most < 0:
        return Subscriber.id.is_null(False)
    people = (
        f"SELECT r.subscriber_id FROM recipients r JOIN broadcasts b ON b.id = r.broadcast_id"
        f" WHERE b.channel_id = {channel_id:d} AND b.id <> {without:d} AND b.started_at IS NOT NULL"
        f" AND (b.finished_at IS NULL OR b.finished_at >= {since_ms:d}) AND r.sent_at >= {since_ms:d}"
        f" GROUP BY r.subscriber_id HAVING sum({_taken()}) > {most:d}"
    )
    return Subscriber.id.in_(pw.SQL(f"({people})"))
