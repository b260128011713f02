"""A Page with known secrets, and a Graph API on localhost."""

from collections.abc import Iterator

import pytest

from handlers.messenger.platform import Messenger
from tests.handlers.messenger.graph import Graph, graph_server
from tests.handlers.messenger.page import make_page


@pytest.fixture
def graph() -> Iterator[Graph]:
    with graph_server() as server:
        yield server


@pytest.fixture
def page(graph: Graph) -> Messenger:
    return make_page(graph.base)
