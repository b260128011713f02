"""The site of the documents builds without a warning, holds every page, and asks nothing of the network."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.generate import PICTURES
from docs.machines import MACHINES, state_pictures
from tests.docs.pages import PAGES, ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet", "-c", "docs", ".", folder],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (built.returncode, built.stderr) == (0, "")
    return folder


def test_every_page_of_the_documents_is_in_it(site):
    pages = [page.relative_to(ROOT).with_suffix(".html") for page in PAGES if page.is_relative_to(ROOT / "docs")]
    assert [str(page) for page in pages if not (site / page).exists()] == []


def test_it_is_entered_at_its_root(site):
    assert "url=docs/index.html" in (site / "index.html").read_text("utf-8")


def test_nothing_is_loaded_from_the_network(site):
    loads = r"<(?:script|img|link|iframe|source)\b[^>]*\b(?:src|href)=\"(?:https?:)?//[^\"]*"
    for page in site.rglob("*.html"):
        assert re.findall(loads, page.read_text("utf-8")) == [], page
    for sheet in site.rglob("*.css"):
        assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", sheet.read_text("utf-8")) == [], sheet


def test_it_can_be_searched_without_a_server(site):
    index = (site / "searchindex.js").read_text("utf-8")
    assert index.startswith("Search.setIndex(")
    assert '"docs/quotas"' in index


def test_links_to_files_of_the_program_lead_to_copies_of_them(site):
    assert "procfile" in {path.name.lower() for path in (site / "_downloads").rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", sorted(state_pictures()))
def test_a_picture_of_states_is_up_to_date(name):
    assert (PICTURES / name).read_text("utf-8") == state_pictures()[name], "run: python -m docs.generate"


def test_a_picture_of_states_shows_every_state_and_every_move():
    for name, (_, moves) in MACHINES.items():
        picture = state_pictures()[f"states_{name}.svg"]
        assert [state.value for state in moves] == re.findall(r"<text[^>]*>(\w+)</text>", picture)
        arrows = [line for line in picture.splitlines() if line.startswith("<path")]
        assert len(arrows) == sum(map(len, moves.values()))
