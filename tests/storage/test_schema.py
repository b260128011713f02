"""The migrations make what the models describe, and status words the code does not know cannot be stored."""

import peewee as pw
import pytest

from storage import channels
from storage.database import DatabaseProblem
from storage.lifecycle import (
    BROADCAST_MOVES,
    CONSENT_MOVES,
    MASS_JOB_MOVES,
    OUTBOX_MOVES,
    RECIPIENT_MOVES,
    BroadcastStatus,
    IllegalMove,
    RecipientState,
    guarded,
    starts_of,
)
from storage.migrate import ensure_schema, migrate, missing
from storage.models import Broadcast
from storage.tables import TABLES
from tests.conftest import START

TABLES_OF_MOVES = [BROADCAST_MOVES, RECIPIENT_MOVES, OUTBOX_MOVES, MASS_JOB_MOVES, CONSENT_MOVES]


def test_the_columns_in_the_database_are_those_of_the_models(database):
    for table in TABLES:
        meta = table._meta
        there = {(column.name, column.null) for column in database.get_columns(meta.table_name)}
        ours = {(field.column_name, field.null) for field in meta.sorted_fields}
        assert there == ours, meta.table_name


def test_a_migrated_database_lacks_nothing(database):
    assert missing(database) == []
    ensure_schema(database)


def test_a_database_of_a_newer_version_is_refused(database):
    database.execute_sql("INSERT INTO schema_migration (name, applied) VALUES ('9999_later', '2027-01-01 00:00:00')")
    for use in (ensure_schema, migrate):
        with pytest.raises(DatabaseProblem, match="made by a newer version: it has 9999_later"):
            use(database)
    database.execute_sql("DELETE FROM schema_migration WHERE name = '9999_later'")


def test_a_word_the_code_does_not_know_cannot_be_stored(database):
    channel = channels.ensure("page", "messenger")
    with pytest.raises(pw.IntegrityError):
        Broadcast.create(channel=channel, name="x", status="lost", created_by="b", created_at=START, updated_at=START)


@pytest.mark.parametrize("moves", TABLES_OF_MOVES)
def test_every_word_has_its_row_and_every_move_ends_in_a_word(moves):
    words = set(type(next(iter(moves))))
    assert set(moves) == words
    assert {end for ends in moves.values() for end in ends} <= words


@pytest.mark.parametrize("moves", TABLES_OF_MOVES)
def test_every_status_but_the_first_can_be_reached(moves):
    first = next(iter(type(next(iter(moves)))))
    for word in moves:
        assert word is first or starts_of(moves, word), word


@pytest.mark.parametrize("moves", [BROADCAST_MOVES, RECIPIENT_MOVES, MASS_JOB_MOVES])
def test_every_status_can_reach_an_end(moves):
    ends = {word for word, onwards in moves.items() if not onwards}
    for start in moves:
        seen, new = {start}, {start}
        while new:
            new = {end for word in new for end in moves[word]} - seen
            seen |= new
        assert seen & ends, start


def test_a_move_that_makes_no_sense_is_refused_before_it_reaches_the_database():
    with pytest.raises(IllegalMove):
        guarded(Broadcast.status, BROADCAST_MOVES, BroadcastStatus.SENT, only_from=BroadcastStatus.DRAFT)


def test_nobody_who_was_reached_can_be_written_to_again():
    assert set(starts_of(RECIPIENT_MOVES, RecipientState.PENDING)) == {"claimed", "sending", "unknown"}
