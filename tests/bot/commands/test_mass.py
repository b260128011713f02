"""What is said of a mass message whose broadcast was held or cancelled while its call was out."""

from dataclasses import replace

import pytest

from broadcast.service import Desk
from storage.mass_models import MassJob
from storage.models import Broadcast
from tests.handlers.wechat.account import make_account
from tests.support.clock import Clock
from tests.support.transcript import Stage

BEGUN = """\
-- anna is a sender
-- 3 people can get it
anna> /broadcast new News
anna> now
anna> everyone
anna> Hello
anna> done
anna> send
"""
ON_ITS_WAY = "Mass message 1, to 3 people, is on its way already and will still land."
NOT_ASKED_AGAIN = (
    "no clear answer came, and after the cancel it is not asked for again. The 3 people in it may have got it"
)

STATES = (
    ("cancelled while the call is out", "calling", "cancel", ON_ITS_WAY),
    ("paused while the call is out", "calling", "pause", ON_ITS_WAY),
    ("cancelled after no clear answer", "unclear", "cancel", NOT_ASKED_AGAIN),
    ("paused after no clear answer", "unclear", "pause", "It is asked for again, and sends nothing twice."),
)


@pytest.mark.parametrize(("state", "verb", "sentence"), [row[1:] for row in STATES], ids=[row[0] for row in STATES])
def test_the_answer_says_what_becomes_of_a_call_that_was_made(
    desk: Desk, clock: Clock, state: str, verb: str, sentence: str
) -> None:
    stage = Stage(replace(desk, platform=make_account(clock=clock)), clock)
    stage.play(BEGUN)
    Broadcast.update(status="sending", started_at=clock.now()).execute()
    MassJob.create(
        broadcast=Broadcast.get().id,
        channel=desk.channel_id,
        number=1,
        kind="everyone",
        people=3,
        key="k",
        state=state,
        updated_at=clock.now(),
    )
    said = stage.play(f"anna> /broadcast {verb} 1\nanna> /broadcast report 1\n")
    assert said.count(sentence) == 2
