"""The worker process: the engine on the main thread's event loop, and an RQ worker beside it that hears wake-ups.

RQ runs in a thread because its jobs only wake the engine. Losing it (a restarted Redis, a wiped queue) costs a
second: the engine looks by itself. SIGTERM and SIGINT let the calls in flight finish.
"""

import asyncio
import signal
import threading
import time
from functools import partial
from typing import Any

import redis
import structlog
import uvloop
from rq import SimpleWorker
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty

from bot import counting, jobs
from bot.flows.clockwork import go_on
from bot.milestones import Milestones
from bot.wiring import Runtime
from broadcast.engine import Engine

RECONNECT_SECONDS = 1.0
_log = structlog.get_logger()


class _Ear(SimpleWorker):
    """Hears wake-ups in a thread: no signals, and time-outs by timer, both of which belong to main threads."""

    death_penalty_class = TimerDeathPenalty

    def _install_signal_handlers(self) -> None:
        """Leave the signals to the main thread."""

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Say in a line that Redis was wiped while a wake-up was heard: it was heard, and nothing is lost."""
        if isinstance(exc_info[1], InvalidJobOperation | NoSuchJobError):
            _log.warning("wake_up_wiped", error=type(exc_info[1]).__name__)
        else:
            super().handle_exception(job, *exc_info)


def run(runtime: Runtime) -> None:
    """Work until told to stop; returns when everything under way is recorded."""
    engine = Engine(
        runtime.sending_channels(), runtime.async_redis(), runtime.now, Milestones(runtime),
        links=runtime.links, pictures=runtime.report_pictures,
        chore=partial(go_on, runtime), objection=runtime.objection,
    )  # fmt: skip
    jobs.serve(engine)
    threading.Thread(target=counting.serve, args=(runtime,), name="counts", daemon=True).start()
    threading.Thread(target=_listen, args=(runtime,), name="wake-ups", daemon=True).start()
    uvloop.run(_until_signal(engine))


async def _until_signal(engine: Engine) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, engine.stop)
    _log.info("worker_started", worker=engine.worker)
    await engine.run()
    _log.info("worker_stopped", worker=engine.worker)


def _listen(runtime: Runtime) -> None:
    connection: Any = redis.Redis.from_url(runtime.settings.redis.url, socket_connect_timeout=1.0)
    while True:
        try:
            ear = _Ear([runtime.queue(connection)], connection=connection, serializer=JSONSerializer)
            ear.log_result_lifespan = False
            ear.work(with_scheduler=False, logging_level="WARNING")
        except redis.RedisError as error:
            _log.warning("wake_ups_unheard", error=type(error).__name__)
        time.sleep(RECONNECT_SECONDS)
