"""May this person be sent this, now? Asked just before the call, with what the database says at that moment."""

from collections.abc import Collection
from datetime import datetime

from handlers.contract import Capabilities
from storage.ledger import Standing


def window_open(standing: Standing, capabilities: Capabilities, now: datetime) -> bool:
    """Say whether this person may be sent anything, with a margin before the window closes."""
    return standing.window_expires_at is not None and standing.window_expires_at - capabilities.window_margin > now


def why_not(
    standing: Standing,
    capabilities: Capabilities,
    now: datetime,
    capped: Collection[int] = (),
    *,
    template: bool = False,
) -> str:
    """Return the reason this person is skipped, as the ledger names it; '' when they may be written to.

    `capped` are those who may get no more messages today. With a `template` a closed window is no reason, unless they
    have had some of the messages already: nobody gets both.
    """
    if standing.opted_out:
        return "opted_out"
    if standing.unreachable:
        return "unreachable"
    if not window_open(standing, capabilities, now) and not (template and standing.step == 0):
        return "outside_window"
    if standing.subscriber_id in capped:
        return "frequency_cap"
    return ""
