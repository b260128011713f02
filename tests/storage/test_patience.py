"""A question that takes too long is given up, and what was written before it stays."""

import pytest

from storage import channels
from storage.database import execute, transaction
from storage.models import Channel
from storage.patience import TooSlow, at_most

pytestmark = pytest.mark.usefixtures("database")

LONG = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000000) SELECT count(*) FROM n"


def test_a_long_question_is_given_up_inside_a_transaction_that_goes_on() -> None:
    with transaction():
        channels.ensure("before", "messenger")
        with pytest.raises(TooSlow), at_most(0.05):
            execute(LONG)
        channels.ensure("after", "messenger")
    assert [channel.name for channel in Channel.select().order_by(Channel.id)] == ["before", "after"]


def test_a_long_question_is_given_up_outside_of_one() -> None:
    with pytest.raises(TooSlow), at_most(0.05):
        execute(LONG)
    assert execute("SELECT 1") == [(1,)]


def test_the_limit_ends_with_the_question() -> None:
    with transaction():
        with at_most(0.05):
            assert execute("SELECT 1") == [(1,)]
        short = LONG.replace("50000000", "400000")
        assert execute(short) == [(400_000,)]
