"""Turns for tests of what needs no database."""

from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from bot.conversation.turn import Turn
from bot.texts import texts
from broadcast.service import Desk

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def turn(**given: Any) -> Turn:
    """Return a turn of a sender who speaks English; it has no desk."""
    fields: dict[str, Any] = {
        "desk": cast(Desk, None),
        "person": "anna",
        "role": "sender",
        "admin_id": 1,
        "language": "en",
        "zone": ZoneInfo("Europe/Berlin"),
        "texts": texts("en"),
        "now": NOW,
    }
    return Turn(**{**fields, **given})
