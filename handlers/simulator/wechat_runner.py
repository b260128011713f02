"""Does the mass jobs: leaves out whom the platform leaves out, delivers, counts, and posts the event."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from handlers.simulator.clock import VirtualClock
from handlers.simulator.stream import Stream
from handlers.simulator.wechat_calendar import china_month
from handlers.simulator.wechat_config import WeChatConfig
from handlers.simulator.wechat_drafts import Publication, url
from handlers.simulator.wechat_jobs import Job
from handlers.simulator.wechat_people import MASS_PER_MONTH
from handlers.simulator.wechat_webhooks import Webhooks
from handlers.simulator.wechat_world import World

Json = dict[str, Any]

_CHUNK = 20_000  # followers between two breaths of the loop
_LOOK_SECONDS = 0.05  # how often jobs are looked at that wait for the clock


class Runner:
    """Works off the jobs of one account, one after the other."""

    def __init__(
        self, config: WeChatConfig, clock: VirtualClock, world: World, webhooks: Webhooks, stream: Stream
    ) -> None:
        self._config, self._clock, self._world = config, clock, world
        self._webhooks, self._stream = webhooks, stream
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._running = False

    async def open(self) -> None:
        """Start working. Needs a running loop."""
        self._task = asyncio.create_task(self._work())

    async def close(self) -> None:
        """Stop; what is half done stays so."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def wake(self) -> None:
        """Look at the jobs now: a call has been answered, or the clock was moved."""
        self._wake.set()

    def busy(self) -> bool:
        """Say whether a job or a publication is due or being done."""
        now = self._clock.millis()
        due = any(now >= job.due_ms for job in self._world.jobs.waiting)
        return due or self._running or self._world.drafts.publishing()

    def decide(self, job: Job, *, confirmed: bool) -> None:
        """Let the administrator confirm or refuse a job that waits for that."""
        job.state = "sending"
        job.due_ms = self._clock.millis()
        if not confirmed:
            job.status = "err(40001)"
        self.wake()

    async def run_due(self) -> None:
        """Do every job and publication whose time has come."""
        self._running = True
        try:
            for job in self._world.jobs.due(self._clock.millis()):
                await self._run(job)
            for publication in self._world.drafts.due():
                self._webhooks.tell(self._published(publication), self._sender())
        finally:
            self._running = False

    async def _work(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            await self.run_due()

    async def _run(self, job: Job) -> None:
        month = china_month(self._clock.millis())
        numbers = job.audience()
        job.total = len(numbers)
        job.status = job.status or _failure(job)
        if not job.status:
            await self._deliver(job, numbers, month)
            job.status = "send success"
        elif job.status == "send fail":
            for first in range(0, len(numbers), _CHUNK):
                job.filtered += len(self._remaining(numbers[first : first + _CHUNK], month))
                await asyncio.sleep(0)
            job.errors = job.filtered
        job.state = "success" if job.status == "send success" else "fail"
        job.finished_ms = self._clock.millis()
        self._settle_draft(job)
        if "lost_event" in job.struck:
            job.event = "lost"
        else:
            job.event = "posted"
            self._webhooks.tell(self._finished(job), self._sender())
        self._stream.tell("job", job.as_json())

    async def _deliver(self, job: Job, numbers: Sequence[int], month: int) -> None:
        world = self._world
        delivery = world.record.begin_mass(str(job.msg_id), job.clientmsgid, job.content.shown, self._clock.millis())
        share = job.struck.get("some_errors", {}).get("share", 0)
        for first in range(0, len(numbers), _CHUNK):
            kept = self._remaining(numbers[first : first + _CHUNK], month)
            missed = int(len(kept) * share + 0.5)
            reached = kept[missed:]
            world.people.charge(reached, month)
            world.record.count_mass(delivery, reached)
            job.filtered += len(kept)
            job.errors += missed
            job.sent += len(reached)
            if self._stream.watched():
                for number in reached:
                    self._tell(number, job)
            await asyncio.sleep(0)

    def _remaining(self, numbers: Sequence[int], month: int) -> list[int]:
        # Four a month is the rule of service accounts; subscription accounts are held by the day.
        most = MASS_PER_MONTH if self._config.account == "service" else 255
        return self._world.people.remaining(numbers, month, most)

    def _tell(self, number: int, job: Job) -> None:
        openid = self._world.people.openid(number)
        body = {"openid": openid, "mid": str(job.msg_id), "from": "page", "road": "mass"}
        self._stream.tell("message", {**body, "message": job.content.shown, "at": self._clock.millis()})

    def _settle_draft(self, job: Job) -> None:
        """Remove the draft of a job that succeeded; one that failed can be used again."""
        if job.content.draft and job.state == "success":
            self._world.drafts.discard(job.content.draft)
        elif job.content.draft:
            self._world.drafts.give_back(job.content.draft)

    def _sender(self) -> str:
        """Return who the event is from: an OpenID in all samples, `mphelper` in the documentation."""
        return self._world.people.openid(0) if len(self._world.people) else "mphelper"

    def _event(self, name: str, fields: Mapping[str, object]) -> Json:
        return {
            "ToUserName": self._config.original_id,
            "FromUserName": self._sender(),
            "CreateTime": self._clock.millis() // 1000,
            "MsgType": "event",
            "Event": name,
            **fields,
        }

    def _finished(self, job: Job) -> Json:
        articles = job.content.shown.get("articles", ()) if job.content.draft and job.state == "success" else ()
        copyright_check: Json = {"Count": 0, "ResultList": {}, "CheckState": 1}
        urls = [
            {"ArticleIdx": place, "ArticleUrl": url(str(job.msg_data_id), place)}
            for place in range(1, len(articles) + 1)
        ]
        return self._event(
            "MASSSENDJOBFINISH",
            {
                "MsgID": job.msg_id,
                "Status": job.status,
                "TotalCount": job.total,
                "FilterCount": job.filtered,
                "SentCount": job.sent,
                "ErrorCount": job.errors,
                "CopyrightCheckResult": {} if "empty_copyright" in job.struck else copyright_check,
                "ArticleUrlResult": {"Count": len(urls), "ResultList": {"item": urls}},
            },
        )

    def _published(self, publication: Publication) -> Json:
        items = [
            {"idx": place, "article_url": url(publication.article_id, place)}
            for place in range(1, len(publication.articles) + 1)
        ]
        info = {
            "publish_id": publication.publish_id,
            "publish_status": 0,
            "article_id": publication.article_id,
            "article_detail": {"count": len(items), "item": items},
        }
        return self._event("PUBLISHJOBFINISH", {"PublishEventInfo": info})


def _failure(job: Job) -> str:
    """Return the event's status where the job must fail, else nothing."""
    if job.state == "approval":
        return "err(40002)"  # nobody confirmed it in its 30 minutes
    if job.to_all and "protection_refused" in job.struck:
        return "err(40001)"
    if job.to_all and "protection_timeout" in job.struck:
        return "err(40002)"
    if review := job.struck.get("review_failed"):
        return f"err({int(review['num'])})"
    return "send fail" if "send_failed" in job.struck else ""
