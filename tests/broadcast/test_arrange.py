"""Changes to what a broadcast says keep everything they do not speak of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast import arrange
from broadcast.arrange import NoSuchPlace
from handlers.content import Article, Articles, Button, Card, Carousel, Content, Image, Text

ONE, TWO, THREE = Card(title="1"), Card(title="2"), Card(title="3")
LINK = Button(kind="url", title="Read more", value="https://example.com")
MIXED = Content(messages=(Text(text="Hello"), Carousel(cards=(ONE, TWO)), Image(url="https://example.com/a.jpg")))

contents = st.lists(
    st.one_of(
        st.builds(Text, text=st.text(min_size=1)),
        st.builds(Image, url=st.just("https://example.com/a.jpg")),
        st.just(ONE),
        st.just(Carousel(cards=(ONE, TWO, THREE))),
        st.just(Articles(articles=(Article(title="a"), Article(title="b")))),
    ),
    min_size=1,
    max_size=5,
).map(lambda messages: Content(messages=tuple(messages)))


@given(contents, st.integers(1, 5), st.integers(-3, 9))
def test_moving_loses_and_adds_nothing(content: Content, number: int, to: int) -> None:
    number = min(number, len(content.messages))
    after, there = arrange.moved(content, (number, 0), to)
    assert after.messages[there - 1] == content.messages[number - 1]
    assert sorted(map(str, after.messages)) == sorted(map(str, content.messages))


@given(contents, st.integers(1, 5))
def test_a_copy_stands_behind_the_original_and_can_be_removed_again(content: Content, number: int) -> None:
    number = min(number, len(content.messages))
    after = arrange.copied(content, (number, 0))
    assert after.messages[number] == content.messages[number - 1]
    assert arrange.removed(after, (number + 1, 0)) == content


def test_a_card_that_gets_company_becomes_a_carousel_and_alone_again_a_card() -> None:
    alone = arrange.put_part(Content(), (0, 0), ONE)
    assert alone.messages == (ONE,)
    both = arrange.put_part(alone, (1, 0), TWO)
    assert both.messages == (Carousel(cards=(ONE, TWO)),)
    assert arrange.removed(both, (1, 1)).messages == (TWO,)


def test_a_message_goes_with_its_last_part() -> None:
    assert arrange.removed(Content(messages=(ONE,)), (1, 1)).messages == ()


def test_articles_stay_articles_however_many_they_are() -> None:
    one = arrange.put_part(Content(), (0, 0), Article(title="a"))
    two = arrange.put_part(one, (1, 0), Article(title="b"))
    assert [part.title for part in arrange.parts(two.messages[0])] == ["a", "b"]
    assert arrange.removed(two, (1, 2)) == one


def test_parts_move_among_themselves() -> None:
    after, there = arrange.moved(MIXED, (2, 2), 1)
    assert there == 1
    assert after.messages[1] == Carousel(cards=(TWO, ONE))


def test_buttons_go_under_texts_and_cards_and_nothing_else() -> None:
    assert arrange.buttons_at(arrange.with_buttons(MIXED, (1, 0), [LINK]), (1, 0)) == (LINK,)
    assert arrange.buttons_at(arrange.with_buttons(MIXED, (2, 2), [LINK]), (2, 2)) == (LINK,)
    with pytest.raises(NoSuchPlace):
        arrange.with_buttons(MIXED, (3, 0), [LINK])


LAST = (
    (Content(), None),
    (Content(messages=(Text(text="Hello"),)), (1, 0)),
    (Content(messages=(Text(text="Hello"), ONE)), (2, 1)),
    (Content(messages=(Carousel(cards=(ONE, TWO)),)), (1, 2)),
    (MIXED, None),
)


@pytest.mark.parametrize(("content", "place"), LAST)
def test_a_new_button_belongs_to_what_stands_at_the_end(content: Content, place: tuple[int, int] | None) -> None:
    assert arrange.last_for_buttons(content) == place


@pytest.mark.parametrize("place", [(0, 0), (4, 0), (1, 1), (2, 3), (3, 1)])
def test_a_place_that_is_not_there_is_refused(place: tuple[int, int]) -> None:
    with pytest.raises(NoSuchPlace):
        arrange.copied(MIXED, place)
