"""A pause of a whole channel ends by itself only if it was meant to."""

from datetime import timedelta

import pytest

from storage import channels
from tests.conftest import START

pytestmark = pytest.mark.usefixtures("database")
MINUTE = timedelta(minutes=1)


def test_a_pause_with_an_end_ends_then_and_one_without_waits_for_somebody():
    page, other = channels.ensure("page", "messenger"), channels.ensure("other", "messenger")
    channels.pause(page, "slow down", START + MINUTE, START)
    channels.pause(other, "mend it", None, START)
    assert channels.paused(page, START) == ("slow down", START + MINUTE)
    assert channels.paused(page, START + MINUTE) == ("", None)
    assert channels.paused(other, START + 1000 * MINUTE) == ("mend it", None)
    channels.resume(other)
    assert channels.paused(other, START) == ("", None)


@pytest.mark.parametrize(
    ("second", "kept"),
    [(START + MINUTE, START + 2 * MINUTE), (START + 3 * MINUTE, START + 3 * MINUTE), (None, None)],
)
def test_a_pause_is_never_made_shorter(second, kept):
    page = channels.ensure("page", "messenger")
    channels.pause(page, "first", START + 2 * MINUTE, START)
    channels.pause(page, "second", second, START)
    assert channels.paused(page, START)[1] == kept


def test_a_throttle_does_not_end_what_waits_for_somebody():
    page = channels.ensure("page", "messenger")
    channels.pause(page, "mend it", None, START)
    channels.pause(page, "slow down", START + MINUTE, START)
    assert channels.paused(page, START + 2 * MINUTE) == ("mend it", None)
