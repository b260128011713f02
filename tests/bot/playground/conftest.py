"""A stage without processes: both simulated platforms in threads, and the product's database."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import peewee as pw
import pytest

from bot.playground.accounts import Account, account
from bot.playground.clock import Clock
from bot.playground.hub import Hub
from bot.playground.installation import Installation
from bot.playground.page import create_page
from bot.playground.simulator import Simulator
from bot.playground.stage import Stage
from handlers.simulator.messenger import MessengerSimulator
from handlers.simulator.messenger_config import MessengerConfig
from handlers.simulator.wechat import WeChatSimulator
from handlers.simulator.wechat_config import WeChatConfig
from storage import channels

PLATFORMS = {"page": "messenger", "account": "wechat"}


@pytest.fixture
def accounts() -> Iterator[Mapping[str, Account]]:
    """A Page and an Official Account with three people each."""
    running = (
        MessengerSimulator(MessengerConfig(people=3)).start_in_thread(),
        WeChatSimulator(WeChatConfig(followers=3)).start_in_thread(),
    )
    yield {name: account(name, PLATFORMS[name], each.url) for name, each in zip(PLATFORMS, running, strict=True)}
    for each in running:
        each.stop()


@pytest.fixture
def simulator(accounts: Mapping[str, Account]) -> Simulator:
    return accounts["page"].simulator()


@pytest.fixture
def psids(accounts: Mapping[str, Account]) -> list[str]:
    return [person["id"] for person in accounts["page"].people()]


@pytest.fixture
def openids(accounts: Mapping[str, Account]) -> list[str]:
    return [person["id"] for person in accounts["account"].people()]


@pytest.fixture
def clock(accounts: Mapping[str, Account], tmp_path: Path) -> Clock:
    """The clock of a product that reads its file as often as it is asked."""
    file = tmp_path / "clock"
    file.write_text("0")
    return Clock(file, list(accounts.values()), lambda: datetime.now(UTC) + timedelta(seconds=float(file.read_text())))


@pytest.fixture
def stage(
    accounts: Mapping[str, Account],
    psids: list[str],
    openids: list[str],
    clock: Clock,
    sqlite: pw.Database,
    tmp_path: Path,
) -> Stage:
    """The third person of each channel is the admin; the worker is said to run."""
    processes: Any = SimpleNamespace(alive=lambda _name: True)
    made = {name: SimpleNamespace(id=channels.ensure(name, platform)) for name, platform in PLATFORMS.items()}
    runtime: Any = SimpleNamespace(channels=made, database=sqlite)
    urls = {name: each.url for name, each in accounts.items()}
    installation = Installation(processes, tmp_path / "config.toml", runtime, urls, tmp_path / "clock", 1, 1)
    sqlite.close()
    return Stage(installation, accounts, {"page": psids[2], "account": openids[2]}, clock)


@pytest.fixture
def client(stage: Stage) -> Any:
    return create_page(stage, Hub()).test_client()
