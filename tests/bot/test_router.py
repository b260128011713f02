"""Who answers: nobody while another app holds the conversation; and what waited for a person to write goes out."""

import json
from collections.abc import Iterator

import pytest

from bot import router
from storage import subscribers
from storage.models import Admin, Broadcast, OutboxMessage, Subscriber
from tests.support.page import PAGE, Page, signature


@pytest.fixture
def page(tmp_path, clock) -> Iterator[Page]:
    made = Page(tmp_path, clock)
    Admin.create(channel=made.channel.id, platform_user_id="boss", role="owner", added_at=clock.now())
    yield made
    made.runtime.database.close()


def overheard(page: Page, text: str) -> None:
    """Let an admin write while another app holds the conversation."""
    entry = {"id": PAGE, "time": 1, "standby": [page.message("boss", text)]}
    body = json.dumps({"object": "page", "entry": [entry]}).encode()
    assert page.raw(body, signature(body)).status_code == 200


def test_what_is_overheard_while_another_app_answers_is_noted_and_not_answered(page):
    overheard(page, "/broadcast new Sale")
    assert (Broadcast.select().count(), OutboxMessage.select().count()) == (0, 0)
    assert Subscriber.get().platform_user_id == "boss"


def test_a_start_that_changes_nothing_begins_nothing_while_another_app_answers(page, monkeypatch):
    asked = []
    monkeypatch.setattr(router, "_answer", lambda *_: asked.append(1) or [])
    overheard(page, "START")
    assert asked == []
    page.say("boss", "START")
    assert asked == [1]


def test_a_stop_is_a_stop_though_another_app_answers_and_is_not_confirmed(page):
    overheard(page, "STOP")
    assert (Subscriber.get().consent, OutboxMessage.select().count()) == ("opted_out", 0)


NOTHING_BUILT = "Nothing is being built right now. /broadcast shows what can be done."


@pytest.mark.parametrize("text", ["edit", "when", "help", "cancel", "go on", "save", "yes", "edit 1", "7", "继续"])
def test_a_word_of_the_builder_that_nobody_wants_is_answered(page, text):
    assert page.say("boss", text) == [NOTHING_BUILT]


@pytest.mark.parametrize("text", ["hello there", "when do you open?", "1234", "I want to cancel"])
def test_what_is_no_word_of_the_builder_is_left_to_others(page, text):
    assert page.say("boss", text) == []


def test_a_subscriber_gets_no_answer_to_such_a_word(page):
    assert page.say("somebody", "edit") == []


def test_a_host_program_comes_before_that_answer(page):
    heard = []

    def host(_channel, event, _now):
        heard.append(event.text)
        return [] if event.text == "edit" else None

    page.runtime.unclaimed.append(host)
    assert page.say("boss", "edit") == []
    assert page.say("boss", "when") == [NOTHING_BUILT]
    assert heard == ["edit", "when"]


@pytest.mark.parametrize("reason", ["outside_window", "allowance_spent"])
def test_what_could_not_be_said_goes_out_once_the_person_writes_again(page, clock, reason):
    kept = {"channel": page.channel.id, "payload": {"message": {"text": "kept"}}, "created_at": clock.now()}
    for person, why in (("boss", reason), ("boss", "unreachable"), ("somebody", reason)):
        OutboxMessage.create(**kept, state="failed", platform_user_id=person, reason=why, updated_at=clock.now())
    page.say("boss", "hello")
    states = [row.state for row in OutboxMessage.select().order_by(OutboxMessage.id)]
    assert states == ["pending", "failed", "failed"]


@pytest.mark.parametrize(
    ("said", "locale", "answer"),
    [
        ("退订", "", "我们不会再给您群发消息"),
        ("STOP", "", "You will get no more"),
        ("退订", "en_US", "You will get no more"),
    ],
)
def test_a_stop_is_confirmed_in_its_own_language_where_nothing_else_is_known(page, clock, said, locale, answer):
    subscribers.seen(page.channel.id, "p1", clock.now(), None)
    Subscriber.update(locale=locale).execute()
    (confirmed,) = page.say("p1", said)
    assert confirmed.startswith(answer)
