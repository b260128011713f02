"""What the admin concerned is told as a broadcast goes on its way."""

import pytest

from broadcast.draft import from_row
from broadcast.plan import plan
from broadcast.service import Desk
from storage import broadcasts
from storage.lifecycle import BroadcastStatus
from storage.models import OutboxMessage
from tests.support import outcomes
from tests.support.clock import Clock
from tests.support.transcript import Stage

SENT = """\
-- anna is a sender
{language}-- 2 people can get it
-- 1 person opted out
anna> /broadcast new Sale
anna> now
anna> everyone
anna> Hello
anna> done
anna> {send}
"""


@pytest.mark.parametrize(
    ("language", "leaves", "began"),
    [
        ("", "for 2 of the 3 people who match", "People who match: 3; whoever cannot get it is skipped."),
        ("zh_CN", "发给符合的 3 人中的 2 人", "符合的有 3 人，收不到的会跳过。"),
    ],
)
def test_the_start_names_the_number_that_send_named(
    desk: Desk, clock: Clock, language: str, leaves: str, began: str
) -> None:
    chosen = "-- anna speaks Chinese\n" if language else ""
    talk = SENT.format(language=chosen, send="发送" if language else "send")
    assert leaves in Stage(desk, clock).play(talk)
    (row,) = broadcasts.with_status(desk.channel_id, BroadcastStatus.STARTING)
    plan(row.id, clock.now())
    outcomes.milestones(desk, clock.now())("started", from_row(row))
    assert began in OutboxMessage.select().order_by(OutboxMessage.id.desc()).get().payload["message"]["text"]
