"""What an admin may say about the first people, and what others are told of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import peewee as pw
import pytest

from bot.conversation.edits import Canary, read_canary
from bot.conversation.runner import converse
from broadcast import group
from broadcast.mass.at_once import NOT_A_FEW_FIRST
from broadcast.service import Desk, Unsendable
from handlers.content import Content, Text
from handlers.events import MessageReceived
from storage import admins, approvals, broadcasts, channels
from storage.models import Admin
from tests.conftest import START
from tests.handlers.wechat.account import make_account
from tests.support.clock import Clock
from tests.support.people import saw

HELLO = Content(messages=(Text(text="Hello"),))


@pytest.mark.parametrize(
    ("text", "canary"),
    [
        ("canary 50", Canary("50")),
        ("Canary 50 people", Canary("50")),
        ("canary 1,000", Canary("1,000")),
        ("canary 50 then go", Canary("50", goes_on=True)),
        ("canary 50 people, then go on", Canary("50", goes_on=True)),
        ("canary", Canary()),
        ("canary x", Canary("x")),
        ("canary off", Canary(off=True)),
        ("先发50", Canary("50")),
        ("先发 ５０ 人", Canary("50")),
        ("先发50人然后继续", Canary("50", goes_on=True)),
        ("取消先发", Canary(off=True)),
        ("canaries", None),
        ("a canary 50", None),
        ("send", None),
    ],
)
def test_an_order_is_read_in_both_languages(text: str, canary: Canary | None) -> None:
    assert read_canary(text) == canary


@pytest.fixture
def desk(database: pw.Database, make_desk: Any) -> Desk:
    """A desk whose channel has two admins and 30 people, in a draft that is ready to be reviewed."""
    made: Desk = make_desk()
    for person, role in (("anna", "owner"), ("ben", "owner")):
        Admin.create(channel=made.channel_id, platform_user_id=person, role=role, added_at=START)
    people(made, 30)
    made.edit(made.create("Sale", "anna"), content=HELLO)
    return made


def people(desk: Desk, number: int, window: timedelta = timedelta(hours=20)) -> None:
    for at in range(number):
        saw(desk.channel_id, f"p{at}", START, START + window)


def say(desk: Desk, text: str, person: str = "anna") -> str:
    """Say something and return the answer."""
    event = MessageReceived(key=f"{person}{text}", person=person, at=desk.now(), text=text, payload="", image_urls=())
    admin = admins.find(desk.channel_id, person)
    assert admin is not None
    (answer,) = converse(desk, admin, event, desk.now())
    assert isinstance(answer.message, Text)
    return answer.message.text


@pytest.mark.parametrize(
    ("order", "answer"),
    [
        ("canary", "How many people should get it first?"),
        ("canary 0", "“0” is not a number"),
        ("canary -1", "“-1” is not a number"),
        ("canary 1.5", "“1.5” is not a number"),
        ("canary 99999999999", "“99999999999” is not a number"),
        ("canary x", "“x” is not a number"),
        ("canary 30", "Only 30 people can get it"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence_and_changes_nothing(desk: Desk, order: str, answer: str) -> None:
    say(desk, "/broadcast edit 1")
    assert answer in say(desk, order)
    draft = desk.find("1")
    assert draft is not None
    assert (draft.canary, draft.version) == (None, 1)


@pytest.mark.parametrize(
    ("reached", "answer"), [(1, "Only 1 person can get it"), (0, "Nobody can get it now, so nobody can be first.")]
)
def test_nobody_to_come_after_the_first_is_said_so(
    database: pw.Database, make_desk: Any, reached: int, answer: str
) -> None:
    desk = make_desk()
    Admin.create(channel=desk.channel_id, platform_user_id="anna", role="owner", added_at=START)
    people(desk, reached)
    desk.edit(desk.create("Sale", "anna"), content=HELLO)
    say(desk, "/broadcast edit 1")
    assert answer in say(desk, "canary 1")


def test_until_its_time_people_whose_window_is_closed_may_write(database: pw.Database, make_desk: Any) -> None:
    desk = make_desk()
    Admin.create(channel=desk.channel_id, platform_user_id="anna", role="owner", added_at=START)
    people(desk, 30, timedelta(0))
    desk.edit(desk.create("Sale", "anna"), content=HELLO, scheduled_for=START + timedelta(days=1))
    say(desk, "/broadcast edit 1")
    assert "First: 29 people, then it asks" in say(desk, "canary 29")


def test_the_card_of_a_broadcast_says_it_until_the_first_are_done(desk: Desk) -> None:
    say(desk, "/broadcast edit 1")
    say(desk, "canary 5 then go")
    say(desk, "send")
    line = "First: 5 people; then it goes on if at least 95% of them got it, and asks if not"
    assert line in say(desk, "/broadcast 1")
    broadcasts.go_past_canary(1, "clarion", START)
    assert "First:" not in say(desk, "/broadcast 1")


def test_a_change_of_it_takes_a_request_for_approval_back(desk: Desk) -> None:
    desk = replace(desk, approve_above=1)
    say(desk, "/broadcast edit 1")
    assert "First: 5 people, then it asks" in say(desk, "canary 5")
    say(desk, "send")
    asked = approvals.open_for(1)
    assert asked is not None
    say(desk, "/broadcast edit 1")
    say(desk, "canary 6")
    assert "changed" in say(desk, f"/broadcast approve 1 v{asked.version}", "ben")
    draft = desk.find("1")
    assert draft is not None
    assert (draft.canary, draft.status) == (6, "draft")


def test_on_several_channels_each_has_its_first_and_a_mass_message_refuses(desk: Desk, clock: Clock) -> None:
    shop_id = channels.ensure("shop", "wechat")
    shop: Desk = replace(desk, channel_id=shop_id, channel_name="shop", platform=make_account(clock=clock))
    wanda = Admin.create(channel=shop_id, platform_user_id="wanda", role="owner", added_at=START)
    anna = admins.find(desk.channel_id, "anna")
    assert anna is not None
    assert admins.link(wanda, admins.link_code(anna.id, START), START) is not None
    people(shop, 30)
    desk = replace(desk, elsewhere=lambda: [shop])
    say(desk, "/broadcast edit 1")
    say(desk, "canary 5 then go")
    assert "Before it can go out there:\n" + NOT_A_FEW_FIRST.sentence in say(desk, "also on shop")
    draft = desk.find("1")
    assert draft is not None
    (part,) = [part for part in group.parts(desk, draft, "anna") if part.draft.id != draft.id]
    assert (part.draft.canary, part.draft.canary_goes_on) == (5, True)
    with pytest.raises(Unsendable, match="mass_canary"):
        shop.send(part.draft, "wanda")
    shop.edit(part.draft, road="single")
    say(desk, "canary 6")
    again = shop.get(part.draft.id)
    assert again is not None
    assert (again.canary, again.canary_goes_on) == (6, False)
    draft = desk.find("1")
    assert draft is not None
    assert group.send(desk, draft, "anna")
