"""The guided tour: what its card offers, and where it stands."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.playing import ANNA, MEI, Demo, desk, say

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def test_the_tour_walks_through_it_by_keyboard_and_is_not_offered_again(chromium: Browser, playground: Demo) -> None:
    page = chromium.new_page(viewport={"width": 1400, "height": 900})
    page.goto(playground.address)
    tour = page.locator("#tour")
    expect(tour).to_contain_text("1 of 8")
    page.keyboard.press("Enter")
    expect(tour).to_contain_text("2 of 8")
    expect(tour.get_by_role("button", name="Type /broadcast new Spring sale")).to_be_focused()
    page.keyboard.press("Enter")
    expect(tour.get_by_role("button", name="Type now")).to_be_focused()
    page.keyboard.press("Escape")
    expect(tour).to_be_hidden()
    page.reload()
    expect(page.locator(".desk .line").first).to_be_visible()
    expect(tour).to_be_hidden()
    page.get_by_role("button", name="Take the tour").click()
    expect(tour).to_contain_text("1 of 8")
    page.close()


def test_each_phone_is_offered_the_last_broadcast_of_its_own_channel(page: Page) -> None:
    say(page, "/broadcast new Lilies")
    say(page, "/broadcast new Spring tea", MEI)
    expect(page.locator("#ledger h2")).to_have_text("Spring tea")

    tour = _tour_at(page, 5)
    tour.get_by_role("button", name="Type /broadcast report ").click()

    expect(desk(page, ANNA).locator(".line.theirs").last).to_contain_text("Lilies")


def test_the_card_stands_beside_the_column_it_speaks_of(page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})

    card, column = _tour_at(page, 8).bounding_box(), page.locator("#side").bounding_box()

    assert card
    assert column
    assert 0 <= card["x"] < card["x"] + card["width"] <= column["x"]


def _tour_at(page: Page, step: int) -> Locator:
    """Take the tour up to a step, typing nothing."""
    tour = page.locator("#tour")
    page.get_by_role("button", name="Take the tour").click()
    for number in range(1, step):
        tour.get_by_role("button", name="Begin" if number == 1 else "Next").click()
    expect(tour).to_contain_text(f"{step} of 8")
    return tour
