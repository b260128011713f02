"""An account with known secrets, and its API on localhost."""

from collections.abc import Iterator

import pytest

from handlers.wechat.platform import WeChat
from tests.handlers.wechat.account import NOW, make_account
from tests.handlers.wechat.api import Api, api_server
from tests.support.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def api() -> Iterator[Api]:
    with api_server() as server:
        yield server


@pytest.fixture
def account(api: Api, clock: Clock) -> WeChat:
    return make_account(api.base, clock)
