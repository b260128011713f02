"""The picture of a report in the documents is the one that is drawn today."""

import io

from PIL import Image, ImageChops, ImageStat

from broadcast.picture import draw
from tests.docs.report_picture import EXAMPLE, PICTURE


def test_the_document_shows_a_report_as_it_is_drawn() -> None:
    """`python -m tests.docs.report_picture` draws it anew. Fonts may differ by a shade between builds of Pillow."""
    kept, drawn = Image.open(PICTURE), Image.open(io.BytesIO(draw(EXAMPLE)))
    assert kept.size == drawn.size
    assert max(ImageStat.Stat(ImageChops.difference(kept, drawn)).mean) < 0.5


def test_the_example_adds_up() -> None:
    assert sum(EXAMPLE.timeline.people) == EXAMPLE.funnel[1].people
