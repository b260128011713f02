"""Every reason the ledger may name is a sentence for an admin."""

import re
from pathlib import Path

from bot.commands.reasons import OURS
from broadcast import sendable


def test_whoever_may_not_be_written_to_is_told_of_in_a_sentence():
    reasons = re.findall(r'return "(\w+)"', Path(sendable.__file__).read_text("utf-8"))
    assert len(reasons) > 3
    assert [reason for reason in reasons if reason not in OURS] == []
