"""The lists of one mass call: few, even, and nobody alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.wechat.lists import LIST_MOST, list_sizes


@pytest.mark.parametrize(
    ("people", "sizes"),
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
def test_lists_are_few_and_even(people, sizes):
    assert list(list_sizes(people)) == sizes


@given(st.integers(2, 3_000_000))
def test_everybody_is_in_a_list_and_nobody_is_alone(people):
    sizes = list_sizes(people)
    assert sum(sizes) == people
    assert all(2 <= size <= LIST_MOST for size in sizes)
    assert len(sizes) == -(-people // LIST_MOST)
