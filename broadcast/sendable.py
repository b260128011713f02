"""May this person be sent this, now? Asked just before the call, with what the database says at that moment."""

from collections.abc import Collection
from datetime import datetime

from handlers.contract import Capabilities
from storage.ledger import Standing


def why_not(standing: Standing, capabilities: Capabilities, now: datetime, capped: Collection[int] = ()) -> str:
    """Return the reason this person is skipped, as the ledger names it; '' when they may be written to.

    `capped` are those who may get no more messages today.
    """
    if standing.opted_out:
        return "opted_out"
    if standing.unreachable:
        return "unreachable"
    if standing.window_expires_at is None or standing.window_expires_at - capabilities.window_margin <= now:
        return "outside_window"
    if standing.subscriber_id in capped:
        return "frequency_cap"
    return ""
