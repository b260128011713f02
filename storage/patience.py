"""Gives up a question that takes the database too long."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import peewee as pw

from storage.database import execute, is_postgres, proxy, transaction

_LOOK_EVERY = 10_000
"""Steps of SQLite's machine between two looks at the clock: some tenths of a millisecond."""


class TooSlow(Exception):
    """The time is over; nothing was changed."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Let the questions asked inside take so long. Raises `TooSlow`; the caller's transaction is not harmed."""
    with _postgres(seconds) if is_postgres() else _sqlite(seconds):
        yield


@contextmanager
def _postgres(seconds: float) -> Iterator[None]:
    try:
        with transaction():  # a savepoint inside a transaction: what was done before it stays
            before = execute("SELECT current_setting('statement_timeout')")[0][0]
            execute("SELECT set_config('statement_timeout', ?, TRUE)", (str(max(1, int(seconds * 1000))),))
            yield
            execute("SELECT set_config('statement_timeout', ?, TRUE)", (before,))
    except pw.OperationalError as error:
        if "statement timeout" not in str(error):
            raise
        raise TooSlow from None


@contextmanager
def _sqlite(seconds: float) -> Iterator[None]:
    deadline = time.monotonic() + seconds
    connection = proxy.connection()
    connection.set_progress_handler(lambda: time.monotonic() > deadline, _LOOK_EVERY)
    try:
        yield
    except pw.OperationalError as error:
        if str(error) != "interrupted":
            raise
        raise TooSlow from None
    finally:
        connection.set_progress_handler(None, 0)
