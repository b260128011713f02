"""The demo as a newcomer meets it: real processes, a real browser, and nothing left afterwards."""

import re
import signal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.playing import (
    ANNA,
    MEI,
    PEOPLE,
    SENT_MILLIS,
    TYPED_PATH,
    WECHAT_PATH,
    Demo,
    alive,
    desk,
    refused,
    say,
    until,
)

pytestmark = [pytest.mark.browser, pytest.mark.processes]

FOLLOWERS = 60  # those who can be written to, beside the admin


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
    expect(page.locator("#ledger .copies")).to_contain_text("most on a phone")
    expect(page.locator("#ledger .copies dd")).to_have_text("1")


def test_a_phone_can_be_opened_and_its_owner_can_leave_by_the_quick_reply(page: Page) -> None:
    tile = page.locator(".tiles [data-standing=open]").first
    psid = tile.get_attribute("data-person")
    tile.click()
    visit = page.locator("#visit")
    expect(visit.locator(".bubble").first).to_have_text(re.compile("^Hello "))

    visit.get_by_role("button", name="Stop messages").click()

    expect(visit.locator(".line.mine")).to_have_text("You: Stop messages")
    expect(visit.locator(".line.theirs").last).to_contain_text("You will get no more broadcasts")
    page.keyboard.press("Escape")
    expect(page.locator(f"[data-person='{psid}']")).to_have_attribute("data-standing", "stopped")


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
    anna = desk(page, ANNA)
    anna.get_by_role("button", name="/broadcast new Spring sale").click()
    expect(anna.locator(".line.theirs").last).to_contain_text("Spring sale 2")
    expect(anna.locator(".hints .next")).to_have_text("now")


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
    until(lambda: _numbers(page)["sent"] == lit.count() + 1)
    numbers = _numbers(page)
    audience = numbers.pop("audience")
    assert sum(numbers.values()) == audience
    assert numbers["pending"] == numbers["failed"] == 0


def test_one_mass_message_reaches_all_followers_who_take_it(page: Page) -> None:
    for words in WECHAT_PATH:
        say(page, words, MEI)

    expect(page.locator(".tiles .lit[data-platform=wechat]")).to_have_count(FOLLOWERS, timeout=SENT_MILLIS)
    expect(page.locator(".tiles .lit[data-platform=messenger]")).to_have_count(0)
    expect(page.locator("#ledger h2")).to_have_text("Spring tea")
    expect(page.locator("#ledger .chip")).to_have_text("sent", timeout=SENT_MILLIS)
    expect(page.locator("#ledger .verdict")).to_have_text("✓")
    page.locator(".tiles .lit[data-platform=wechat]").first.click()
    expect(page.locator("#visit .wechat .bubble")).to_contain_text("The first tea of spring is here.")


def test_numbered_choices_on_wechat_can_be_tapped(page: Page) -> None:
    say(page, "/broadcast new Autumn tea", MEI)
    mei = desk(page, MEI)
    mei.get_by_role("button", name="2. Later").last.click()
    expect(mei.locator(".line.mine").last).to_contain_text("2")
    expect(mei.locator(".line.theirs").last).to_contain_text("Time: you decide later.")


def test_what_is_scheduled_for_tomorrow_arrives_when_the_clock_is_moved(page: Page) -> None:
    for words in ("/broadcast new Tomorrow", "tomorrow 9", "everyone", "Good morning", "done", "schedule"):
        say(page, words)
    page.get_by_role("button", name="Dim all").click()

    page.get_by_role("button", name="Tomorrow 9:00").click()

    expect(page.locator("#ledger h2")).to_have_text("Tomorrow")
    expect(page.locator("#ledger .chip")).to_have_text("sent", timeout=SENT_MILLIS)
    expect(page.locator("#clock")).to_contain_text("09:0")
    skipped = page.locator("#ledger .within")
    expect(skipped).to_contain_text("window closed")  # some windows did not last until then
    page.get_by_role("button", name="+1 day").click()
    expect(page.locator(".tiles [data-platform=messenger][data-standing=open]")).to_have_count(0)
    page.get_by_role("button", name="Let everybody write").click()
    expect(page.locator(".tiles [data-platform=messenger][data-standing=open]").nth(PEOPLE - 5)).to_be_visible()


@pytest.mark.parametrize(("sent", "said"), [(0, ""), (30, "30 messages a second")])
def test_the_pace_is_said_where_there_is_one(page: Page, sent: int, said: str) -> None:
    assert _ledger(page, {"pending": 60}, {"pending": 60 - sent, "sent": sent})["pace"] == said


def test_whoever_has_read_it_is_counted_once(page: Page) -> None:
    shown = _ledger(page, {"pending": 10, "sent": 50, "delivered": 40, "read": 15})
    assert shown["bar"] == {
        "read": 15, "delivered": 25, "sent": 10, "unknown": 0, "failed": 0, "skipped": 0, "pending": 10,
    }  # fmt: skip
    assert shown["within"] == "40 delivered, 15 of them read"


def _ledger(page: Page, *moments: dict[str, int]) -> Any:
    """Return what a ledger shows after these numbers, a second apart, of a broadcast to 60 that is being sent."""
    return page.evaluate(
        """async (moments) => {
            const { Ledger } = await import("/ledger.js");
            const section = document.createElement("section");
            const ledger = new Ledger(section);
            let now = 0;
            performance.now = () => now;
            for (const moment of moments) {
                const none = { pending: 0, sent: 0, delivered: 0, read: 0, failed: 0, skipped: 0, unknown: 0 };
                const it = { id: 1, status: "sending", channel: "page", platform: "messenger", audience: 60,
                             reasons: [], why: "", ...none, ...moment };
                ledger.show({ broadcasts: [it], paused: [], copies: {} });
                now += 1000;
            }
            const text = (part) => section.querySelector(part).textContent;
            const parts = [...section.querySelectorAll(".bar i")];
            const bar = Object.fromEntries(parts.map(({ className, style }) => [className, Number(style.flexGrow)]));
            return { pace: text(".rate"), within: text(".within"), bar };
        }""",
        moments,
    )


@pytest.mark.parametrize("width", [1400, 1720])
def test_both_admins_phones_stand_side_by_side_where_there_is_room(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    both = width > 1700
    expect(page.locator(".desk").nth(1)).to_be_visible(visible=both)
    expect(page.get_by_role("tablist")).to_be_visible(visible=not both)


@pytest.mark.parametrize("size", [(1720, 950), (1400, 900), (1024, 768), (390, 844)])
def test_nothing_is_wider_than_the_screen(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    expect(page.locator(".desk .bubble").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGKILL, -signal.SIGKILL)],
    ids=["SIGTERM", "Ctrl-C", "kill -9"],
)
def test_nothing_is_left_behind(number: signal.Signals, status: int, tmp_path: Path) -> None:
    running = Demo(people=3, temporary=tmp_path)
    assert list(tmp_path.glob("clarion-demo-*"))
    children = running.children()
    assert len(children) >= 6  # guard, queue, two simulators, web, worker

    assert running.stop(number) == status

    until(lambda: not [child for child in children if alive(child)])
    until(lambda: not list(tmp_path.iterdir()))


def test_a_taken_port_is_one_sentence_and_starts_nothing(playground: Demo) -> None:
    status, said = refused(port=int(playground.address.rstrip("/").rpartition(":")[2]))

    assert status == 1
    assert re.fullmatch(r"The page cannot listen on port \d+: .+--port 0\n", said)
