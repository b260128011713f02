"""Section 3.1: what opens the standard messaging window, what does not, and what is sent inside it."""

from datetime import timedelta

import pytest

from handlers.simulator.messenger_events import FIELD_OF_KEY, field_of
from handlers.simulator.messenger_say import CannotSay, say
from tests.handlers.simulator.rig import OfflinePage, code_of

DAY = timedelta(days=1)
MILLISECOND = timedelta(milliseconds=1)
TAP = {"title": "Yes", "payload": "yes"}

OPENERS = [
    ("a message", {"text": "hi"}, DAY),
    ("a picture", {"image_url": "https://files.example/a.jpg"}, DAY),
    ("a quick reply", {"quick_reply": TAP}, DAY),
    ("a postback", {"postback": TAP}, DAY),
    ("a command", {"command": "help"}, DAY),
    ("an m.me link into an existing conversation", {"ref": "spring-sale"}, DAY),
    ("a reaction", {"reaction": {"reaction": "love", "emoji": "❤", "mid": "m_1"}}, DAY),
    ("the first message after an ad", {"text": "hi", "ad_id": "23"}, 7 * DAY),
]


def act(page, psid, wanted):
    return say(page.world, page.config, page.clock, psid, wanted)


@pytest.mark.parametrize(("label", "wanted", "length"), OPENERS, ids=[label for label, *_ in OPENERS])
def test_it_opens_the_window_to_the_millisecond(label, wanted, length):
    page = OfflinePage()
    psid = page.person(window_hours=-1)
    assert code_of(page.send(psid, {"text": "hi"})) == (10, 2018278)
    act(page, psid, wanted)
    page.clock.advance(length - MILLISECOND)
    assert page.send(psid, {"text": "hi"})[0] == 200
    page.clock.advance(MILLISECOND)
    assert code_of(page.send(psid, {"text": "hi"})) == (10, 2018278)


def test_a_marketing_opt_in_does_not_open_the_window():
    page = OfflinePage()
    psid = page.person(window_hours=-1)
    act(page, psid, {"optin": {"type": "notification_messages", "payload": "x"}})
    assert code_of(page.send(psid, {"text": "hi"})) == (10, 2018278)


def test_the_pages_own_messages_do_not_open_the_window():
    page = OfflinePage()
    psid = page.person(window_hours=1)
    page.clock.advance(timedelta(minutes=59))
    assert page.send(psid, {"text": "hi"})[0] == 200
    page.clock.advance(timedelta(minutes=1))
    assert code_of(page.send(psid, {"text": "hi"})) == (10, 2018278)


def test_somebody_who_never_wrote_is_outside_the_window():
    page = OfflinePage()
    assert code_of(page.send(page.person(window_hours=None), {"text": "hi"})) == (10, 2018278)


@pytest.mark.parametrize("kind", ["RESPONSE", "UPDATE", "UTILITY"])
def test_outside_the_window_no_type_lets_a_text_through(kind):
    page = OfflinePage()
    answer = page.send(page.person(window_hours=0), {"text": "hi"}, messaging_type=kind)
    assert (answer[0], code_of(answer)) == (403, (10, 2018278))


def test_a_message_never_shortens_the_window():
    page = OfflinePage()
    psid = page.person(window_hours=None)
    act(page, psid, {"text": "hi", "ad_id": "23"})
    act(page, psid, {"text": "again"})
    page.clock.advance(6 * DAY)
    assert page.send(psid, {"text": "hi"})[0] == 200


def test_a_person_who_writes_has_unblocked_the_page():
    page = OfflinePage()
    psid = page.person()
    page.world.people.set_states(page.world.people.find(psid), {"blocked": True})
    act(page, psid, {"text": "hi"})
    assert page.send(psid, {"text": "hi"})[0] == 200


ITEMS = [
    ("1.4 text", {"text": "hi"}, "messages", {"message": {"text": "hi"}}),
    (
        "1.4 the text of a quick reply is its title",
        {"quick_reply": TAP},
        "messages",
        {"message": {"text": "Yes", "quick_reply": {"payload": "yes"}}},
    ),
    ("1.4 a postback", {"postback": TAP}, "messaging_postbacks", {"postback": TAP}),
    (
        "1.4 a command is a message",
        {"command": "flights", "text": "find flights"},
        "messages",
        {"message": {"text": "find flights", "commands": [{"name": "flights"}]}},
    ),
    (
        "1.4 a referral in an existing thread",
        {"ref": "a-b_c=1"},
        "messaging_referrals",
        {"referral": {"ref": "a-b_c=1", "source": "SHORTLINK", "type": "OPEN_THREAD"}},
    ),
    (
        "1.4 an image",
        {"image_url": "https://x.example/a.png"},
        "messages",
        {"message": {"attachments": [{"type": "image", "payload": {"url": "https://x.example/a.png"}}]}},
    ),
    (
        "1.4 a reaction",
        {"reaction": {"reaction": "love", "emoji": "❤", "mid": "m_1"}},
        "message_reactions",
        {"reaction": {"reaction": "love", "emoji": "❤", "action": "react", "mid": "m_1"}},
    ),
    (
        "1.4 a reply",
        {"text": "x", "reply_to": "m_1"},
        "messages",
        {"message": {"text": "x", "reply_to": {"mid": "m_1"}}},
    ),
    ("1.4 an opt-in", {"optin": {"type": "t"}}, "messaging_optins", {"optin": {"type": "t"}}),
]


@pytest.mark.parametrize(("label", "wanted", "subscribed", "body"), ITEMS, ids=[label for label, *_ in ITEMS])
def test_what_a_person_does_has_the_documented_shape(label, wanted, subscribed, body):
    page = OfflinePage()
    psid = page.person()
    said = act(page, psid, wanted)
    item = said.item
    (kind,) = body
    mid = item[kind].pop("mid", None)
    assert item.pop("sender") == {"id": psid}
    assert item.pop("recipient") == {"id": page.config.page_id}
    assert item.pop("timestamp") == page.clock.millis()
    assert field_of(item) == subscribed
    if kind == "reaction":
        item[kind]["mid"] = mid
    elif kind in {"message", "postback"}:
        assert mid == said.mid
        assert mid.startswith("m_")
    assert item == body


def test_a_link_into_a_new_thread_rides_on_the_get_started_postback():
    page = OfflinePage()
    psid = page.person(window_hours=None)
    with pytest.raises(CannotSay, match="Get Started"):
        act(page, psid, {"ref": "spring"})
    page.call("POST", "/v26.0/me/messenger_profile", {"get_started": {"payload": "START"}})
    postback = act(page, psid, {"ref": "spring"}).item["postback"]
    assert postback["payload"] == "START"
    assert postback["referral"] == {"ref": "spring", "source": "SHORTLINK", "type": "OPEN_THREAD"}


@pytest.mark.parametrize("wanted", [{}, {"ref": "no spaces"}, {"postback": {"title": "x"}}, {"reaction": "love"}])
def test_what_cannot_be_said_is_refused_in_words(wanted):
    page = OfflinePage()
    with pytest.raises(CannotSay, match=r"\w+ \w+"):
        act(page, page.person(), wanted)


def test_a_deleted_account_says_nothing():
    page = OfflinePage()
    psid = page.person()
    page.world.people.set_states(page.world.people.find(psid), {"deleted": True})
    with pytest.raises(CannotSay, match="deleted"):
        act(page, psid, {"text": "hi"})


def test_every_kind_of_item_belongs_to_a_subscribed_field():
    assert set(FIELD_OF_KEY.values()) < set(OfflinePage().config.subscribed_fields)
