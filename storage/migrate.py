"""Runs the numbered schema steps that have not run yet, and says which are missing."""

from pathlib import Path
from typing import Any

import peewee as pw
from playhouse.migrations import Runner

STEPS = Path(__file__).parent / "migrations"


def _runner(database: pw.Database) -> Any:
    return Runner(database, str(STEPS))


def migrate(database: pw.Database) -> list[str]:
    """Run what is missing, in order, each step in a transaction; return the names of the steps run."""
    names: list[str] = _runner(database).up()
    return names


def missing(database: pw.Database) -> list[str]:
    """Return the names of the steps this database has not seen."""
    return [step.name for step in _runner(database).status() if step.applied is None]
