"""What stands on the phones: pictures, articles, menus, templates, and who gets them first."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.playing import ANNA, MEI, SENT_MILLIS, desk, say, until

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def test_a_picture_that_was_uploaded_is_seen_on_a_messenger_phone(page: Page) -> None:
    _picture(page, ANNA)
    say(page, "preview")
    _shows(desk(page, ANNA).locator(".theirs img.picture").last)
    say(page, "save")


def test_a_picture_reaches_followers_on_wechat(page: Page) -> None:
    _picture(page, MEI)
    _shows(desk(page, MEI).locator(".mine img.picture").last)
    say(page, "send", MEI)
    tile = page.locator(".tiles .lit[data-platform=wechat]").first
    tile.wait_for(timeout=SENT_MILLIS)
    tile.click()
    _shows(page.locator("#visit .theirs img.picture").last)


def _picture(page: Page, who: str) -> None:
    """Compose a broadcast of one picture, up to the review."""
    for words in ("/broadcast new Picture", "now", "everyone"):
        say(page, words, who)
    phone = desk(page, who)
    phone.get_by_role("button", name="Send a picture").click()
    expect(phone.locator(".line.theirs").last).to_contain_text("Got it.")
    say(page, "done", who)


def _shows(picture: Locator) -> None:
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


def test_articles_stand_on_a_follower_s_phone_the_first_one_large_as_the_preview_showed_them(page: Page) -> None:
    for words in ("/broadcast new Garden", "now", "everyone"):
        say(page, words, MEI)
    for number, title in enumerate(("Tulips and roses", "Our bees")):
        say(page, "another" if number else "article", MEI)
        desk(page, MEI).get_by_role("button", name="Send a picture").click()
        expect(desk(page, MEI).locator(".line.theirs").last).to_contain_text("What is its title?")
        for words in (title, "skip", "skip", "Words of the article.", "skip"):
            say(page, words, MEI)
    say(page, "preview", MEI)
    _stand(desk(page, MEI).locator(".news"), "Tulips and roses", "Our bees")
    for words in ("done", "send"):
        say(page, words, MEI)

    page.locator(".tiles .lit[data-platform=wechat]").first.click(timeout=SENT_MILLIS)

    _stand(page.locator("#visit .news"), "Tulips and roses", "Our bees")


def test_the_lines_of_a_menu_can_be_tapped_on_a_follower_s_phone(page: Page) -> None:
    page.locator(".tiles [data-platform=wechat][data-standing=open]").last.click()
    visit = page.locator("#visit")
    visit.get_by_role("textbox").fill("hello")
    page.keyboard.press("Enter")

    visit.locator(".bubble:has(p) .choice").nth(1).click()

    expect(visit.locator(".line.mine").last).to_contain_text("专业版")
    expect(visit.locator(".line.theirs").last).to_contain_text("怎么称呼您")


def test_the_first_few_get_it_then_it_asks_and_a_template_reaches_closed_windows(page: Page) -> None:
    for words in ("/broadcast new Parcels", "now", "everyone"):
        say(page, words)
    until(lambda: _said(page, "templates", "order_update (en)"))  # Facebook is asked for them first
    for words in ("template order_update", "{first_name|there}", "566701", "Your parcel has left.", "done"):
        say(page, words)
    for words in ("canary 20", "send"):
        say(page, words)

    expect(page.locator("#ledger .chip")).to_have_text("paused", timeout=SENT_MILLIS)
    expect(page.locator("#ledger .why")).to_contain_text("The first people are done")
    expect(page.locator(".tiles .lit")).to_have_count(20 - 1)  # the admin is the first of them
    desk(page, ANNA).get_by_role("button", name="Go on").click()
    expect(page.locator("#ledger .chip")).to_have_text("sent", timeout=SENT_MILLIS)
    page.locator(".tiles .lit[data-standing=closed]").first.click()
    expect(page.locator("#visit .bubble").last).to_have_text(re.compile("^Hello .+, your order 566701 is on its way"))


def _said(page: Page, words: str, answer: str) -> bool:
    """Say something as the admin on Messenger, and whether the answer has these words in it."""
    say(page, words)
    return answer in desk(page, ANNA).locator(".line.theirs").last.inner_text()


def _stand(news: Locator, first: str, also: str) -> None:
    """Wait until articles are shown, each with the cover that was sent."""
    expect(news).to_have_count(1)
    expect(news.locator("figure h4")).to_have_text(first)
    expect(news.locator(".also h4")).to_have_text(also)
    for cover in news.locator("img").all():
        _shows(cover)
