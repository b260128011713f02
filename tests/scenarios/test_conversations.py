"""Every conversation in this folder goes as it is written down, on either database."""

from pathlib import Path
from typing import Any

import peewee as pw
import pytest

from tests.support.clock import Clock
from tests.support.transcript import Stage, agrees

CHATS = sorted(Path(__file__).parent.glob("*.chat"))


@pytest.mark.parametrize("chat", CHATS, ids=[chat.stem for chat in CHATS])
def test_the_conversation_goes_as_written(chat: Path, database: pw.Database, make_desk: Any, clock: Clock) -> None:
    written = chat.read_text("utf-8")
    played = Stage(make_desk(), clock).play(written)
    assert agrees(written, played), played
