"""A laboratory for mass messages, on each database."""

import pytest

from tests.broadcast.mass.account import MassLab
from tests.support.clock import Clock


@pytest.fixture
def service(database, clock: Clock) -> MassLab:
    """An account that may name the people."""
    return MassLab(clock)


@pytest.fixture
def subscription(database, clock: Clock) -> MassLab:
    """An account that may not, and sends once a day."""
    return MassLab(clock, lists_allowed=False)
