"""Opens the database named by a URL and hands out transactions.

SQLite runs in WAL with `synchronous=FULL`: a row committed as `sending` must still say so after a power
cut, or the promise that nobody gets a broadcast twice would end at the wall socket. Write transactions
begin IMMEDIATE, so that two writers queue for the lock instead of failing half-way.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import peewee as pw
from playhouse.db_url import parse as parse_url

OWNER_ONLY = 0o600
"""Rights of files that hold what people are called and have said."""

BUSY_SECONDS = 15
"""How long a writer waits for another one on SQLite before it gives up; far above any of our transactions."""

proxy = pw.DatabaseProxy()
"""Stands in the models for the database that `open_database` opens; one per process."""


Row = TypeVar("Row", bound=pw.Model)

AWAY = (pw.OperationalError, pw.InterfaceError, pw.InternalError)
"""The database cannot work now (locked, full, restarting); any other error is about what it was asked."""


_peewee_errors: AbstractContextManager[Any] = vars(pw)["__exception_wrapper__"]
"""Raises a driver's errors as peewee's; what goes past peewee needs it, or a full disk would not be `AWAY`."""


def sqlstate(error: BaseException) -> str:
    """Return the five characters with which PostgreSQL says what went wrong, '' where there are none.

    For logs: the sentence of an error may quote the row, and with it what somebody wrote.
    """
    while True:
        if state := getattr(error, "sqlstate", None):
            return str(state)
        cause = error.__cause__ or error.__context__
        if cause is None:
            return ""
        error = cause


class DatabaseProblem(Exception):
    """The database cannot be opened or used; the sentence says why and what to do."""


def open_database(url: str, base: Path, *, make: bool = True) -> pw.Database:
    """Open the database at `url` and bind the models to it.

    `url` is `sqlite:///` + path (relative to `base`, or absolute) or `postgresql://…`. A file that is not there is
    made, or is a problem where `make` is False. Raises `DatabaseProblem` with one sentence when the URL is of another
    kind or nothing answers there.
    """
    database = _build(url, base)
    if isinstance(database, pw.SqliteDatabase):
        _find_file(Path(str(database.database)), make=make)
    try:
        database.connect(reuse_if_open=True)
    except pw.PeeweeException as error:
        raise DatabaseProblem(
            f"The database at {_without_password(url)} cannot be opened: {str(error).strip().splitlines()[0]}. "
            "Check [database] url."
        ) from error
    proxy.initialize(database)
    return database


def _build(url: str, base: Path) -> pw.Database:
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        raw = url.removeprefix("sqlite://").removeprefix("/")
        if not raw:
            raise DatabaseProblem("[database] url names no file; write for example sqlite:///clarion.db.")
        path = Path(raw) if raw.startswith("/") else base / raw
        if not path.parent.is_dir():
            raise DatabaseProblem(f"The folder of the database, {path.parent}, does not exist; create it first.")
        return pw.SqliteDatabase(
            str(path),
            pragmas={"journal_mode": "wal", "synchronous": "full", "foreign_keys": 1},
            timeout=BUSY_SECONDS,
            lock_type="IMMEDIATE",
        )
    if scheme in {"postgresql", "postgres"}:
        return _Postgres(**parse_url(url, unquote_password=True, unquote_user=True), prefer_psycopg3=True)
    raise DatabaseProblem(
        f"[database] url begins with {scheme or 'nothing'}://; expected sqlite:/// and a path, or postgresql://."
    )


def _find_file(path: Path, *, make: bool) -> None:
    """See to it that a database's file is there, and when it is made that nobody but its owner reads it.

    The files SQLite keeps beside it get the same rights from it.
    """
    if not make and not path.is_file():
        raise DatabaseProblem(f"There is no database at {path}. Check [database] url.")
    try:
        # Only a new file: closing one that SQLite has open in this process would take its locks away.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, OWNER_ONLY))
    except FileExistsError:
        return
    except OSError as error:
        raise DatabaseProblem(
            f"The database at {path} cannot be opened: {error.strerror}. Check [database] url."
        ) from error


class _Postgres(pw.PostgresqlDatabase):
    """PostgreSQL that is found again after it was restarted; peewee alone keeps using the broken connection.

    What certainly changed nothing (a transaction that is only beginning, a question outside of one) is asked once
    more on a new connection. Anything else raises, and the next caller finds a new connection.
    """

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Run a statement."""
        peewee: Any = super()
        return self._again(lambda: peewee.execute_sql(sql, params), may_repeat=sql.startswith("SELECT"))

    def begin(self, *args: Any) -> Any:
        """Begin a transaction."""
        peewee: Any = super()
        return self._again(lambda: peewee.begin(*args), may_repeat=True)

    def _again(self, work: Callable[[], Any], *, may_repeat: bool) -> Any:
        try:
            return work()
        except (pw.OperationalError, pw.InterfaceError):
            if self.transaction_depth() or not self._broken():
                raise
            self.close()
            if not may_repeat:
                raise
            return work()

    def _broken(self) -> bool:
        peewee: Any = self
        return not self.is_closed() and bool(peewee.connection().closed)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", ":•••@") if parts.password else url


def is_postgres(database: pw.Database | None = None) -> bool:
    """Say whether the (current) database is PostgreSQL; the two differ in a few statements only."""
    return isinstance(database or proxy.obj, pw.PostgresqlDatabase)


def execute(sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """Run one statement written with `?` for its parameters on either database; return the rows it gives.

    For statements that must name their words literally (a partial index is used only then) or that
    peewee cannot say. Inside `transaction()` it is part of it.
    """
    cursor = proxy.execute_sql(_dialect(sql), tuple(parameters))
    return list(cursor.fetchall()) if cursor.description else []


def rows_of(model: type[Row], sql: str, parameters: Sequence[object] = ()) -> list[Row]:
    """Return what a statement like `execute`'s selects, all columns of a table, as rows of its model.

    For the few questions that every incoming message asks: composing the statement anew costs more than running it.
    """
    return list(model.raw(_dialect(sql), *parameters))


def execute_many(sql: str, rows: Sequence[Sequence[object]]) -> int:
    """Run one statement for many rows of parameters in one go; return how many rows changed in all."""
    if not rows:
        return 0
    with proxy.atomic(), _peewee_errors:
        cursor = proxy.cursor()
        cursor.executemany(_dialect(sql), rows)
        return int(cursor.rowcount)


def _dialect(sql: str) -> str:
    return sql.replace("?", "%s") if is_postgres() else sql


def transaction() -> AbstractContextManager[Any]:
    """Return a context in which all or nothing is written."""
    context: AbstractContextManager[Any] = proxy.atomic()
    return context
