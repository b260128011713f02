"""A short soak; `python -m tests.soak` runs as long as you like."""

import pytest

from tests.soak.rounds import installation, play

pytestmark = pytest.mark.processes


def test_the_promise_holds_under_random_trouble(tmp_path):
    with installation(tmp_path, "sqlite:///clarion.db", people=200) as sender:
        for number in (1, 2, 3):
            result = play(sender, number, seed=5, most_troubles=3)
            assert result.breaches == (), result
