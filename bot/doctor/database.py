"""What is right with the database: its kind, whether it can be written, and whether there is room."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import peewee as pw

from handlers.finding import Finding, fine, fix, warn
from storage.database import execute, is_postgres
from storage.migrate import missing, unknown

LEAST_FREE_BYTES = 200 * 1024 * 1024
"""Below this a broadcast to a million people (275 B a subscriber, about as much a ledger row) may not fit any more."""

LITTLE_FREE_BYTES = 2 * 1024 * 1024 * 1024
_MIB = 1024 * 1024


def examine(database: pw.Database) -> Iterator[Finding]:
    """Yield what is found in the database that is open. Whether its tables are there comes last."""
    try:
        yield from _postgres() if is_postgres(database) else _sqlite(database)
        yield _writable(database)
        lacking, newer = missing(database), unknown(database)
    except pw.DatabaseError as error:
        yield fix(f"database: cannot be used ({str(error).strip().splitlines()[0]}); mend it or [database] url")
        return
    if newer:
        yield fix(
            f"database: made by a newer version, which added {', '.join(newer)}; go back to that version, or restore a"
            " backup that this one made"
        )
    elif lacking and not database.get_tables():
        yield fix("database: empty; run python -m bot migrate")
    elif lacking:
        yield fix(f"database: lacks {', '.join(lacking)}; back it up, then run python -m bot migrate")
    else:
        yield fine("database: up to date")


def _sqlite(database: pw.Database) -> Iterator[Finding]:
    (mode,) = execute("PRAGMA journal_mode")[0]
    path = Path(str(database.database))
    if mode == "wal":
        yield fine(f"database: SQLite at {path}, journal in WAL")
    else:
        yield fix(
            f"database: SQLite at {path} has its journal in {mode} mode, so readers and writers wait for each other;"
            " WAL needs a local disk, not a network share"
        )
    yield space(path, shutil.disk_usage(path.parent).free)


def space(path: Path, free: int) -> Finding:
    """Say whether there is room where the file lies; `free` in bytes."""
    told = f"database: {free // _MIB:,} MiB are free in {path.parent}"
    if free < LEAST_FREE_BYTES:
        return fix(f"{told}; make room, a full disk stops everything")
    if free < LITTLE_FREE_BYTES:
        return warn(f"{told}; make room soon")
    return fine(told)


def _postgres() -> Iterator[Finding]:
    (version,) = execute("SHOW server_version")[0]
    (replica,) = execute("SELECT pg_is_in_recovery()")[0]
    if replica:
        yield fix(f"database: PostgreSQL {version} is a replica, which takes no writes; point [database] url elsewhere")
    else:
        yield fine(f"database: PostgreSQL {version} answers")


def _writable(database: pw.Database) -> Finding:
    """Make a table and take it back: what `migrate` and every webhook need the right to."""
    try:
        with database.atomic() as attempt:
            execute("CREATE TABLE clarion_check (id INTEGER)")
            attempt.rollback()
    except pw.DatabaseError as error:
        said = str(error).strip().splitlines()[0]
        return fix(f"database: cannot be written ({said}); give this user the right to write and to make tables")
    return fine("database: can be written")
