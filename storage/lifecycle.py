"""Every status word, its legal moves as data, and the one function that performs a guarded move.

A move is one UPDATE that names where it may start. Reading first and writing then loses races; this cannot.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import peewee as pw


class BroadcastStatus(StrEnum):
    """Where a broadcast is in its life."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    STARTING = "starting"  # confirmed; the undo period runs and the audience is being chosen
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"
    MISSED = "missed"  # its time passed while nothing ran, and it was too late to send
    FAILED = "failed"  # it could not start


class RecipientState(StrEnum):
    """Where one recipient of one broadcast is: the ledger's words."""

    PENDING = "pending"
    CLAIMED = "claimed"  # a worker holds it; nothing was said yet
    SENDING = "sending"  # committed before the call leaves
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"  # we spoke, or may have, and did not hear


class OutboxState(StrEnum):
    """Where one reply to one person is."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class MassJobState(StrEnum):
    """Where one mass message is."""

    PLANNED = "planned"
    CALLING = "calling"  # committed before the call leaves
    UNCLEAR = "unclear"  # the call may have been heard: repeated with the same key while that is safe
    CONFIRMING = "confirming"  # the account's owner has to agree on the platform first
    SUBMITTED = "submitted"  # the platform has taken it and is at work
    FINISHED = "finished"
    FAILED = "failed"


class Consent(StrEnum):
    """Whether a person wants our broadcasts."""

    SUBSCRIBED = "subscribed"
    OPTED_OUT = "opted_out"


_B = BroadcastStatus
BROADCAST_MOVES: Mapping[BroadcastStatus, frozenset[BroadcastStatus]] = {
    _B.DRAFT: frozenset({_B.SCHEDULED, _B.STARTING, _B.CANCELLED}),
    _B.SCHEDULED: frozenset({_B.DRAFT, _B.STARTING, _B.CANCELLED, _B.MISSED}),
    _B.STARTING: frozenset({_B.DRAFT, _B.SENDING, _B.PAUSED, _B.CANCELLED, _B.FAILED}),
    _B.SENDING: frozenset({_B.PAUSED, _B.SENT, _B.CANCELLED}),
    # Back to `starting` when it was paused before its audience was chosen.
    _B.PAUSED: frozenset({_B.SENDING, _B.STARTING, _B.CANCELLED}),
    _B.MISSED: frozenset({_B.DRAFT, _B.STARTING, _B.CANCELLED}),
    _B.SENT: frozenset(),
    _B.CANCELLED: frozenset(),
    _B.FAILED: frozenset({_B.DRAFT}),
}

_R = RecipientState
RECIPIENT_MOVES: Mapping[RecipientState, frozenset[RecipientState]] = {
    # Straight to `sending` in a mass message, which is claimed as a whole. Sent: refused for now, but an echo proves
    # that it arrived all the same. Skipped or failed without a call when the broadcast ended first.
    _R.PENDING: frozenset({_R.CLAIMED, _R.SENDING, _R.SENT, _R.SKIPPED, _R.FAILED}),
    # A claim that was not used, or whose worker died before it spoke, goes back.
    _R.CLAIMED: frozenset({_R.SENDING, _R.PENDING, _R.SENT, _R.SKIPPED, _R.FAILED}),
    # Back to `claimed` when the next message of the same broadcast follows; to `pending` when refused for now.
    _R.SENDING: frozenset({_R.SENT, _R.CLAIMED, _R.PENDING, _R.FAILED, _R.SKIPPED, _R.UNKNOWN}),
    # Only evidence (an echo, a late answer) moves these on.
    _R.UNKNOWN: frozenset({_R.SENT, _R.PENDING, _R.FAILED, _R.SKIPPED}),
    # A mass message that was taken may still fail the platform's review.
    _R.SENT: frozenset({_R.DELIVERED, _R.READ, _R.FAILED}),
    _R.DELIVERED: frozenset({_R.READ}),
    # An echo is proof: a row given up on, or skipped after a refusal, turns out to have arrived.
    _R.FAILED: frozenset({_R.SENT}),
    _R.READ: frozenset(),
    _R.SKIPPED: frozenset({_R.SENT}),
}

OUTBOX_MOVES: Mapping[OutboxState, frozenset[OutboxState]] = {
    # Sent without being said again: an echo proves that it had arrived.
    OutboxState.PENDING: frozenset({OutboxState.SENDING, OutboxState.SENT}),
    # Replies are sent at least once: a doubled answer is a nuisance, a missing one leaves a person stuck.
    OutboxState.SENDING: frozenset({OutboxState.SENT, OutboxState.PENDING, OutboxState.FAILED}),
    # A reply that turned out not to fit into the response to a webhook is sent by a call after all.
    OutboxState.SENT: frozenset({OutboxState.PENDING}),
    # Kept for the person's next message when their window had closed; or an echo proves that it had arrived.
    OutboxState.FAILED: frozenset({OutboxState.PENDING, OutboxState.SENT}),
}

_J = MassJobState
MASS_JOB_MOVES: Mapping[MassJobState, frozenset[MassJobState]] = {
    _J.PLANNED: frozenset({_J.CALLING, _J.FAILED}),
    _J.CALLING: frozenset({_J.PLANNED, _J.UNCLEAR, _J.CONFIRMING, _J.SUBMITTED, _J.FAILED}),
    _J.UNCLEAR: frozenset({_J.CALLING, _J.SUBMITTED, _J.FINISHED, _J.FAILED}),
    # Called again when a message went out that may be this one: its key tells.
    _J.CONFIRMING: frozenset({_J.CALLING, _J.SUBMITTED, _J.FINISHED, _J.FAILED}),
    _J.SUBMITTED: frozenset({_J.FINISHED, _J.FAILED}),
    _J.FINISHED: frozenset(),
    _J.FAILED: frozenset(),
}

CONSENT_MOVES: Mapping[Consent, frozenset[Consent]] = {
    Consent.SUBSCRIBED: frozenset({Consent.OPTED_OUT}),
    Consent.OPTED_OUT: frozenset({Consent.SUBSCRIBED}),
}

UNFINISHED = (RecipientState.PENDING, RecipientState.CLAIMED, RecipientState.SENDING)
"""What `pending` in the numbers shown to people includes."""

REACHED = (RecipientState.SENT, RecipientState.DELIVERED, RecipientState.READ)
"""What `sent` in the numbers shown to people includes."""


class IllegalMove(Exception):
    """The row is not where that move starts; somebody else was quicker, or the move makes no sense."""

    def __init__(self, what: str, to: StrEnum) -> None:
        super().__init__(f"{what} cannot become {to.value} from where it is")
        self.what = what
        self.to = to


def starts_of(moves: Mapping[Any, frozenset[Any]], to: StrEnum) -> list[str]:
    """Return every status from which `to` may be reached."""
    return [start.value for start, ends in moves.items() if to in ends]


def guarded(
    field: pw.Field, moves: Mapping[Any, frozenset[Any]], to: StrEnum, *, only_from: StrEnum | None = None
) -> pw.Expression:
    """Return the WHERE condition under which `field` may become `to`, optionally from one start only."""
    starts = starts_of(moves, to)
    if only_from is not None:
        if only_from.value not in starts:
            raise IllegalMove(only_from.value, to)
        starts = [only_from.value]
    return field.in_(starts)
