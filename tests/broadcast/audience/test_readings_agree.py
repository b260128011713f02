"""The query and the oracle choose the same people, on both databases."""

from collections.abc import Sequence
from datetime import datetime

import peewee as pw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadcast.audience.matches import Person, matches
from broadcast.audience.nodes import BroadcastCondition, FlowCondition, Node
from broadcast.audience.parse import parse
from broadcast.audience.query import query
from storage.database import is_postgres
from storage.models import Channel, Subscriber
from tests.broadcast.audience.strategies import NOW, VOCABULARY, people, trees


def store(person: Person, number: int) -> int:
    """Put a person into the database and return their id."""
    channel, _ = Channel.get_or_create(name="page", defaults={"platform": "messenger"})
    return Subscriber.create(
        channel=channel,
        platform_user_id=str(number),
        variables=dict(person.variables),
        tags=list(person.tags),
        **person.profile,
    ).id


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(crowd=st.lists(people(), min_size=1, max_size=6), asked=st.lists(trees, min_size=1, max_size=6))
def test_the_query_selects_whom_the_oracle_names(
    database: pw.Database, crowd: Sequence[Person], asked: Sequence[Node]
) -> None:
    with database.atomic() as transaction:
        ids = {store(person, number): person for number, person in enumerate(crowd)}
        for tree in asked:
            selected = {row.id for row in Subscriber.select(Subscriber.id).where(query(tree, now=NOW))}
            assert selected == {key for key, person in ids.items() if matches(tree, person, now=NOW)}
        transaction.rollback()


def test_a_variable_with_a_chinese_name_is_found_however_its_json_is_written(database: pw.Database) -> None:
    written = ('{"会员": "A"}', '{"\\u4f1a\\u5458": "a"}', '{"会员": 5}', "{}")
    ids = [store(Person(profile={"first_seen_at": NOW}), number) for number in range(len(written))]
    place = "%s" if is_postgres(database) else "?"
    for key, text in zip(ids, written, strict=True):
        database.execute_sql(f"UPDATE subscribers SET variables = {place} WHERE id = {place}", (text, key))
    tree = parse("会员 = a", VOCABULARY)
    found = Subscriber.select(Subscriber.id).where(query(tree, now=NOW)).order_by(Subscriber.id)
    assert [row.id for row in found] == ids[:2]


class Chosen:
    """Stands in for the tables of flows and broadcasts: these people completed, those got something."""

    def __init__(self, completed: Sequence[int], got: Sequence[int]) -> None:
        self.completed, self.got = completed, got

    def flow(self, _condition: FlowCondition, _now: datetime) -> pw.Expression:
        return Subscriber.id.in_(self.completed)

    def broadcast(self, _condition: BroadcastCondition, _now: datetime) -> pw.Expression:
        return Subscriber.id.in_(self.got)


def test_histories_answer_for_flows_and_broadcasts(database: pw.Database) -> None:
    ids = [store(Person(profile={"first_seen_at": NOW}), number) for number in range(4)]
    histories = Chosen(completed=ids[:2], got=ids[1:3])
    tree = parse("not completed onboarding and got any", VOCABULARY)
    found = Subscriber.select(Subscriber.id).where(query(tree, now=NOW, histories=histories))
    assert [row.id for row in found] == [ids[2]]


def test_a_filter_about_the_past_is_refused_without_histories(sqlite: pw.Database) -> None:
    with pytest.raises(ValueError, match="histories"):
        query(parse("got any", VOCABULARY), now=NOW)
