"""What a builder offers of a channel's people: the fields that hold anything, the most frequent values, examples."""

from collections.abc import Callable
from datetime import timedelta

import peewee as pw
import pytest

from broadcast import frequent
from broadcast.audience.fields import BY_NAME, Field
from broadcast.service import Desk
from storage import channels, variables
from storage.models import Subscriber
from tests.conftest import START
from tests.support.people import saw

PEOPLE = (
    {"city": "Berlin", "variables": {"plan": "pro", "points": 10, "vip": True}, "tags": ["new", "vip"]},
    {"city": "berlin", "variables": {"plan": "pro", "points": 9.5, "vip": False}, "tags": ["vip"]},
    {"city": "Paris", "first_name": "Zoë", "variables": {"plan": "", "points": "ten", "vip": "yes"}},
    {"city": "", "variables": {"plan": "free", "points": 10, "vip": True}, "tags": ["VIP", 3]},
    {"variables": {"plan": 5}},
)
KINDS = {"plan": "text", "points": "number", "vip": "yes/no", "birthday": "date"}


@pytest.fixture
def desk(database: pw.Database, make_desk: Callable[..., Desk]) -> Desk:
    desk = make_desk()
    for name, kind in KINDS.items():
        variables.declare(desk.channel_id, name, kind)
    for index, person in enumerate(PEOPLE):
        saw(desk.channel_id, f"p{index}", START, START + timedelta(hours=20))
        Subscriber.update(**person).where(Subscriber.platform_user_id == f"p{index}").execute()
    other = channels.ensure("other", "messenger")
    Subscriber.create(channel=other, platform_user_id="x", first_seen_at=START, city="Rome", last_name="Else")
    return desk


def field(desk: Desk, name: str) -> Field:
    found = desk.vocabulary.find(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("city", (("Berlin", 2), ("Paris", 1))),
        ("plan", (("pro", 2), ("free", 1))),
        ("points", (("10", 2), ("9.5", 1))),
        ("vip", (("yes", 2), ("no", 1))),
        ("tag", (("vip", 3), ("new", 1))),
        ("birthday", ()),
        ("last_seen", ()),
        ("gender", ()),
    ],
)
def test_values_are_counted_the_way_a_filter_compares_them(
    desk: Desk, name: str, values: tuple[tuple[str, int], ...]
) -> None:
    found = desk.most_frequent(field(desk, name), 5)
    assert {(value.casefold(), number) for value, number in found.values} == {
        (value.casefold(), number) for value, number in values
    }
    assert [number for _, number in found.values] == [number for _, number in values]
    for value, number in found.values:
        assert desk.count(f'{field(desk, name).name} = "{value}"') == number


def test_no_more_values_are_offered_than_asked_for(desk: Desk) -> None:
    assert len(desk.most_frequent(field(desk, "city"), 1).values) == 1


def test_among_many_people_every_nth_is_looked_at_and_counted_n_times(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for index in range(200):
        person = {"city": "Rome" if index % 4 else "Oslo", "variables": {"plan": "team"}, "tags": ["many"]}
        Subscriber.create(channel=desk.channel_id, platform_user_id=f"q{index}", first_seen_at=START, **person)
    monkeypatch.setattr(frequent, "SAMPLE", 40)
    for name, most in (("city", "Rome"), ("plan", "team"), ("tag", "many")):
        found = desk.most_frequent(field(desk, name), 5)
        assert found.about
        value, number = found.values[0]
        assert value == most
        assert number == pytest.approx(desk.count(f'{field(desk, name).name} = "{value}"'), rel=0.2)


def test_fields_are_offered_that_somebody_on_this_channel_has_a_value_of(desk: Desk) -> None:
    assert desk.fields() == [BY_NAME[name] for name in ("first_name", "city", "first_seen", "last_seen", "tag")]


def test_examples_are_first_names_or_else_ids(desk: Desk) -> None:
    assert desk.some_of("city is set") == ["p0", "p1", "Zoë"]
    assert desk.some_of("", at_most=1) == ["p0"]
    assert desk.some_of("city = Oslo") == []
