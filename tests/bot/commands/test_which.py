"""Which broadcast is spoken of, where more is said behind its name."""

import pytest

from broadcast.service import Desk
from tests.support.clock import Clock
from tests.support.transcript import Stage

SAVED = (
    "-- anna is a sender\n-- Ben Berg (ben) can get it\n"
    "anna> /broadcast new {name}\nanna> now\nanna> everyone\n"
    "anna> Tea for {{first_name|there}}\nanna> done\nanna> save\n"
)
TESTS = (
    ("Same as before", "Same as before", "Tea for there"),
    ("Same as before", "Same as before as Ben", "Tea for Ben"),
    ("Same as before", "1 as ben", "Tea for Ben"),
    ("Same as before", "Same as before as Zoe", "I know nobody called “Zoe”"),
    ("Same", "Same as before", "I know nobody called “before”"),
    ("Same", "Same for Ben", "There is no broadcast “Same for Ben”."),
    ("Same", "99 as Ben", "There is no broadcast “99”."),
    ("Tea", "", "Tea for there"),
)


@pytest.mark.parametrize(("name", "said", "answer"), TESTS, ids=[f"{row[0]}: {row[1]}" for row in TESTS])
def test_a_test_knows_the_name_from_the_person(desk: Desk, clock: Clock, name: str, said: str, answer: str) -> None:
    assert answer in Stage(desk, clock).play(SAVED.format(name=name) + f"anna> /broadcast test {said}\n")


WHY = (
    ("Spring sale", "Spring sale Ben", "“Spring sale” has not gone out to anybody."),
    ("Spring sale", "Spring sale", "Say which broadcast and who"),
    ("Spring sale", "1", "Say which broadcast and who"),
    ("Spring sale", "99 Ben", "There is no broadcast “99”."),
    ("Spring sale", "Summer sale Ben", "There is no broadcast “Summer sale Ben”."),
)


@pytest.mark.parametrize(("name", "said", "answer"), WHY, ids=[row[1] for row in WHY])
def test_a_why_knows_the_name_from_the_person(desk: Desk, clock: Clock, name: str, said: str, answer: str) -> None:
    assert answer in Stage(desk, clock).play(SAVED.format(name=name) + f"anna> /broadcast why {said}\n")
