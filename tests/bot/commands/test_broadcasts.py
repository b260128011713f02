"""What the lists show, and which broadcast a cancel without a name means."""

from broadcast.service import Desk
from tests.support.clock import Clock
from tests.support.transcript import Stage

SENT = """\
-- anna is a sender
-- 1 person can get it
anna> /broadcast new Sale
anna> now
anna> everyone
anna> Hello
anna> done
anna> [Send to 1]
"""


def test_history_has_what_was_cancelled_under_way_and_not_what_never_began(desk: Desk, clock: Clock) -> None:
    stage = Stage(desk, clock)
    stage.play(f"{SENT}-- 20 seconds pass\n-- it goes out\nanna> /broadcast new Idea\nanna> cancel\nanna> discard\n")
    assert "#1 Sale: sent" in (said := stage.play("anna> /broadcast history\n"))
    assert "Idea" not in said
    assert "[History (1)]" in stage.play("anna> /broadcast\n")


def test_a_cancel_without_a_name_means_what_is_on_its_way_before_the_draft_being_built(
    desk: Desk, clock: Clock
) -> None:
    stage = Stage(desk, clock)
    assert "“Sale” is cancelled." in stage.play(f"{SENT}anna> /broadcast new Idea\nanna> /broadcast cancel\n")
    assert "Save “Idea” as a draft, discard it, or go on?" in stage.play("anna> /broadcast cancel\n")
