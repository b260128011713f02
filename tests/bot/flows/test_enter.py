"""What brings people into a flow, and what is an answer to one."""

from datetime import datetime
from typing import TypedDict

import pytest

from bot.flows.enter import GET_STARTED, Via, entry, heard
from bot.flows.walk import Heard
from handlers.events import ButtonPressed, Delivered, Event, Followed, MessageReceived, OptedIn, Referred
from tests.bot.flows.people import NOW, flows_of, steps

ASK = steps('id = "q"\ntype = "question"\nask = "text"\ntext = "?"')
FLOWS = flows_of(
    lunch=f"keywords = ['午饭']\nrefs = ['menu']\n{ASK}",
    welcome=f"on = ['follow', 'get_started']\nonce = true\n{ASK}",
)


class Who(TypedDict):
    """What every event has."""

    key: str
    person: str
    at: datetime


WHO = Who(key="k", person="p", at=NOW)

CASES: tuple[tuple[str, Event, str, Via | None], ...] = (
    ("a keyword", MessageReceived(**WHO, text="午饭"), "lunch", Via.KEYWORD),
    ("the name", MessageReceived(**WHO, text="Lunch!"), "lunch", Via.KEYWORD),
    ("other words", MessageReceived(**WHO, text="what?"), "", None),
    ("a quick reply", MessageReceived(**WHO, text="Go", payload="flow:lunch"), "lunch", Via.BUTTON),
    ("a quick reply of another sort", MessageReceived(**WHO, text="lunch", payload="x"), "", None),
    ("a message with a ref", MessageReceived(**WHO, text="hi", ref="menu"), "lunch", Via.REF),
    ("a button", ButtonPressed(**WHO, payload="flow:lunch"), "lunch", Via.BUTTON),
    ("a button to no flow", ButtonPressed(**WHO, payload="flow:none"), "", None),
    ("get started", ButtonPressed(**WHO, payload=GET_STARTED), "welcome", Via.GET_STARTED),
    ("get started by a link", ButtonPressed(**WHO, payload=GET_STARTED, ref="menu"), "lunch", Via.REF),
    ("a link", Referred(**WHO, ref="menu"), "lunch", Via.REF),
    ("a link to nowhere", Referred(**WHO, ref="x"), "", None),
    ("an opt-in with a ref", OptedIn(**WHO, ref="menu"), "lunch", Via.REF),
    ("a follow", Followed(**WHO), "welcome", Via.FOLLOW),
    ("a follow by QR code", Followed(**WHO, ref="menu"), "lunch", Via.REF),
    ("a follow by another code", Followed(**WHO, ref="x"), "welcome", Via.FOLLOW),
    ("a receipt", Delivered(**WHO, watermark=NOW), "", None),
)


@pytest.mark.parametrize(("event", "flow", "via"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_people_enter_by(event: Event, flow: str, via: Via | None) -> None:
    found = entry(event, FLOWS)
    assert (found.flow.name if found else "", found.via if found else None) == (flow, via)


def test_a_flow_for_once_is_entered_again_only_by_those_who_ask_for_it() -> None:
    follow, button = Followed(**WHO), ButtonPressed(**WHO, payload="flow:welcome")
    assert entry(follow, FLOWS, completed={"welcome"}) is None
    assert entry(button, FLOWS, completed={"welcome"}) is not None


def test_messages_and_taps_are_answers() -> None:
    assert heard(MessageReceived(**WHO, text="A", payload="p")) == Heard("A", "p")
    assert heard(ButtonPressed(**WHO, payload="p", title="A")) == Heard("", "p")
    assert heard(Followed(**WHO)) is None
