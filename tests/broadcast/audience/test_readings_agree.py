"""The query and the oracle choose the same people, on both databases."""

from collections.abc import Sequence

import peewee as pw
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadcast.audience.matches import Person, matches
from broadcast.audience.nodes import Node
from broadcast.audience.query import query
from storage.models import Channel, Subscriber
from tests.broadcast.audience.strategies import NOW, people, trees


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
