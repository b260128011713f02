"""Draws a table of moves as a picture: states in a column, moves forward to the right of it, moves back to the left."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

ROW, BOX_WIDTH, BOX_HEIGHT = 58, 116, 36
REACH, REACH_A_ROW = 24, 27
"""How far an arc swings out, and how much further for each row it spans; lengths are pixels."""

_STYLE = """
rect { fill: #eef3fb; stroke: #3b6cb4; stroke-width: 1.5 } rect.end { stroke-width: 4 }
text { font: 14px system-ui, sans-serif; text-anchor: middle; fill: #14233c }
path { fill: none; stroke: #3b6cb4; stroke-width: 1.5; marker-end: url(#forward) }
path.back { stroke: #a85b1e; stroke-dasharray: 5 3; marker-end: url(#back) }
marker path { stroke: none; marker-end: none; fill: #3b6cb4 } #back path { fill: #a85b1e }
@media (prefers-color-scheme: dark) {
  rect { fill: #1d2a3f; stroke: #7fa8e6 } text { fill: #e8eef8 } path { stroke: #7fa8e6 } path.back { stroke: #e0a070 }
  marker path { fill: #7fa8e6 } #back path { fill: #e0a070 }
}
"""
_MARKER = (
    '<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0 L8 4 L0 8 z"/></marker>'
)


class Move(NamedTuple):
    """A move between two rows of the column."""

    start: int
    end: int

    @property
    def back(self) -> bool:
        """Whether it leads up, to a state that stands earlier in the table."""
        return self.end < self.start

    @property
    def rows(self) -> int:
        """How many rows it spans."""
        return abs(self.end - self.start)


def draw(moves: Mapping[str, Sequence[str]]) -> str:
    """Return the SVG of a table of moves, whose order is that of the column; a thick edge is a state that ends it."""
    rows = {state: row for row, state in enumerate(moves)}
    arcs = [Move(rows[start], rows[end]) for start, ends in moves.items() for end in ends]
    left, right = (max((_reach(arc) for arc in arcs if arc.back is back), default=0) for back in (True, False))
    width, height = left + BOX_WIDTH + right + 8, len(rows) * ROW
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    boxes = [line for state, row in rows.items() for line in _box(state, row, left + 4, end=not moves[state])]
    lines = [_arc(arc, arcs, left + 4) for arc in arcs]
    markers = "".join(_MARKER.format(name=name) for name in ("forward", "back"))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
            f"<style>{_STYLE}</style>",
            f"<defs>{markers}</defs>",
            *lines,
            *boxes,
            "</svg>\n",
        ]
    )


def _reach(arc: Move) -> int:
    """Return how far an arc swings out at most: three quarters of where its Bézier curve is pulled to."""
    return 3 * _pull(arc) // 4 + 4


def _pull(arc: Move) -> int:
    return REACH + REACH_A_ROW * arc.rows


def _box(state: str, row: int, left: int, *, end: bool) -> Iterator[str]:
    top = row * ROW + (ROW - BOX_HEIGHT) // 2
    kind = ' class="end"' if end else ""
    yield f'<rect{kind} x="{left}" y="{top}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="9"/>'
    yield f'<text x="{left + BOX_WIDTH // 2}" y="{top + BOX_HEIGHT // 2 + 5}">{state}</text>'


def _arc(arc: Move, arcs: Sequence[Move], left: int) -> str:
    if arc.rows == 1 and not arc.back:  # to the next row: straight down
        x, y = left + BOX_WIDTH // 2, arc.start * ROW + (ROW + BOX_HEIGHT) // 2
        return f'<path d="M{x} {y} V{y + ROW - BOX_HEIGHT}"/>'
    edge = left if arc.back else left + BOX_WIDTH
    pull = edge + (-_pull(arc) if arc.back else _pull(arc))
    y1, y2 = _port(arc.start, arc, arcs), _port(arc.end, arc, arcs)
    kind = ' class="back"' if arc.back else ""
    return f'<path{kind} d="M{edge} {y1} C{pull} {y1} {pull} {y2} {edge} {y2}"/>'


def _port(row: int, arc: Move, arcs: Sequence[Move]) -> int:
    """Return the height at which an arc meets its box, so that the arcs of one side do not cross there.

    Arcs from and to rows above meet its upper part, the farthest lowest; those below its lower part, the farthest
    first.
    """
    here = [one for one in arcs if one.back is arc.back and row in one and (one.rows > 1 or one.back)]
    here.sort(key=lambda one: (sum(one) - row > row, one.rows if sum(one) - row < row else -one.rows))
    top = row * ROW + (ROW - BOX_HEIGHT) // 2
    return top + BOX_HEIGHT * (here.index(arc) + 1) // (len(here) + 1)
