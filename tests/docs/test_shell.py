"""What the pages tell a reader to run is run, in their order, in a fresh checkout: real processes, a simulated Page."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.checkout import NOT_RUN, Checkout, commands
from tests.docs.pages import PAGES, ROOT, blocks, named
from tests.support.stack import until, words_of

README, FIRST_HOUR = ROOT / "README.md", ROOT / "docs" / "first_hour.md"
BEGINNINGS = (README, FIRST_HOUR)
"""The pages that lead from nothing to a broadcast; what the others show runs in what the first hour left."""

SHOWN = [page for page in PAGES if page not in BEGINNINGS and any(block.page == page for block in blocks("sh"))]


@pytest.fixture(scope="module")
def checkouts(tmp_path_factory) -> Iterator[dict[Path, Checkout]]:
    """A checkout for each page that begins with nothing, its lines run."""
    made: dict[Path, Checkout] = {}
    try:
        for page in BEGINNINGS:
            made[page] = Checkout(tmp_path_factory.mktemp(page.stem))
            made[page].walk(page)
        yield made
    finally:
        for checkout in made.values():
            checkout.stop()


@pytest.mark.processes
@pytest.mark.parametrize("page", BEGINNINGS, ids=lambda page: page.stem)
def test_the_page_leads_from_nothing_to_a_message_on_a_reader_s_phone(checkouts, page):
    checkout = checkouts[page]
    checkout.stack.import_people([checkout.reader])
    checkout.type(page)
    heard = until(lambda: checkout.stack.heard(checkout.reader))
    assert words_of(heard[0]).startswith("Hello there!")


@pytest.mark.processes
@pytest.mark.parametrize("page", SHOWN, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_another_page_shows_runs_too(checkouts, page):
    checkouts[FIRST_HOUR].walk(page)


@pytest.mark.processes
def test_the_plugin_s_example_runs_and_sends(checkouts):
    checkout = checkouts[FIRST_HOUR]
    (block,) = [block for block in blocks("python") if block.page.name == "plugin.md"]
    after = f'after_checkout("{checkout.reader}")\nprint(app.test_client().get("/healthz").status_code)\n'
    done = subprocess.run(
        [sys.executable, "-c", f"{block.text}\n{after}"],
        cwd=checkout.folder, env=checkout.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "200\n"), done.stderr
    *_, made = json.loads(checkout.shell("python -m bot status --json").stdout)
    assert (made["name"], made["audience"]) == ("Spring sale 2", 1)
    until(lambda: "Doors open at 7." in [words_of(one) for one in checkout.stack.heard(checkout.reader)])


@pytest.mark.parametrize("block", blocks("sh"), ids=named)
def test_every_block_for_the_shell_can_be_read_by_a_shell(block):
    done = subprocess.run(["bash", "-n"], input=block.text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_not_run_is_still_shown():
    shown = [line for block in blocks("sh") for line in commands(block.text)]
    assert [line for line in NOT_RUN if not any(one.startswith(line) for one in shown)] == []
