"""What a release leaves behind on its users' disks: an SQLite database with something in it, as an SQL script.

At a release: `python -m tests.bot.left_behind > tests/bot/released/1.2.3.sql`.
"""

import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from broadcast.plan import plan
from storage import broadcasts, channels, subscribers
from storage.database import open_database
from storage.lifecycle import BroadcastStatus
from storage.migrate import migrate

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def left_behind(folder: Path) -> str:
    """Make a database in `folder` and return it as a script: a channel, a person, a broadcast and its ledger."""
    database = open_database("sqlite:///left.db", folder)
    migrate(database)
    channel = channels.ensure("page", "messenger")
    subscribers.saw(channel, "p1", NOW, None)
    content = {"messages": [{"kind": "text", "text": "Hello"}]}
    row = broadcasts.create(channel, "Spring sale", "anna", NOW, content=content)
    broadcasts.move(row.id, BroadcastStatus.STARTING, "anna", NOW)
    plan(row.id, NOW)
    database.close()
    with closing(sqlite3.connect(folder / "left.db")) as copy:
        return "\n".join(copy.iterdump())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        sys.stdout.write(left_behind(Path(made)) + "\n")
