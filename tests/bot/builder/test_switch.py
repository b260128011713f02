"""Going over to another draft in the middle of a card: nothing of it is lost, and nothing breaks."""

import pytest

from broadcast.service import Desk
from handlers.content import Card
from tests.support.clock import Clock
from tests.support.transcript import Stage

HALF_MADE = (
    "-- anna is a sender\n-- 2 people can get it\n"
    "anna> /broadcast new Coffee\nanna> now\nanna> everyone\nanna> Coffee is here.\nanna> done\nanna> save\n"
    "anna> /broadcast new Tea\nanna> now\nanna> everyone\nanna> Tea is here.\nanna> done\n"
    "anna> messages\nanna> card\nanna> https://example.com/tea.png\nanna> Green tea\n"
)
LEAVING = {
    "an old button of the same card": "[Send to 2]",
    "a button of another's card": "[Send to 2]@1",
    "edit": "/broadcast edit Coffee",
    "clone": "/broadcast clone Tea",
    "new": "/broadcast new Water",
    "save": "save",
}


@pytest.mark.parametrize("said", LEAVING.values(), ids=LEAVING)
def test_what_is_half_made_is_in_its_draft_whichever_way_it_is_left(desk: Desk, clock: Clock, said: str) -> None:
    Stage(desk, clock).play(f"{HALF_MADE}anna> {said}\n")
    tea = desk.find("Tea")
    assert tea is not None
    assert tea.content.messages[1:] == (Card(title="Green tea", image_url="https://example.com/tea.png"),)


def test_an_old_button_says_where_the_draft_that_was_left_is(desk: Desk, clock: Clock) -> None:
    said = Stage(desk, clock).play(f"{HALF_MADE}anna> [Send to 2]@1\n")
    assert "“Tea” is kept as a draft: /broadcast edit 2" in said
    assert "That button belongs to an older card. Here is how it stands now." in said


REFUSED = ("/broadcast edit nonsense", "/broadcast clone 99", "/broadcast retry Tea", "/broadcast resend 2")


@pytest.mark.parametrize("command", REFUSED)
def test_a_command_that_opens_nothing_leaves_the_question_open(desk: Desk, clock: Clock, command: str) -> None:
    assert "And the line under it?" in Stage(desk, clock).play(HALF_MADE + f"anna> {command}\n").splitlines()[-2]
