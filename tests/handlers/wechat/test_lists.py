"""The lists of one mass call: everybody once, nobody alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.wechat.lists import LIST_MOST, lists


def people(count: int) -> list[str]:
    return [f"o{number}" for number in range(count)]


@pytest.mark.parametrize(
    ("count", "sizes"),
    [
        (0, []),
        (1, []),
        (2, [2]),
        (10_000, [10_000]),
        (10_001, [5001, 5000]),
        (20_000, [10_000, 10_000]),
        (20_001, [6667, 6667, 6667]),
        (1_000_000, [10_000] * 100),
    ],
)
def test_lists_are_few_and_even(count, sizes):
    assert [len(each) for each in lists(people(count))] == sizes


@given(st.integers(2, 35_000))
def test_everybody_is_in_exactly_one_list_and_nobody_is_alone(count):
    cut = lists(people(count))
    assert [person for each in cut for person in each] == people(count)
    assert all(2 <= len(each) <= LIST_MOST for each in cut)
    assert len(cut) == -(-count // LIST_MOST)


@given(st.lists(st.sampled_from("abcd")))
def test_who_is_named_twice_gets_it_once(named):
    cut = lists(named)
    assert [person for each in cut for person in each] == (list(dict.fromkeys(named)) if len(set(named)) > 1 else [])
