"""The feed of the open pages."""

from bot.playground.hub import BEHIND_MOST, Hub


def test_a_page_hears_what_happens_from_then_on() -> None:
    hub = Hub()
    hub.tell("message", {"text": "before"})
    feed = hub.listen()
    assert next(feed) == b": listening\n\n"
    hub.tell("message", {"text": "你好"})
    assert next(feed) == 'event: message\ndata: {"text": "你好"}\n\n'.encode()


def test_a_page_that_opens_later_hears_the_last_of_what_is_kept_first() -> None:
    hub = Hub()
    hub.tell("numbers", 1, keep=True)
    hub.tell("numbers", 2, keep=True)
    feed = hub.listen()
    assert [next(feed), next(feed)] == [b": listening\n\n", b"event: numbers\ndata: 2\n\n"]


def test_a_page_that_falls_behind_is_let_go_so_that_it_connects_anew() -> None:
    hub = Hub()
    feed = hub.listen()
    next(feed)
    for number in range(BEHIND_MOST + 5):
        hub.tell("message", number)
    assert len(list(feed)) == BEHIND_MOST


def test_a_page_that_went_away_is_forgotten() -> None:
    hub = Hub()
    feed = hub.listen()
    next(feed)
    feed.close()
    assert not hub._readers
