"""On several channels of one installation: who is whom is proved by a code, which is worth nothing to a stranger."""

import re
from collections.abc import Iterator
from itertools import count

import pytest

from bot.router import route
from handlers.content import Text
from handlers.events import MessageReceived
from storage import admins, broadcasts
from tests.security.surface import Surface
from tests.support.people import saw

_KEYS = count(1)


@pytest.fixture
def surface(tmp_path, clock) -> Iterator[Surface]:
    made = Surface(tmp_path, clock)
    yield made
    made.close()


def say(surface: Surface, channel: str, person: str, text: str) -> str:
    """Return what is said in answer."""
    now = surface.runtime.now()
    event = MessageReceived(key=f"k{next(_KEYS)}", person=person, at=now, text=text)
    answers = route(surface.runtime, surface.runtime.channels[channel], event, now)
    return "\n".join(answer.message.text for answer in answers if isinstance(answer.message, Text))


def boss(surface: Surface, channel: str, person: str) -> None:
    now = surface.runtime.now()
    code = admins.invite(surface.runtime.channels[channel].id, "owner", now)
    assert "Welcome" in say(surface, channel, person, f"/admin claim {code}")


def code_in(text: str) -> str:
    found = re.search(r"/admin link (\w+)", text)
    assert found is not None
    return found[1]


def test_the_desks_of_an_installation_know_each_other(surface):
    channels = surface.runtime.channels
    for name, channel in channels.items():
        elsewhere = surface.runtime.desk(channel).elsewhere()
        assert {desk.channel_name for desk in elsewhere} == set(channels) - {name}


def test_a_code_that_links_two_admins_is_worth_nothing_to_a_stranger(surface):
    boss(surface, "page", "anna")
    boss(surface, "account", "wanda")
    code = code_in(say(surface, "page", "anna", "/admin link"))
    assert say(surface, "account", "stranger", f"/admin link {code}") == ""
    assert say(surface, "account", "stranger", "/admin unlink") == ""
    assert "I know you on page too" in say(surface, "account", "wanda", f"/admin link {code}")


def test_one_conversation_sends_on_two_platforms(surface):
    boss(surface, "page", "anna")
    boss(surface, "account", "wanda")
    say(surface, "page", "anna", f"/admin link {code_in(say(surface, 'account', 'wanda', '/admin link'))}")
    now = surface.runtime.now()
    for channel in ("page", "account"):
        there = surface.runtime.channels[channel]
        saw(there.id, "p1", now, now + there.platform.capabilities.window)
    for text in ("/broadcast new Sale", "now", "everyone", "Doors open at 7.", "done"):
        say(surface, "page", "anna", text)
    card = say(surface, "page", "anna", "also on account")
    assert "account (WeChat, #2)" in card
    assert "leaves at" in say(surface, "page", "anna", "send")
    assert [broadcasts.get(number).status for number in (1, 2)] == ["starting", "starting"]
