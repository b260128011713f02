"""Wake-ups are heard through RQ; Redis may be wiped at any moment, also while one is being heard."""

import logging

import pytest
import redis
from rq import Queue
from rq.serializers import JSONSerializer
from structlog.testing import capture_logs

from bot import jobs
from bot.wiring import WAKE_JOB
from bot.worker import _Ear


@pytest.fixture
def connection(valkey_server):
    made = redis.Redis.from_url(valkey_server)
    made.flushall()
    yield made
    made.flushall()
    made.close()


def hear(connection, monkeypatch, wake) -> list[str]:
    """Hear one wake-up that does `wake`; return what is said in our own log."""
    monkeypatch.setattr(jobs, "wake", wake)
    queue = Queue("test", connection=connection, serializer=JSONSerializer)
    queue.enqueue(WAKE_JOB, result_ttl=0)
    ear = _Ear([queue], connection=connection, serializer=JSONSerializer)
    with capture_logs() as logs:
        ear.work(burst=True, logging_level="WARNING")
    return [entry["event"] for entry in logs]


def test_redis_wiped_while_a_wake_up_is_heard_is_a_line_and_no_traceback(connection, monkeypatch, caplog):
    assert hear(connection, monkeypatch, connection.flushall) == ["wake_up_wiped"]
    assert [record for record in caplog.records if record.exc_info or "Traceback" in record.getMessage()] == []


def test_a_wake_up_that_fails_otherwise_is_still_told_in_full(connection, monkeypatch, caplog):
    def fails() -> None:
        raise ValueError("a mistake of ours")

    assert hear(connection, monkeypatch, fails) == []
    assert any(
        "a mistake of ours" in f"{record.getMessage()}{record.exc_text}"
        for record in caplog.records
        if record.levelno >= logging.ERROR
    )
