"""The demo as a newcomer meets it: real processes, a real browser, and nothing left afterwards."""

import re
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.playing import TYPED_PATH, Demo, alive, browser, demo, enter, refused, say

pytestmark = [pytest.mark.browser, pytest.mark.processes]

PEOPLE = 60
SENT_MILLIS = 60_000


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


def _numbers(page: Page) -> dict[str, int]:
    return {
        name: int(page.locator(f"#ledger .sum .{name} dd").inner_text())
        for name in ("pending", "sent", "failed", "skipped", "unknown", "audience")
    }


def test_the_typed_words_light_up_every_phone_that_can_be_reached(page: Page) -> None:
    for words in TYPED_PATH:
        say(page, words)

    expect(page.locator(".tiles .lit")).to_have_count(PEOPLE, timeout=SENT_MILLIS)
    expect(page.locator("#ledger .chip")).to_have_text("sent", timeout=SENT_MILLIS)
    numbers = _numbers(page)
    audience = numbers.pop("audience")
    assert sum(numbers.values()) == audience
    assert numbers["sent"] == PEOPLE + 1  # the admin has written to the Page and is a subscriber like any other
    assert numbers["pending"] == numbers["failed"] == numbers["unknown"] == 0
    expect(page.locator("#ledger .verdict")).to_have_text("✓")


def test_a_phone_can_be_opened_and_its_owner_can_leave_by_the_quick_reply(page: Page) -> None:
    tile = page.locator(".tiles [data-standing=open]").first
    psid = tile.get_attribute("data-psid")
    tile.click()
    visit = page.locator("#visit")
    expect(visit.locator(".bubble").first).to_have_text(re.compile("^Hello "))

    visit.get_by_role("button", name="Stop messages").click()

    expect(visit.locator(".line.mine")).to_have_text("You: Stop messages")
    expect(visit.locator(".line.theirs").last).to_contain_text("You will get no more broadcasts")
    page.keyboard.press("Escape")
    expect(page.locator(f"[data-psid='{psid}']")).to_have_attribute("data-standing", "stopped")


def test_the_wall_is_walked_with_arrow_keys_and_a_phone_opened_with_enter(page: Page) -> None:
    tiles = page.locator(".tiles button")
    tiles.first.focus()
    page.keyboard.press("ArrowRight")
    expect(tiles.nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(tiles.last).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#visit")).to_be_visible()
    expect(page.locator("#visit textarea")).to_be_focused()


def test_a_hint_can_be_clicked_instead_of_typed(page: Page) -> None:
    page.get_by_role("button", name="/broadcast new Spring sale").click()
    expect(page.locator(".desk .line.theirs").last).to_contain_text("Spring sale 2")
    expect(page.locator(".hints .next")).to_have_text("now")


def test_trouble_is_switched_on_and_off_and_says_what_it_does(page: Page) -> None:
    switch = page.get_by_role("switch", name="Doubled webhooks")
    expect(switch).to_have_accessible_description(re.compile("nothing happens twice"))
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")


def test_a_broadcast_survives_the_worker_s_death_and_an_emptied_queue(page: Page) -> None:
    for words in ("/broadcast new Rain", "now", "everyone", "Take an umbrella", "done", "send"):
        say(page, words)
    page.locator(".tiles .lit").nth(9).wait_for(timeout=SENT_MILLIS)

    page.get_by_role("button", name="Kill the worker").click()
    page.get_by_role("button", name="Start it again").click()
    page.get_by_role("button", name="Wipe the queue").click()

    expect(page.locator("#ledger .chip")).to_have_text("sent", timeout=SENT_MILLIS)
    lit = page.locator(".tiles .lit")
    # All that arrived is counted as sent, by its answer or its echo; in doubt are only calls that had not left.
    _until(lambda: _numbers(page)["sent"] == lit.count() + 1)
    numbers = _numbers(page)
    audience = numbers.pop("audience")
    assert sum(numbers.values()) == audience
    assert numbers["pending"] == numbers["failed"] == 0


@pytest.mark.parametrize("size", [(1400, 900), (1024, 768), (390, 844)])
def test_nothing_is_wider_than_the_screen(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    expect(page.locator(".desk .bubble").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGKILL, -signal.SIGKILL)],
    ids=["SIGTERM", "Ctrl-C", "kill -9"],
)
def test_nothing_is_left_behind(number: signal.Signals, status: int) -> None:
    folders = _folders()
    running = Demo(people=3)
    children = running.children()
    assert len(children) >= 5  # guard, queue, simulator, web, worker

    assert running.stop(number) == status

    _until(lambda: not [child for child in children if alive(child)])
    _until(lambda: _folders() == folders)


def test_a_taken_port_is_one_sentence_and_starts_nothing(playground: Demo) -> None:
    status, said = refused(port=int(playground.address.rstrip("/").rpartition(":")[2]))

    assert status == 1
    assert re.fullmatch(r"The page cannot listen on port \d+: .+--port 0\n", said)


def _folders() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("clarion-demo-*"))


def _until(so: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not so():
        assert time.monotonic() < until
        time.sleep(0.05)
