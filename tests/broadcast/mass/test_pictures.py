"""A picture an admin sends becomes the platform's own at once, and only once."""

import pytest

from broadcast.pictures import place_early
from handlers.content import Article, Articles, Content, Image
from handlers.contract import PlatformError
from storage import broadcasts

PICTURE = Image(url="http://mmbiz.qpic.cn/a")
NEWS = Articles(
    articles=(
        Article(title="One", body="Read.", cover_url="http://mmbiz.qpic.cn/b"),
        Article(title="Two", body="Read.", cover_url="http://mmbiz.qpic.cn/b"),
    )
)


def draft(lab, message) -> int:
    content = Content(messages=(message,)).model_dump(mode="json")
    return int(broadcasts.create(lab.channel, "draft", "boss", lab.clock.now(), content=content, road="mass").id)


def early(lab) -> int:
    return place_early(lab.channel, lab.account, lab.clock.now())


@pytest.mark.parametrize("message", [PICTURE, NEWS])
def test_it_is_uploaded_while_the_broadcast_is_a_draft(service, message):
    draft(service, message)
    assert early(service) == 1
    assert early(service) == 0
    assert len(service.account.uploads) == 1


def test_what_cannot_be_uploaded_now_is_tried_again_for_a_while(service):
    draft(service, PICTURE)
    upload = service.account.upload

    def fails(_image: Image) -> str:
        raise PlatformError("WeChat did not answer. Please try again.")

    service.account.upload = fails
    assert early(service) == 0
    service.account.upload = upload
    assert early(service) == 1


def test_an_old_draft_is_left_until_it_is_sent(service):
    draft(service, PICTURE)
    service.clock.advance(hours=1)
    assert early(service) == 0


def test_handles_that_do_not_last_are_made_when_it_is_sent(service, messenger):
    draft(service, PICTURE)
    assert place_early(service.channel, messenger, service.clock.now()) == 0
