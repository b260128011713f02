"""Draws a report as a picture to be read on a phone: the funnel, the timeline, the buttons.

There are no words in it, only letters, digits and signs that every font has: the report's text says what the letters
stand for, in the admin's language. A light card on a ground of its own reads alike in light and in dark chats.
"""

import io
from collections.abc import Iterator
from datetime import timedelta

from PIL import Image, ImageDraw, ImageFont

from broadcast.figures import Bar, Figures, Timeline

WIDTH = 1080
"""Pixels, as wide as phones show a picture; the height is 1350 at most, the tallest that chats show uncut."""

MARGIN = 28
PADDING = 52
RADIUS = 44
GAP = 46
ROW = 88
BUTTON_ROW = 58
CHART = 300
FINE = 2
"""Shapes are drawn so many times larger and made smaller again, for smooth edges."""

GROUND = "#dfe5ee"
CARD = "#ffffff"
TRACK = "#edf1f6"
INK = "#0f172a"
QUIET = "#475569"
FUNNEL = ("#475569", "#2563eb", "#0f766e", "#15803d", "#c2410c")
TIMELINE = "#2563eb"
BUTTON = "#c2410c"
"""White letters on these have a contrast of at least 4.5 to 1, as WCAG 2.2 asks for (1.4.3)."""

LEFT = MARGIN + PADDING
RIGHT = WIDTH - MARGIN - PADDING
BADGE = 52
NUMBERS = 306
"""Pixels at the right that hold a number and its share."""

UNITS = (
    (timedelta(days=1), "d"),
    (timedelta(hours=1), "h"),
    (timedelta(minutes=1), "min"),
    (timedelta(seconds=1), "s"),
)


def draw(figures: Figures) -> bytes:
    """Return the picture as PNG; the same figures always give the same bytes."""
    tops = list(_tops(figures))
    canvas = _Canvas(tops[-1] + PADDING - GAP + MARGIN)
    canvas.box((MARGIN, MARGIN, WIDTH - MARGIN, canvas.height - MARGIN), RADIUS, CARD)
    widest = max((bar.people for bar in figures.funnel), default=0)
    for number, bar in enumerate(figures.funnel):
        _bar(canvas, tops[0] + number * ROW, ROW, bar, widest, FUNNEL[number])
    _timeline(canvas, tops[1], figures.timeline)
    most = max((bar.people for bar in figures.buttons), default=0)
    for number, bar in enumerate(figures.buttons):
        _bar(canvas, tops[2] + number * BUTTON_ROW, BUTTON_ROW, bar, most, BUTTON)
    return canvas.png()


def _tops(figures: Figures) -> Iterator[int]:
    """Yield where each part begins, and at last where all of them end, with a gap after each."""
    at = MARGIN + PADDING
    for height in (len(figures.funnel) * ROW, CHART, len(figures.buttons) * BUTTON_ROW):
        yield at
        at += height + GAP if height else 0
    yield at


class _Canvas:
    """A picture under way; places are pixels of the finished one."""

    def __init__(self, height: int) -> None:
        self.height = height
        self._image = Image.new("RGB", (WIDTH * FINE, height * FINE), GROUND)
        self._draw = ImageDraw.Draw(self._image)
        self._words: list[tuple[tuple[float, float], str, int, str, str]] = []

    def box(self, place: tuple[float, float, float, float], radius: float, colour: str) -> None:
        """Fill a rounded box: left, top, right, bottom, the latter two outside."""
        left, top, right, bottom = (round(edge * FINE) for edge in place)
        self._draw.rounded_rectangle((left, top, right - 1, bottom - 1), radius * FINE, fill=colour)

    def words(self, at: tuple[float, float], text: str, size: int, colour: str, anchor: str) -> None:
        """Write over the shapes; `anchor` is Pillow's: l, m, r and t, m, s, b."""
        self._words.append((at, text, size, colour, anchor))

    def png(self) -> bytes:
        """Return the finished picture."""
        image = self._image.resize((WIDTH, self.height), Image.Resampling.BOX)
        pen = ImageDraw.Draw(image)
        for at, text, size, colour, anchor in self._words:
            pen.text(at, text, fill=colour, font=ImageFont.load_default(size), anchor=anchor)
        written = io.BytesIO()
        image.save(written, "PNG", optimize=True)
        return written.getvalue()


def _bar(canvas: _Canvas, top: int, height: int, bar: Bar, widest: int, colour: str) -> None:
    """Draw one row: its letter, a bar as long as its part of the widest, the number, the share."""
    middle = top + height / 2
    left, right, half = LEFT + BADGE + 20, RIGHT - NUMBERS, height * 0.3
    _badge(canvas, middle, bar.letter, colour)
    canvas.box((left, middle - half, right, middle + half), 12, TRACK)
    if bar.people:
        # Never narrower than its round ends: a single person can be seen.
        end = left + max((right - left) * bar.people / widest, 24)
        canvas.box((left, middle - half, end, middle + half), 12, colour)
    canvas.words((RIGHT - 104, middle), f"{bar.people:,}", 40, INK, "rm")
    canvas.words((RIGHT, middle), f"{bar.percent}%", 34, QUIET, "rm")


def _badge(canvas: _Canvas, middle: float, letter: str, colour: str) -> None:
    canvas.box((LEFT, middle - BADGE / 2, LEFT + BADGE, middle + BADGE / 2), BADGE / 2, colour)
    canvas.words((LEFT + BADGE / 2, middle), letter, 32, CARD, "mm")


def _timeline(canvas: _Canvas, top: int, timeline: Timeline) -> None:
    """Draw a column for each slot over an axis of time, with the height of the highest said."""
    left, floor, ceiling = LEFT + BADGE + 20, top + CHART - 52, top + 14
    _badge(canvas, top + BADGE / 2, timeline.letter, TIMELINE)
    most = max(timeline.people, default=0)
    for share in (0.5, 1.0):
        line = floor - (floor - ceiling) * share
        canvas.box((left, line - 1, RIGHT - 104, line + 1), 0, TRACK)
        if most and most * share == int(most * share):
            canvas.words((RIGHT, line), f"{int(most * share):,}", 34, QUIET, "rm")
    canvas.box((left, floor, RIGHT - 104, floor + 3), 0, QUIET)
    slots = max(len(timeline.people), 12)  # so that a few slots do not become blocks
    width = (RIGHT - 104 - left) / slots
    for number, people in enumerate(timeline.people):
        if people:
            height = max((floor - ceiling) * people / most, 6)
            canvas.box(
                (left + number * width + width * 0.1, floor - height, left + (number + 1) * width - width * 0.1, floor),
                min(6, height / 2),
                TIMELINE,
            )
    for share, anchor in ((0, "lt"), (0.5, "mt"), (1, "rt")):
        at = left + (RIGHT - 104 - left) * share
        canvas.words((at, floor + 16), length(timeline.slot * slots * share), 30, QUIET, anchor)


def length(span: timedelta) -> str:
    """Return a length of time with the sign of its unit: 90 s, 15 min, 2.5 h, 3 d; nothing is 0."""
    if not span:
        return "0"
    unit, sign = next(((unit, sign) for unit, sign in UNITS if span >= 2 * unit), UNITS[-1])
    return f"{span / unit:.3g} {sign}"
