"""A restarted PostgreSQL is found again, by the web process and the worker alike."""

from collections.abc import Callable

import peewee as pw
import psycopg
import pytest

from storage import channels
from storage.database import execute, execute_many, open_database, transaction
from storage.migrate import ensure_schema
from storage.models import Channel


@pytest.fixture
def cut(postgres_server: str, tmp_path) -> Callable[[], None]:
    """A function that ends every connection, as a restart of the server does."""
    database = open_database(postgres_server, tmp_path)
    ensure_schema(database)

    def end_all() -> None:
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )

    yield end_all
    database.close()


@pytest.mark.parametrize(
    "use",
    [
        lambda: execute("SELECT 1"),
        lambda: Channel.get_or_none(Channel.name == "page"),
        lambda: execute_many("UPDATE channels SET name = ? WHERE id = ?", [("a", 1)]),
    ],
)
def test_a_question_or_a_transaction_that_begins_notices_nothing(cut, use):
    execute("SELECT 1")
    cut()
    use()


def test_a_single_statement_that_changes_something_fails_once_and_is_not_repeated(cut):
    execute("SELECT 1")
    cut()
    with pytest.raises(pw.OperationalError):
        channels.ensure("page", "messenger")
    assert channels.ensure("page", "messenger")


def test_a_transaction_that_is_cut_in_the_middle_is_undone_and_the_next_one_works(cut):
    def change() -> None:
        with transaction():
            execute("UPDATE channels SET pause_reason = 'changed'")
            cut()
            execute("UPDATE channels SET pause_reason = 'changed'")

    channels.ensure("kept", "messenger")
    with pytest.raises(pw.OperationalError):
        change()
    with transaction():
        assert ("changed",) not in execute("SELECT pause_reason FROM channels")
