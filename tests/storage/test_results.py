"""The numbers beside the sums, on either database."""

from datetime import timedelta

import peewee as pw
import pytest

from storage import broadcasts, channels, results, subscribers
from storage.lifecycle import Consent
from storage.models import Recipient, Subscriber
from tests.conftest import START
from tests.support.people import saw

NAMES = {"ben": ("Ben", "Berg"), "ben2": ("Ben", "Bauer"), "li": ("小明", "李"), "x9": ("", "")}


@pytest.fixture
def channel(database: pw.Database) -> int:
    number = channels.ensure("page", "messenger")
    for person, (first, last) in NAMES.items():
        saw(number, person, START, None)
        Subscriber.update(first_name=first, last_name=last).where(Subscriber.platform_user_id == person).execute()
    return number


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("ben", ["ben"]),
        ("Ben", ["ben", "ben2"]),
        ("ben BAUER", ["ben2"]),
        ("berg", ["ben"]),
        ("李小明", ["li"]),
        ("小明", ["li"]),
        ("nobody", []),
        ("%", []),
    ],
)
def test_people_are_found_by_id_or_by_any_part_of_their_name(channel: int, said: str, found: list[str]) -> None:
    assert [one.platform_user_id for one in results.people(channel, said, 5)] == found


def test_only_opt_outs_within_the_time_after_it_are_counted(channel: int) -> None:
    broadcast = broadcasts.create(channel, "Sale", "anna", START).id
    hours = {"ben": 1, "ben2": 25, "li": -1}
    for person, after in hours.items():
        someone = subscribers.find(channel, person)
        assert someone is not None
        Recipient.create(broadcast=broadcast, subscriber=someone.id, state="sent", sent_at=START)
        subscribers.set_consent(channel, person, Consent.OPTED_OUT, START + timedelta(hours=after))
    assert results.opted_out(broadcast, timedelta(hours=24)) == 1


def test_examples_are_names_or_ids(channel: int) -> None:
    broadcast = broadcasts.create(channel, "Sale", "anna", START).id
    for person in NAMES:
        someone = subscribers.find(channel, person)
        assert someone is not None
        Recipient.create(broadcast=broadcast, subscriber=someone.id, state="failed", reason="x")
    assert results.examples(broadcast, "failed", "x", 2) == ["Ben Berg", "Ben Bauer"]
    assert "x9" in results.examples(broadcast, "failed", "x", 9)
