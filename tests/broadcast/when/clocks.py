"""The moment and the zones the tables are read at."""

from datetime import datetime
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 11, 0, 20, tzinfo=BERLIN)
"""A Tuesday, 18:00:20 in Shanghai."""


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    """Return the instant of an ISO wall clock in a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)
