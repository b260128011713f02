"""Every conversation in this folder goes as it is written down."""

from pathlib import Path

import pytest

from broadcast.service import Desk
from tests.support.clock import Clock
from tests.support.transcript import Stage, agrees

CHATS = sorted(Path(__file__).parent.glob("*.chat"))


@pytest.mark.parametrize("chat", CHATS, ids=[chat.stem for chat in CHATS])
def test_the_conversation_goes_as_written(chat: Path, desk: Desk, clock: Clock) -> None:
    written = chat.read_text("utf-8")
    played = Stage(desk, clock).play(written)
    assert agrees(written, played), played
