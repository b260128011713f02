"""Runs the numbered schema steps that have not run yet, and says which are missing."""

from pathlib import Path
from typing import Any

import peewee as pw
from playhouse.migrations import Runner

from storage.database import DatabaseProblem

STEPS = Path(__file__).parent / "migrations"


def _runner(database: pw.Database) -> Any:
    return Runner(database, str(STEPS))


def migrate(database: pw.Database) -> list[str]:
    """Run what is missing, in order, each step in a transaction; return the names of the steps run.

    Raises `DatabaseProblem` for a database of a newer version.
    """
    _refuse_newer(database)
    names: list[str] = _runner(database).up()
    return names


def missing(database: pw.Database) -> list[str]:
    """Return the names of the steps this database has not seen."""
    return [step.name for step in _runner(database).status() if step.applied is None]


def unknown(database: pw.Database) -> list[str]:
    """Return the names of the steps this database has seen and this program has not: a newer version's."""
    return [step.name for step in _runner(database).status() if step.path is None]


def ensure_schema(database: pw.Database) -> None:
    """Set up an empty database; refuse a newer one, and an older one, whose owner should back it up first.

    Raises `DatabaseProblem`. Several processes may start at once: whoever comes second finds the work done.
    """
    _refuse_newer(database)
    steps = missing(database)
    if not steps:
        return
    if len(steps) < len(_runner(database).migrations()):
        raise DatabaseProblem(f"The database lacks {', '.join(steps)}. Back it up, then run: python -m bot migrate")
    try:
        migrate(database)
    except pw.DatabaseError:
        if missing(database):
            raise


def _refuse_newer(database: pw.Database) -> None:
    newer = unknown(database)
    if newer:
        raise DatabaseProblem(
            f"The database was made by a newer version: it has {', '.join(newer)}, which this one does not know."
            " Go back to that version, or restore a backup that this one made."
        )
