"""The picture of a report: its size, its colours at known places, and that it is the same every time."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from broadcast.figures import Bar, Figures, Timeline, slot_for
from broadcast.picture import (
    BADGE,
    CARD,
    CHART,
    FUNNEL,
    GAP,
    GROUND,
    LEFT,
    MARGIN,
    NUMBERS,
    PADDING,
    RIGHT,
    ROW,
    TIMELINE,
    TRACK,
    WIDTH,
    draw,
    length,
)  # fmt: skip

MOST_BYTES = 100_000
TALLEST = 1350

NOTHING = Figures((), Timeline("A", timedelta(seconds=1), ()), ())
SMALL = Figures(
    (Bar("A", "audience", 100, 100), Bar("B", "sent", 50, 100), Bar("C", "delivered", 0, 50)),
    Timeline("D", timedelta(seconds=1), (10, 0, 40)),
    (),
)
LARGEST = Figures(
    tuple(Bar(letter, "x", 9_999_999, 9_999_999) for letter in "ABCDE"),
    Timeline("F", timedelta(hours=1), (1, 999_999, 3) * 8),
    tuple(Bar(letter, "x", 9_999_999 // n, 9_999_999) for n, letter in enumerate("GHIJKL", 1)),
)


def opened(figures: Figures) -> Image.Image:
    return Image.open(io.BytesIO(draw(figures)))


def colour(image: Image.Image, x: float, y: float) -> str:
    pixel = image.getpixel((int(x), int(y)))
    assert isinstance(pixel, tuple)
    return "#{:02x}{:02x}{:02x}".format(*pixel)


@pytest.mark.parametrize("figures", [NOTHING, SMALL, LARGEST], ids=["nothing", "small", "largest"])
def test_it_fits_a_phone_and_is_small_to_send(figures: Figures) -> None:
    image = opened(figures)
    assert (image.format, image.mode) == ("PNG", "RGB")
    assert image.width == WIDTH
    assert image.height <= TALLEST
    assert len(draw(figures)) < MOST_BYTES


def test_the_same_figures_give_the_same_bytes() -> None:
    assert draw(LARGEST) == draw(LARGEST)


def test_it_is_a_light_card_on_a_ground_of_its_own() -> None:
    image = opened(SMALL)
    for x, y in ((0, 0), (WIDTH - 1, image.height - 1), (MARGIN + 2, MARGIN + 2)):  # the last: the corner is round
        assert colour(image, x, y) == GROUND
    assert colour(image, WIDTH / 2, MARGIN + 8) == CARD


def test_bars_are_as_long_as_their_part_of_the_audience() -> None:
    image = opened(SMALL)
    left, right = LEFT + BADGE + 20, RIGHT - NUMBERS
    rows = [MARGIN + PADDING + ROW * (number + 0.5) for number in range(3)]
    whole = right - left
    assert colour(image, right - 8, rows[0]) == FUNNEL[0]
    assert colour(image, left + whole * 0.45, rows[1]) == FUNNEL[1]
    assert colour(image, left + whole * 0.55, rows[1]) == TRACK
    assert colour(image, left + 8, rows[2]) == TRACK  # nobody


def test_the_columns_of_the_timeline_stand_for_the_slots() -> None:
    image = opened(SMALL)
    top = MARGIN + PADDING + 3 * ROW + GAP
    left, width = LEFT + BADGE + 20, (RIGHT - 104 - LEFT - BADGE - 20) / 12
    low = top + CHART - 52 - 8
    assert [colour(image, left + width * (slot + 0.5), low) for slot in range(4)] == [TIMELINE, CARD, TIMELINE, CARD]
    half_way = top + CHART / 2 - 30
    assert colour(image, left + width * 0.5, half_way) == CARD
    assert colour(image, left + width * 2.5, half_way) == TIMELINE


@pytest.mark.parametrize(
    ("span", "said"),
    [(0, "0"), (0.5, "0.5 s"), (12, "12 s"), (90, "90 s"), (120, "2 min"), (5400, "90 min"), (9000, "2.5 h"),
     (86_400, "24 h"), (259_200, "3 d")],
)  # fmt: skip
def test_lengths_of_time_are_short(span: float, said: str) -> None:
    assert length(timedelta(seconds=span)) == said


@pytest.mark.parametrize(
    ("span", "slot"),
    [(0, 1), (23.9, 1), (24, 2), (3600, 300), (86_400, 7200), (10**9, 2_592_000)],
)
def test_slots_are_of_lengths_that_people_count_in(span: float, slot: int) -> None:
    assert slot_for(timedelta(seconds=span)) == timedelta(seconds=slot)
