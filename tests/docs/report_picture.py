"""Draws the picture of a report that the documents show: `python -m tests.docs.report_picture`."""

from datetime import timedelta
from pathlib import Path

from broadcast.figures import AUDIENCE, DELIVERED, READ, SENT, TAPPED, Bar, Figures, Timeline
from broadcast.picture import draw

PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "report.png"

EXAMPLE = Figures(
    funnel=(
        Bar("A", AUDIENCE, 1204, 1204),
        Bar("B", SENT, 611, 1204),
        Bar("C", DELIVERED, 598, 611),
        Bar("D", READ, 402, 611),
        Bar("E", TAPPED, 87, 611),
    ),
    timeline=Timeline(
        "F", timedelta(seconds=1), (22, *[30] * 4, 29, *[30] * 8, 12, 0, 0, 18, *[30] * 4, 27, 23)
    ),
    buttons=(Bar("G", "Read more", 64, 611), Bar("H", "Take the tour", 31, 611)),
)  # fmt: skip
"""A broadcast that was paused for two seconds on its way."""

if __name__ == "__main__":
    PICTURE.write_bytes(draw(EXAMPLE))
