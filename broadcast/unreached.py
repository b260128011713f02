"""The audience of a retry: exactly those an earlier broadcast did not reach, and who still want to hear from us.

It is written `unreached #12` where other audiences are filters, or `in doubt #12` for those whom no evidence says
whether it reached. It is read anew whenever it is used: somebody whose message turns out to have arrived, or who got
it by an earlier retry, is no longer among them.
"""

import re
from dataclasses import dataclass

import peewee as pw

from broadcast.audience.problems import Catalogue
from storage.lifecycle import RecipientState
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
    """Return the condition of belonging to the rest of a broadcast of this channel."""
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
    again, retry = Recipient.alias(), Broadcast.alias()
    retried = (
        again.select(pw.SQL("1"))
        .join(retry, on=(again.broadcast == retry.id))
        .where(
            (again.subscriber == Subscriber.id)
            & (retry.channel == channel_id)
            & (retry.audience == audience(rest.broadcast_id, in_doubt=rest.in_doubt))
            & again.state.not_in(_NOT_REACHED)
        )
    )
    return pw.Expression(pw.fn.EXISTS(rows), "AND", ~pw.fn.EXISTS(retried))
