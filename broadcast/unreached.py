"""The audience of a retry: exactly those an earlier broadcast did not reach, and who still want to hear from us.

It is written `unreached #12` where other audiences are filters, or `in doubt #12` for those whom no evidence says
whether it reached. It is read anew whenever it is used: somebody whose message turns out to have arrived, or who got
it by another retry, is no longer among them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import peewee as pw

from broadcast.audience.problems import Catalogue
from storage.lifecycle import REACHED, RecipientState
from storage.models import Broadcast, Recipient, Subscriber

_AUDIENCE = re.compile(r"(unreached|in doubt) #(\d{1,9})", re.IGNORECASE)
_NOT_REACHED = (RecipientState.FAILED.value, RecipientState.SKIPPED.value)
_IN_DOUBT = (RecipientState.UNKNOWN.value,)


@dataclass(frozen=True, slots=True)
class Rest:
    """Whose rest it is, and which: those in doubt, or those certainly not reached."""

    broadcast_id: int
    in_doubt: bool


def audience(broadcast_id: int, *, in_doubt: bool = False) -> str:
    """Return the audience as it is stored."""
    return f"{'in doubt' if in_doubt else 'unreached'} #{broadcast_id}"


def broadcast_of(text: str) -> Rest | None:
    """Return whose rest an audience is; None when it is a filter."""
    match = _AUDIENCE.fullmatch(text.strip())
    return Rest(int(match[2]), match[1].lower() == "in doubt") if match else None


def words(rest: Rest, catalogue: Catalogue) -> str:
    """Return the audience as people say it."""
    row = Broadcast.get_or_none(Broadcast.id == rest.broadcast_id)
    _ = catalogue.gettext
    said = _("whoever “{name}” (#{id}) did not reach")
    if rest.in_doubt:
        said = _("whoever “{name}” (#{id}) may not have reached")
    return said.format(name=row.name if row else "", id=rest.broadcast_id)


def unreached(channel_id: int, rest: Rest) -> pw.Expression:
    """Return the condition of belonging to the rest of a broadcast of this channel.

    Left out is whom any other try reached, or may have, however many tries there were and whichever they retried.
    """
    rows = (
        Recipient.select(pw.SQL("1"))
        .join(Broadcast)
        .where(
            (Recipient.broadcast == rest.broadcast_id)
            & (Recipient.subscriber == Subscriber.id)
            & Recipient.state.in_(_IN_DOUBT if rest.in_doubt else _NOT_REACHED)
            & (Recipient.reason != "opted_out")
            & (Broadcast.channel == channel_id)
        )
    )
    earlier, others = _tries(channel_id, rest.broadcast_id)
    again = Recipient.alias()
    tried = again.select(pw.SQL("1")).where(
        (again.subscriber == Subscriber.id)
        & (
            (again.broadcast.in_(others) & again.state.not_in(_NOT_REACHED))
            | (again.broadcast.in_(earlier) & again.state.in_(REACHED))
        )
    )
    return pw.Expression(pw.fn.EXISTS(rows), "AND", ~pw.fn.EXISTS(tried))


def first_try(channel_id: int, text: str) -> int | None:
    """Return the broadcast that all tries began with to which an audience belongs; None for a filter.

    Whoever plans one of them locks it, so that two planned at once do not both take the same people.
    """
    rest = broadcast_of(text)
    if rest is None:
        return None
    earlier, _ = _tries(channel_id, rest.broadcast_id)
    return min((*earlier, rest.broadcast_id))


def _tries(channel_id: int, broadcast_id: int) -> tuple[list[int], list[int]]:
    """Return (what a broadcast was itself a retry of, all other tries that began with the same one)."""
    parents = {
        row.id: rest.broadcast_id
        for row in Broadcast.select(Broadcast.id, Broadcast.audience).where(
            (Broadcast.channel == channel_id) & Broadcast.audience.contains(" #")
        )
        if (rest := broadcast_of(row.audience)) is not None and rest.broadcast_id < row.id
    }
    earlier = list(_ancestors(parents, broadcast_id))
    first = earlier[-1] if earlier else broadcast_id
    family = [one for one in parents if first in _ancestors(parents, one)]
    return earlier, [one for one in family if one not in {*earlier, broadcast_id}]


def _ancestors(parents: Mapping[int, int], broadcast_id: int) -> Iterator[int]:
    """Yield what a try retried, what that retried, and so on; the first of all comes last."""
    while (parent := parents.get(broadcast_id)) is not None:
        yield parent
        broadcast_id = parent
