"""An audience as it is stored (filter text, '' for everyone), and its three readings."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import peewee as pw

from broadcast import unreached
from broadcast.audience.fields import Vocabulary
from broadcast.audience.nodes import Kind, Node
from broadcast.audience.parse import parse
from broadcast.audience.problems import Catalogue, FilterProblem
from broadcast.audience.query import query
from broadcast.audience.words import words as in_words
from broadcast.histories import Ledger
from storage import names
from storage import variables as registry


def matching(channel_id: int, audience: str, now: datetime, zone: ZoneInfo) -> pw.Expression | None:
    """Return the condition an audience stands for at `now`, days beginning as in `zone`; None for everyone.

    Raises `FilterProblem` when the filter has stopped making sense since it was written: "not got Sprng sale" must
    not mean everyone because somebody renamed a draft.
    """
    if not audience:
        return None
    if (earlier := unreached.broadcast_of(audience)) is not None:
        return unreached.unreached(channel_id, earlier)
    words_known = vocabulary(registry.kinds(channel_id), broadcasts=names.broadcasts(channel_id))
    node = parse(audience, words_known)
    condition: pw.Expression = query(node, now=now.astimezone(zone), histories=Ledger(channel_id))
    return condition


def known(channel_id: int, flows: Iterable[str]) -> Vocabulary:
    """Return the words a channel's filters may use now: its variables, its broadcasts, and its flows.

    `flows` are those that can be entered; those somebody has been in, a host program's own among them, are added.
    """
    return vocabulary(
        registry.kinds(channel_id),
        flows=list(dict.fromkeys([*flows, *names.flows(channel_id)])),
        broadcasts=names.broadcasts(channel_id),
    )


def tree(audience: str, known_words: Vocabulary) -> Node:
    """Return a filter's tree. Raises `FilterProblem` when it cannot be used."""
    return parse(audience, known_words)


def check(audience: str, variables: Mapping[str, str], known_words: Vocabulary | None = None) -> FilterProblem | None:
    """Return what is wrong with a filter, None when it can be used; names are checked only where they are `known`."""
    if unreached.broadcast_of(audience) is not None:
        return None
    try:
        parse(audience, known_words or vocabulary(variables))
    except FilterProblem as problem:
        return problem
    return None


def words(audience: str, variables: Mapping[str, str], catalogue: Catalogue) -> str:
    """Return a filter as a sentence; the filter itself if it has stopped making sense since it was written."""
    if (earlier := unreached.broadcast_of(audience)) is not None:
        return unreached.words(earlier, catalogue)
    try:
        return in_words(parse(audience, vocabulary(variables)), catalogue)
    except FilterProblem:
        return audience


def vocabulary(
    variables: Mapping[str, str],
    *,
    flows: Collection[str] | None = None,
    broadcasts: Collection[str] | None = None,
) -> Vocabulary:
    """Return the words filters may use where these variables are known; None takes any name."""
    return Vocabulary({name: Kind(kind) for name, kind in variables.items()}, flows, broadcasts)
