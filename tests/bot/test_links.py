"""A counted link leads to a web address, and every tap of it comes to us."""

from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from broadcast.links import Tap
from storage import broadcasts
from storage.models import Click, Recipient
from tests.support.page import Page


@pytest.fixture
def page(tmp_path, clock) -> Iterator[Page]:
    made = Page(tmp_path, clock)
    yield made
    made.runtime.database.close()


def followed(page: Page, kind: str, value: str) -> TestResponse:
    """Follow the link of a broadcast's only button, signed as if it were one to be counted."""
    button = {"kind": kind, "title": "Go", "value": value}
    content = {"messages": [{"kind": "text", "text": "x", "buttons": [button]}]}
    row = broadcasts.create(page.channel.id, "Sale", "boss", page.clock.now(), content=content)
    page.say("p1", "hello")
    return page.client.get(page.runtime.links.address(Tap(row.id, 1, "0.0")).removeprefix("http://localhost:8000"))


@pytest.mark.parametrize(("kind", "value"), [("phone", "+4930123456"), ("flow", "plans"), ("reply", "yes")])
def test_a_button_that_is_no_web_address_leads_nowhere(page, kind, value):
    answer = followed(page, kind, value)
    assert (answer.status_code, answer.headers.get("Location")) == (404, None)
    assert Click.select().count() == 0


def test_no_cache_may_keep_where_a_link_leads_or_its_taps_would_go_uncounted(page):
    answer = followed(page, "url", "https://example.com/spring")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "no-store")


def test_a_program_that_only_looks_at_the_address_makes_no_tap(page, clock):
    followed(page, "url", "https://example.com/spring")
    Recipient.create(broadcast=1, subscriber=1, state="sent", sent_at=clock.now(), updated_at=clock.now())
    path = page.runtime.links.address(Tap(1, 1, "0.0")).removeprefix("http://localhost:8000")
    assert page.client.head(path).status_code == 302
    assert Click.select().count() == 0
    page.client.get(path)
    assert Click.select().count() == 1
