"""What tests of the send engine share: a laboratory to send in."""

import pytest

from tests.broadcast.lab import Lab
from tests.support.clock import Clock


@pytest.fixture
def lab(sqlite, clock: Clock, valkey_server: str) -> Lab:
    """A channel with nobody on it, a platform that says yes to everything, and a clock that stands still."""
    return Lab(clock, valkey_server)
