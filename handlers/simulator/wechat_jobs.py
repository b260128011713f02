"""Mass jobs: accepted at once, done later, and never told about but in four counts."""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from handlers.simulator.faults import Drawn
from handlers.simulator.wechat_content import Content

Json = dict[str, Any]

APPROVAL_MS = 30 * 60 * 1000  # an administrator has 30 minutes to confirm a send to all
RETRY_APART_MS = 60 * 1000
REMEMBERED_MS = 24 * 60 * 60 * 1000

State = Literal["approval", "sending", "success", "fail", "deleted"]

STATUS_WORDS = {
    "approval": "SENDING",
    "sending": "SENDING",
    "success": "SEND_SUCCESS",
    "fail": "SEND_FAIL",
    "deleted": "DELETE",
}


@dataclass(slots=True)
class Job:
    """One mass send.

    `audience` tells the numbers of those it is meant for, when it runs. `status` is the event's word for how
    it ended. Times are in milliseconds; it is done from `due_ms` on.
    """

    msg_id: int
    msg_data_id: int | None
    clientmsgid: str
    content: Content
    to_all: bool
    audience: "Callable[[], array[int]]"
    accepted_ms: int
    due_ms: int
    struck: Drawn
    state: State = "sending"
    status: str = ""
    total: int = 0
    filtered: int = 0
    sent: int = 0
    errors: int = 0
    finished_ms: int | None = None
    event: str = "waiting"

    def as_json(self) -> Json:
        """Return the job for the control API and the stream."""
        return {
            "msg_id": self.msg_id,
            "msg_data_id": self.msg_data_id,
            "clientmsgid": self.clientmsgid,
            "kind": self.content.kind,
            "message": self.content.shown,
            "to_all": self.to_all,
            "state": self.state,
            "status": self.status,
            "total": self.total,
            "filter": self.filtered,
            "sent": self.sent,
            "error": self.errors,
            "accepted_at": self.accepted_ms,
            "finished_at": self.finished_ms,
            "event": self.event,
        }


@dataclass(slots=True)
class _Remembered:
    job: Job
    last_ms: int


@dataclass(slots=True)
class Jobs:
    """All mass jobs of one account, in order, and the ids they were sent under."""

    all: list[Job] = field(default_factory=list)
    waiting: list[Job] = field(default_factory=list)
    _by_clientmsgid: dict[str, _Remembered] = field(default_factory=dict)

    def next_ids(self) -> tuple[int, int]:
        """Return the `msg_id` and the `msg_data_id` of the next job."""
        return 3_162_228_393 + 7 * len(self.all), 206_227_730 + len(self.all)

    def add(self, job: Job) -> None:
        """Take in an accepted job."""
        self.all.append(job)
        self.waiting.append(job)
        self._by_clientmsgid[job.clientmsgid] = _Remembered(job, job.accepted_ms)

    def find(self, msg_id: object) -> Job | None:
        """Return a job by its id, a number or its digits."""
        return next((job for job in self.all if str(job.msg_id) == str(msg_id)), None)

    def seen(self, clientmsgid: str, now_ms: int) -> tuple[Job, bool] | None:
        """Return the job of the last 24 h with this id, and whether the call comes too soon after the last."""
        found = self._by_clientmsgid.get(clientmsgid)
        if found is None or now_ms - found.job.accepted_ms >= REMEMBERED_MS:
            return None
        too_fast = now_ms - found.last_ms < RETRY_APART_MS
        found.last_ms = now_ms
        return found.job, too_fast

    def due(self, now_ms: int) -> Iterator[Job]:
        """Yield, and take off the list, the jobs whose time has come."""
        for job in list(self.waiting):
            if now_ms >= job.due_ms:
                self.waiting.remove(job)
                yield job
