"""The demo's made-up people."""

from collections import Counter

import pytest

from bot.playground.people import CHINA, WORLD, Kind, made_up


@pytest.mark.parametrize("number", [1, 3, 20, 200, 1000])
def test_as_many_can_be_written_to_as_were_asked_for_and_some_of_each_other_kind_stand_among_them(number: int) -> None:
    people = made_up(number, WORLD)
    kinds = Counter(person.kind for person in people)
    assert kinds[Kind.OPEN] == number
    assert set(kinds) == set(Kind)


def test_two_hundred_are_mostly_within_reach() -> None:
    assert Counter(person.kind for person in made_up(200, WORLD)) == {
        Kind.OPEN: 200, Kind.CLOSED: 12, Kind.STOPPED: 6, Kind.BLOCKED: 2,
    }  # fmt: skip


def test_they_are_the_same_people_every_time() -> None:
    assert made_up(50, WORLD) == made_up(50, WORLD)


def test_only_closed_windows_lie_in_the_past_and_open_ones_outlast_a_demo() -> None:
    for person in made_up(200, WORLD):
        if person.kind is Kind.CLOSED:
            assert person.hours < 0
        else:
            assert 6 <= person.hours < 24


def test_followers_come_from_other_places_than_the_page_s_people() -> None:
    assert not {person.city for person in made_up(60, CHINA)} & {person.city for person in made_up(60, WORLD)}


def test_some_have_no_first_name_so_that_the_fallback_is_seen() -> None:
    nameless = [person for person in made_up(200, WORLD) if not person.first_name]
    assert 5 <= len(nameless) <= 20
