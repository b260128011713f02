"""Where a value is to stand in somebody's words, and what a person reads there."""

from datetime import timedelta
from typing import Any

import pytest

from broadcast.outgoing import Composer
from broadcast.personalise import Place, fill, fill_message, places, with_fallback
from broadcast.plan import plan
from handlers.content import Content, Text
from storage import broadcasts
from storage.lifecycle import BroadcastStatus
from storage.models import Recipient, Subscriber
from tests.conftest import START
from tests.support.people import saw

ROWS = (
    ("Hello {first_name|there}!", (Place("first_name", "there"),), "Hello Anna!"),
    ("Hello {{first_name|there}}!", (Place("first_name", "there"),), "Hello Anna!"),
    ("{{ first_name }}, { var.plan|a }", (Place("first_name", None), Place("var.plan", "a")), "Anna, pro"),
    ("{first_name|}", (Place("first_name", ""),), "Anna"),
    ("{{first_name}", (Place("first_name", None),), "{Anna"),
    ("{city | somewhere }", (Place("city", "somewhere"),), "somewhere"),
    ("{1} {} { }", (), "{1} {} { }"),
)


@pytest.mark.parametrize(("text", "found", "read"), ROWS)
def test_a_place_stands_in_one_pair_of_braces_or_in_two(text: str, found: tuple[Place, ...], read: str) -> None:
    assert places(text) == found
    assert fill(text, {"first_name": "Anna", "var.plan": "pro"}) == read


def test_a_fallback_goes_only_where_there_is_none() -> None:
    content = Content(messages=(Text(text="{first_name} {{first_name}} {first_name|you} {var.plan}"),))
    (message,) = with_fallback(content, "first_name", "there").messages
    assert message.text == "{first_name|there} {first_name|there} {first_name|you} {var.plan}"  # type: ignore[union-attr]


STORED: tuple[tuple[object, str], ...] = (
    ("some words", "some words"), (0, "0"), (7, "7"), (7.0, "7"), (2.5, "2.5"), (1_234_567, "1234567"), (True, "yes"),
    (False, "no"), ("2026-11-24", "2026-11-24"), (None, ""), ("", ""),
)  # fmt: skip


def test_a_preview_reads_as_what_is_sent_for_values_of_every_type(database: object, make_desk: Any) -> None:
    """A variable of the same name as a field of the profile is meant with `var.` only."""
    desk = make_desk()
    saw(desk.channel_id, "anna", START, START + timedelta(hours=20))
    stored = {f"v{number}": value for number, (value, _) in enumerate(STORED)}
    Subscriber.update(city="Berlin", variables={**stored, "city": "Paris", "timezone": "a zone"}).execute()
    names = [*stored, *(f"var.{name}" for name in stored), "city", "var.city", "timezone", "missing"]
    content = Content(messages=(Text(text="\n".join(f"{{{name}|-}}" for name in names)),))
    draft = desk.edit(desk.create("Spring", "boss"), content=content)
    broadcasts.move(draft.id, BroadcastStatus.STARTING, "boss", START)
    assert plan(draft.id, START)

    sent = Composer(draft.id, content).compose(1, "anna", 0, Recipient.get().fills).message
    assert sent == fill_message(content.messages[0], desk.values(content, "anna"))
    words = [read or "-" for _, read in STORED]
    assert isinstance(sent, Text)
    assert sent.text.split("\n") == [*words, *words, "Berlin", "Paris", "a zone", "-"]
