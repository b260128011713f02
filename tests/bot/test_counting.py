"""A count that took too long for the webhook is answered by a worker, once."""

import pytest

from bot import counting
from storage import admins, counts, variables
from storage.models import Admin, CountAsked, OutboxMessage, Subscriber
from tests.conftest import START
from tests.support.clock import Clock
from tests.support.page import Page, words
from tests.support.people import saw


@pytest.fixture
def page(tmp_path, clock: Clock) -> Page:
    page = Page(tmp_path, clock)
    Admin.create(channel=page.channel.id, platform_user_id="anna", role="sender", added_at=START)
    variables.declare(page.channel.id, "plan", "text")
    for person in ("one", "two"):
        saw(page.channel.id, person, START, None)
    Subscriber.update(variables={"plan": "pro"}).where(Subscriber.platform_user_id == "two").execute()
    return page


def said() -> list[str]:
    return [words(row.payload) for row in OutboxMessage.select().order_by(OutboxMessage.id)]


def test_the_number_is_said_once_in_the_admins_language(page: Page) -> None:
    counts.ask(page.channel.id, "anna", "plan = pro", START)
    counting.answer(page.runtime)
    counting.answer(page.runtime)
    assert said() == ["Counted: plan is “pro”. 1 person matches."]
    admin = admins.find(page.channel.id, "anna")
    assert admin is not None
    admins.prefer(admin.id, language="zh_CN")
    counts.ask(page.channel.id, "anna", "", START)
    counting.answer(page.runtime)
    assert said()[1:] == ["统计好了：所有人。符合 2 人。"]


def test_only_the_last_question_of_an_admin_is_answered(page: Page) -> None:
    counts.ask(page.channel.id, "anna", "plan = pro", START)
    counts.ask(page.channel.id, "anna", "plan = free", START)
    counting.answer(page.runtime)
    assert said() == ["Counted: plan is “free”. 0 people match."]


def test_a_question_that_was_replaced_while_it_was_counted_stays_open(page: Page) -> None:
    counts.ask(page.channel.id, "anna", "plan = pro", START)
    (first,) = counts.asked([page.channel.id])
    counts.ask(page.channel.id, "anna", "plan = free", START)
    assert not counts.close(first)
    assert CountAsked.select().count() == 1


def test_a_filter_that_stopped_making_sense_is_explained_and_who_is_no_admin_gets_nothing(page: Page) -> None:
    counts.ask(page.channel.id, "anna", "gone = 1", START)
    counts.ask(page.channel.id, "stranger", "", START)
    counting.answer(page.runtime)
    assert len(said()) == 1
    assert said()[0].startswith("I do not know the field “gone”")
    assert CountAsked.select().count() == 0
