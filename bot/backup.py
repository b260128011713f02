"""`backup`: one file that holds the whole database as it was at one moment, while everything goes on working."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import peewee as pw

from storage.database import OWNER_ONLY

BUSY_SECONDS = 15


class BackupProblem(Exception):
    """There is no backup; the sentence says why and what to do."""


def back_up(database: pw.Database, url: str, target: Path) -> None:
    """Write the database to `target`, a file that must not exist yet; it is there whole or not at all.

    SQLite is copied by its own backup interface in one read transaction: writers go on, and what they commit
    meanwhile is not in the copy. PostgreSQL is dumped by `pg_dump` in its custom form, for `pg_restore`.
    Raises `BackupProblem`.
    """
    if target.exists():
        raise BackupProblem(f"{target} exists and is not overwritten; choose another name, with the date in it.")
    if not target.parent.is_dir():
        raise BackupProblem(f"The folder {target.parent} does not exist; create it first.")
    part = target.with_name(target.name + ".part")
    try:
        # Made first, so that nobody else can read it at any moment.
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY))
        if isinstance(database, pw.SqliteDatabase):
            _copy(Path(str(database.database)), part)
        else:
            _dump(url, part)
        part.replace(target)
    except OSError as error:
        raise BackupProblem(f"{target} cannot be written: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)


def _copy(source: Path, part: Path) -> None:
    try:
        with closing(sqlite3.connect(source, timeout=BUSY_SECONDS)) as live, closing(sqlite3.connect(part)) as copy:
            live.backup(copy)  # all pages in one step: a copy in several would begin again after each commit
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a journal beside it
            (verdict,) = copy.execute("PRAGMA quick_check").fetchone()
    except sqlite3.Error as error:
        raise BackupProblem(f"SQLite could not copy {source}: {error}.") from None
    if verdict != "ok":
        raise BackupProblem(f"The copy of {source} is damaged ({verdict}), and so is probably the database itself.")


def _dump(url: str, part: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise BackupProblem(
            "pg_dump is not installed here, and PostgreSQL is backed up with it; install the PostgreSQL client of the"
            " server's version (Debian: postgresql-client), or back up where the server runs."
        )
    parts = urlsplit(url)
    # The address stands in the list of processes for all to see, the environment does not.
    host = parts.netloc.rpartition("@")
    user = host[0].partition(":")[0]
    shown = urlunsplit(("postgresql", f"{user}@{host[2]}" if user else host[2], parts.path, parts.query, ""))
    environment = {**os.environ, **({"PGPASSWORD": unquote(parts.password)} if parts.password else {})}
    done = subprocess.run(  # noqa: S603 - the program was found on the path, the address is the owner's own
        [program, "--format=custom", "--no-owner", f"--file={part}", f"--dbname={shown}"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise BackupProblem(f"{said}. pg_dump has to be at least as new as the server.")
