"""What the database cannot do now is told apart from what it was asked wrongly, whichever way it was asked."""

import peewee as pw
import pytest

from storage.database import AWAY, execute, execute_many, is_postgres


@pytest.fixture
def full(database: pw.Database):
    """A table on a disk with no room left."""
    if is_postgres():
        execute("CREATE TEMPORARY TABLE full_one (words TEXT NOT NULL)")
        execute(
            "CREATE FUNCTION pg_temp.no_room() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END $$"
        )
        execute(
            "CREATE TRIGGER no_room BEFORE INSERT ON full_one FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.no_room()"
        )
    else:
        execute("CREATE TABLE full_one (words TEXT NOT NULL)")
        pages = execute("PRAGMA page_count")[0][0]
        execute(f"PRAGMA max_page_count = {pages}")


def test_a_full_disk_is_the_databases_trouble_for_one_statement(full):
    with pytest.raises(AWAY):
        execute("INSERT INTO full_one VALUES (?)", ("x" * 100_000,))


def test_a_full_disk_is_the_databases_trouble_for_many_rows_at_once(full):
    with pytest.raises(AWAY):
        execute_many("INSERT INTO full_one VALUES (?)", [("x" * 100_000,), ("y",)])


def test_a_wrong_question_is_not(database):
    with pytest.raises(pw.DatabaseError) as caught:
        execute_many("INSERT INTO channels (id, name, platform) VALUES (?, ?, ?)", [(1, "a", "b"), (1, "a", "b")])
    assert not isinstance(caught.value, AWAY)
