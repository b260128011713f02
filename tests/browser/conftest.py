"""One demo and one browser for each file of tests, and a page in which nothing may go wrong unseen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.playing import PEOPLE, Demo, browser, demo, enter


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def playground(chromium: Browser) -> Iterator[Demo]:
    with demo(PEOPLE) as running:
        yield running


@pytest.fixture
def page(chromium: Browser, playground: Demo) -> Iterator[Page]:
    """The page, in which nothing may go wrong unseen."""
    opened = chromium.new_page(viewport={"width": 1400, "height": 900})
    mistakes: list[str] = []
    opened.on("pageerror", lambda error: mistakes.append(str(error)))
    opened.on("console", lambda line: mistakes.append(line.text) if line.type == "error" else None)
    enter(opened, playground.address)
    yield opened
    opened.close()
    assert not mistakes
