"""Whether one person may be written to now is asked just before the call."""

from datetime import timedelta

import pytest

from broadcast.sendable import why_not
from handlers.messenger.capabilities import CAPABILITIES
from storage.ledger import Standing
from tests.conftest import START

MARGIN = CAPABILITIES.window_margin
OPEN = START + timedelta(hours=1)
TABLE = (
    ("may be written to", {}, ""),
    ("opted out, whatever else", {"opted_out": True, "unreachable": True, "window_expires_at": None}, "opted_out"),
    ("gone", {"unreachable": True}, "unreachable"),
    ("never wrote", {"window_expires_at": None}, "outside_window"),
    ("window closed", {"window_expires_at": START - timedelta(seconds=1)}, "outside_window"),
    ("window about to close", {"window_expires_at": START + MARGIN}, "outside_window"),
    ("window open long enough", {"window_expires_at": START + MARGIN + timedelta(milliseconds=1)}, ""),
    ("got enough today", {"subscriber_id": 2}, "frequency_cap"),
)


@pytest.mark.parametrize(("changes", "reason"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_who_may_be_written_to(changes, reason):
    given = {"subscriber_id": 1, "step": 0, "opted_out": False, "unreachable": False, "window_expires_at": OPEN}
    assert why_not(Standing(**{**given, **changes}), CAPABILITIES, START, capped={2}) == reason
