"""What a release leaves behind on its users' disks: a database of each kind with something in it, as SQL scripts.

At a release: `python -m tests.bot.left_behind 1.2.3` writes them to `tests/bot/released/`.
"""

import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from broadcast.plan import plan
from storage import broadcasts, channels
from storage.database import open_database
from storage.lifecycle import BroadcastStatus
from storage.migrate import migrate
from tests.support.people import saw
from tests.support.postgres import fresh_database, postgres_url, programs

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
RELEASED = Path(__file__).parent / "released"
KINDS = ("sqlite", "postgres")


def left_behind(kind: str, folder: Path, server: str) -> str:
    """Make a database of a kind, in `folder` or on the PostgreSQL at `server`; return it as a script."""
    if kind == "sqlite":
        _fill("sqlite:///left.db", folder)
        with closing(sqlite3.connect(folder / "left.db")) as copy:
            return "\n".join(copy.iterdump())
    url = fresh_database(server, "left_behind")
    _fill(url, folder)
    dump = [programs() / "pg_dump", "--no-owner", "--no-privileges", f"--dbname={url}"]
    return subprocess.run(dump, check=True, capture_output=True, text=True).stdout


def come_upon(kind: str, script: str, folder: Path, server: str) -> str:
    """Make a database from such a script; return its address, for `folder`."""
    if kind == "sqlite":
        with closing(sqlite3.connect(folder / "old.db")) as old:
            old.executescript(script)
        return "sqlite:///old.db"
    url = fresh_database(server, "come_upon")
    psql = [programs() / "psql", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={url}"]
    subprocess.run(psql, input=script, check=True, capture_output=True, text=True)
    return url


def _fill(url: str, folder: Path) -> None:
    """Make a database with a channel, a person, a broadcast and its ledger."""
    database = open_database(url, folder)
    migrate(database)
    channel = channels.ensure("page", "messenger")
    saw(channel, "p1", NOW, None)
    content = {"messages": [{"kind": "text", "text": "Hello"}]}
    row = broadcasts.create(channel, "Spring sale", "anna", NOW, content=content)
    broadcasts.move(row.id, BroadcastStatus.STARTING, "anna", NOW)
    plan(row.id, NOW)
    database.close()


def main(release: str) -> None:
    """Write what this version leaves behind."""
    RELEASED.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="left-behind-") as folder:
        for server in postgres_url(Path(folder) / "postgres"):
            for kind in KINDS:
                script = left_behind(kind, Path(folder), server)
                (RELEASED / f"{release}.{kind}.sql").write_text(script + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
