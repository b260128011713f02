"""The documents, and what stands in them."""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    page
    for place in ("*.md", "docs/**/*.md", "examples/**/*.md", "benchmarks/*.md", "tests/security/**/*.md")
    for page in ROOT.glob(place)
)

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[^\n]*)\n(?P<text>.*?)^ *```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!`)\[[^\]\n]*\]\(([^)\s]+)\)")


class Block(NamedTuple):
    """A block of code: the page it stands on, its number there, its language and its text."""

    page: Path
    number: int
    language: str
    text: str


def blocks(*languages: str) -> list[Block]:
    """Return every block in one of these languages, or all blocks; what is indented in a list begins at the margin."""
    return [
        Block(page, number, found["language"], textwrap.dedent(found["text"]))
        for page in PAGES
        for number, found in enumerate(_FENCE.finditer(page.read_text("utf-8")), 1)
        if not languages or found["language"] in languages
    ]


def named(block: Block) -> str:
    """Name a block in a report of tests."""
    return f"{block.page.relative_to(ROOT)}-{block.number}"


def links(page: Path) -> Iterator[str]:
    """Yield where a page's links lead, code left out."""
    text = _FENCE.sub("", page.read_text("utf-8"))
    for found in _LINK.finditer(re.sub(r"`[^`\n]*`", lambda code: "" if "](" in code[0] else code[0], text)):
        yield found[1]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    text = _FENCE.sub("", page.read_text("utf-8"))
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
