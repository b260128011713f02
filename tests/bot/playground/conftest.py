"""A stage without processes: a simulated Page in a thread, and the product's database."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import peewee as pw
import pytest

from bot.playground.hub import Hub
from bot.playground.installation import CHANNEL, Installation
from bot.playground.page import create_page
from bot.playground.simulator import Simulator
from bot.playground.stage import Stage
from handlers.simulator.messenger import MessengerSimulator
from handlers.simulator.messenger_config import MessengerConfig
from storage import channels


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    running = MessengerSimulator(MessengerConfig(people=3)).start_in_thread()
    yield Simulator(running.url)
    running.stop()


@pytest.fixture
def psids(simulator: Simulator) -> list[str]:
    return [person["psid"] for person in simulator.get("people")["people"]]


@pytest.fixture
def stage(simulator: Simulator, psids: list[str], sqlite: pw.Database, tmp_path: Path) -> Stage:
    """The third person is the admin; the worker is said to run."""
    processes: Any = SimpleNamespace(alive=lambda _name: True)
    installation = Installation(processes, tmp_path / "config.toml", simulator.url, 1, 1)
    channel_id = channels.ensure(CHANNEL, "messenger")
    sqlite.close()
    return Stage(installation, psids[2], channel_id, sqlite)


@pytest.fixture
def client(stage: Stage) -> Any:
    return create_page(stage, Hub()).test_client()
