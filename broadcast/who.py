"""An audience as it is stored (filter text, '' for everyone), and its three readings."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import peewee as pw

from broadcast.audience.fields import Vocabulary
from broadcast.audience.nodes import Kind
from broadcast.audience.parse import parse
from broadcast.audience.problems import Catalogue, FilterProblem
from broadcast.audience.query import query
from broadcast.audience.words import words as in_words
from broadcast.histories import Ledger
from storage import variables as registry


def matching(channel_id: int, audience: str, now: datetime, zone: ZoneInfo) -> pw.Expression | None:
    """Return the condition an audience stands for at `now`, days beginning as in `zone`; None for everyone.

    Raises `FilterProblem` when the filter has stopped making sense since it was written.
    """
    if not audience:
        return None
    node = parse(audience, vocabulary(registry.kinds(channel_id)))
    condition: pw.Expression = query(node, now=now.astimezone(zone), histories=Ledger(channel_id))
    return condition


def check(audience: str, variables: Mapping[str, str]) -> FilterProblem | None:
    """Return what is wrong with a filter, None when it can be used."""
    try:
        parse(audience, vocabulary(variables))
    except FilterProblem as problem:
        return problem
    return None


def words(audience: str, variables: Mapping[str, str], catalogue: Catalogue) -> str:
    """Return a filter as a sentence; the filter itself if it has stopped making sense since it was written."""
    try:
        return in_words(parse(audience, vocabulary(variables)), catalogue)
    except FilterProblem:
        return audience


def vocabulary(variables: Mapping[str, str]) -> Vocabulary:
    """Return the words filters may use where these variables are known."""
    return Vocabulary({name: Kind(kind) for name, kind in variables.items()})
