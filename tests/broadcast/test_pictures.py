"""A picture is uploaded once: early, for previews, for sends, and by whichever thread comes first."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from broadcast.pictures import forget_pictures, place_covers, place_pictures, place_reply
from handlers.content import Article, Articles, Content, Image, Outgoing, Text
from handlers.contract import PlatformError
from storage import channels
from storage.database import proxy
from tests.conftest import START

pytestmark = pytest.mark.usefixtures("database")
PICTURE = Image(url="http://mmbiz.qpic.cn/1")
PAIR = Articles(
    articles=(Article(title="Bees", cover_url=PICTURE.url), Article(title="Wasps", cover_url="http://mmbiz.qpic.cn/2"))
)


class Platform:
    """A platform that only takes pictures."""

    def __init__(self, lifetime: timedelta = timedelta(days=3650)) -> None:
        self.uploads: list[str] = []
        self.refused = False
        self._lifetime = lifetime

    def upload_lifetime(self) -> timedelta:
        return self._lifetime

    def upload(self, image: Image) -> str:
        if self.refused:
            raise PlatformError("no")
        self.uploads.append(image.url)
        return f"media-{len(self.uploads)}"


@pytest.fixture
def channel() -> int:
    return channels.ensure("account", "wechat")


def to_admin(message) -> Outgoing:
    return Outgoing(to="anna", message=message)


def test_previews_and_the_send_of_a_picture_are_one_upload(channel):
    platform = Platform()
    for _ in range(3):
        shown = place_reply(channel, platform, to_admin(PICTURE), START)
    sent = place_pictures(channel, platform, Content(messages=(PICTURE,)), START)
    assert platform.uploads == [PICTURE.url]
    assert shown.message.platform_ref == sent.messages[0].platform_ref == "media-1"


def test_previews_and_the_send_of_articles_are_one_upload_a_cover(channel):
    platform = Platform()
    for _ in range(2):
        shown = place_reply(channel, platform, to_admin(PAIR), START)
    covers = place_covers(channel, platform, PAIR, START)
    assert len(platform.uploads) == 2
    assert [article.cover_ref for article in shown.message.articles] == list(covers.values()) == ["media-1", "media-2"]


def test_what_the_platform_no_longer_has_is_uploaded_once_more_covers_too(channel):
    platform = Platform()
    place_reply(channel, platform, to_admin(PAIR), START)
    forget_pictures(channel, Content(messages=(PAIR,)))
    place_reply(channel, platform, to_admin(PAIR), START)
    assert len(platform.uploads) == 4


def test_where_handles_do_not_last_and_where_there_is_no_picture_nothing_is_uploaded(channel):
    platform = Platform(timedelta(days=80))
    for message in (PICTURE, PAIR):
        assert place_reply(channel, platform, to_admin(message), START) == to_admin(message)
    assert place_reply(channel, Platform(), to_admin(Text(text="Hi")), START) == to_admin(Text(text="Hi"))
    assert platform.uploads == []


def test_a_cover_that_is_refused_is_left_to_those_who_need_it(channel):
    platform = Platform()
    platform.refused = True
    assert place_reply(channel, platform, to_admin(PAIR), START) == to_admin(PAIR)
    with pytest.raises(PlatformError):
        place_reply(channel, platform, to_admin(PICTURE), START)


def test_two_threads_that_want_the_same_picture_upload_it_once(channel):
    platform = Platform()

    def want(_: int) -> Outgoing:
        with proxy.connection_context():
            return place_reply(channel, platform, to_admin(PICTURE), START)

    with ThreadPoolExecutor(4) as threads:
        placed = list(threads.map(want, range(8)))
    assert platform.uploads == [PICTURE.url]
    assert {one.message.platform_ref for one in placed} == {"media-1"}
