"""One whole installation on each database, kept for all tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import fresh_database
from tests.support.promise import Sender
from tests.support.stack import running

PEOPLE = 300
RATE = 200


@pytest.fixture(scope="package", params=["sqlite", "postgres"])
def sender(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sender]:
    """An admin with `PEOPLE` subscribers on a Page that takes 60 to 120 ms a call; web and simulator run."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    url = "sqlite:///clarion.db"
    if request.param == "postgres":
        url = fresh_database(request.getfixturevalue("postgres_server"), "processes")
    with running(folder, database_url=url, undo_seconds=0.2) as stack:
        stack.rate = RATE
        stack.start_simulator("--latency-ms", "60-120")
        stack.run("migrate")
        stack.start_web()
        stack.start_worker()
        made = Sender(stack, PEOPLE)
        stack.kill("worker")
        yield made


@pytest.fixture
def worker(sender: Sender) -> Iterator[str]:
    """A worker that runs when the test begins, and none that runs when it has ended. No trouble is left over."""
    sender.stack.start_worker()
    yield "worker"
    sender.stack.clear_faults()
    sender.stack.kill_all("worker")
