"""Takes the pictures of the playground for the documents: `python -m tests.browser.pictures docs/pictures`."""

import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, expect

from tests.browser.playing import MEI, TYPED_PATH, WECHAT_PATH, browser, demo, desk, enter, say
from tests.browser.png import lean

LAPTOP, WIDE, PHONE = (1400, 900), (1680, 900), (390, 844)
MOST_BYTES = 300_000
PEOPLE = 200
ENDS_MILLIS = 60_000


def take(folder: Path) -> None:
    """Play one broadcast on each platform and keep a picture of each thing worth showing."""
    folder.mkdir(parents=True, exist_ok=True)
    with demo(PEOPLE) as running, browser() as opened:
        page = opened.new_page(viewport=_size(LAPTOP))
        enter(page, running.address)
        page.get_by_role("button", name="Take the tour").click()
        page.get_by_role("button", name="Begin").click()
        _keep(page, folder / "tour.png")
        page.keyboard.press("Escape")
        for words in TYPED_PATH[:-1]:
            say(page, words)
        _keep(page, folder / "review.png")
        say(page, TYPED_PATH[-1])
        page.locator(".tiles .lit").nth(PEOPLE // 2).wait_for()
        _keep(page, folder / "sending.png")
        expect(page.locator("#ledger .chip")).to_have_text("sent", timeout=ENDS_MILLIS)
        page.wait_for_timeout(1000)  # the last tile's glow fades
        _keep(page, folder / "sent-dark.png", scheme="dark")
        page.locator(".tiles button.lit").nth(20).click()
        expect(page.locator("#visit .bubble")).to_have_count(1)
        _keep(page, folder / "subscriber-dark.png", scheme="dark", only="#visit")
        page.keyboard.press("Escape")
        _on_wechat(page, folder)
        page.set_viewport_size(_size(PHONE))
        _keep(page, folder / "phone-admin.png")
        page.get_by_role("button", name="Subscribers").click()
        _keep(page, folder / "phone-subscribers.png")


def _on_wechat(page: Page, folder: Path) -> None:
    page.set_viewport_size(_size(WIDE))
    for words in WECHAT_PATH[:-1]:
        say(page, words, MEI)
    _keep(page, folder / "wechat-review.png", only="#desk-account .phone")
    say(page, WECHAT_PATH[-1], MEI)
    expect(page.locator("#ledger h2")).to_have_text(WECHAT_PATH[0].removeprefix("/broadcast new "))
    expect(page.locator("#ledger .chip")).to_have_text("sent", timeout=ENDS_MILLIS)
    page.wait_for_timeout(1000)
    _keep(page, folder / "both.png")
    page.set_viewport_size(_size(LAPTOP))
    desk(page, MEI)
    _keep(page, folder / "wechat-dark.png", scheme="dark")


def _keep(page: Page, file: Path, *, scheme: Literal["light", "dark"] = "light", only: str = "body") -> None:
    page.emulate_media(color_scheme=scheme)
    page.wait_for_timeout(700)  # colours fade over
    picture = lean(page.locator(only).screenshot())
    if len(picture) > MOST_BYTES:
        sys.exit(f"{file} has {len(picture)} bytes; pictures of the documents have at most {MOST_BYTES}.")
    file.write_bytes(picture)


def _size(pixels: tuple[int, int]) -> dict[str, int]:
    return {"width": pixels[0], "height": pixels[1]}


if __name__ == "__main__":
    take(Path(sys.argv[1]))
