"""The picture of a report from outside: who has its address gets it, and the chat gets the address."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from storage import broadcasts
from storage.lifecycle import BroadcastStatus as S
from storage.models import Admin, OutboxMessage, Recipient, Subscriber
from tests.support.clock import Clock
from tests.support.page import Page


@pytest.fixture
def page(tmp_path: Path, clock: Clock) -> Iterator[Page]:
    made = Page(tmp_path, clock)
    yield made
    made.runtime.database.close()


def sent(page: Page) -> int:
    """A broadcast that one person got, with an admin called anna."""
    now = page.clock.now()
    Admin.create(channel=page.channel.id, platform_user_id="anna", role="sender", added_at=now)
    page.say("anna", "hello")
    row = broadcasts.create(page.channel.id, "Sale", "anna", now)
    broadcasts.move(row.id, S.STARTING, "anna", now)
    broadcasts.move(row.id, S.SENDING, "anna", now, started_at=now)
    broadcasts.move(row.id, S.SENT, "anna", now, finished_at=now)
    Recipient.create(broadcast=row.id, subscriber=Subscriber.get().id, state="sent", sent_at=now, updated_at=now)
    return int(row.id)


def test_the_address_of_a_picture_leads_to_it(page: Page) -> None:
    address = page.runtime.report_pictures.address(sent(page), page.clock.now())
    assert address.startswith(page.runtime.settings.clarion.base_url)
    answer = page.client.get(urlsplit(address).path)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.data.startswith(b"\x89PNG")
    assert answer.headers["Cache-Control"] == "private, max-age=60"


def test_any_other_address_leads_nowhere(page: Page) -> None:
    path = urlsplit(page.runtime.report_pictures.address(sent(page), page.clock.now())).path
    cut = path.removesuffix(".png")
    for wrong in (f"{cut[:-1]}.png", f"{cut}x.png", "/report/1.png", "/report/.png", cut):
        assert page.client.get(wrong).status_code == 404
    page.clock.advance(days=1)
    assert page.client.get(path).status_code == 404


def test_a_link_is_no_address_of_a_picture(page: Page) -> None:
    """Both are signed with the same secret, each for its own purpose."""
    path = urlsplit(page.runtime.report_pictures.address(sent(page), page.clock.now())).path
    token = path.removeprefix("/report/").removesuffix(".png")
    assert page.client.get(f"/r/{token}").status_code == 404


def test_the_report_is_said_at_once_and_its_picture_follows(page: Page) -> None:
    number = sent(page)
    said = page.say("anna", f"/broadcast report {number}")
    assert "In the picture: A everyone it was for · B sent" in said[0]
    assert "report:" in said[1]
    text, picture = list(OutboxMessage.select().order_by(OutboxMessage.id))[-2:]
    assert picture.payload["message"] == {"kind": "image", "url": f"report:{number}", "platform_ref": ""}
    # A phone shows the quick replies of the newest message only.
    assert picture.payload["choices"] == text.payload["choices"] != []


def test_while_nobody_has_got_it_there_is_no_picture(page: Page) -> None:
    number = sent(page)
    Recipient.update(state="failed", sent_at=None).execute()
    page.clock.advance(seconds=timedelta(minutes=1).total_seconds())
    assert len(page.say("anna", f"/broadcast report {number}")) == 1
