"""An Official Account that answers as a test wants, and a broadcast on its way through it."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import count
from typing import Any

from broadcast.draft import Draft, from_row
from broadcast.mass.cut import cut
from broadcast.mass.steps import Steps
from handlers.content import Article, Articles, Content, Image, Message, Outgoing, Text
from handlers.contract import PlatformError
from handlers.many import Ending, JobState, Recipients
from handlers.outcomes import Accepted, Failure, Fate, Outcome, Refused
from handlers.wechat.capabilities import CAPABILITIES
from handlers.wechat.lists import list_sizes
from handlers.wechat.reviews import explain
from storage import broadcasts, channels, entries, ledger, mass_jobs, subscribers, workers
from storage.lifecycle import BroadcastStatus
from storage.mass_models import MassJob
from tests.support.clock import Clock


class FakeMass:
    """Takes mass calls in, in `sent`, and answers each with the next of `answers`, at last with a yes."""

    daily_most: int | None = None
    monthly_most: int | None = 4
    key_lifetime = timedelta(hours=24)
    tag_most = 50

    def __init__(self, *, lists_allowed: bool) -> None:
        self.lists_allowed = lists_allowed
        if not lists_allowed:
            self.daily_most, self.monthly_most = 1, None
        self.answers: list[Outcome] = []
        self.sent: list[tuple[Recipients, str, str]] = []
        self.previews: list[str] = []
        self.drafts = 0
        self.tags: dict[int, set[str]] = {}
        self.untaggable: dict[str, Failure] = {}
        self.too_full = 0
        self.states: dict[str, JobState] = {}
        self.before_call: Callable[[], None] = lambda: None

    def list_sizes(self, people: int) -> tuple[int, ...]:
        return list_sizes(people)

    def draft(self, articles: Articles, *, covers: dict[str, str], **_: str) -> str:
        assert {article.cover_url for article in articles.articles} == set(covers)
        self.drafts += 1
        return f"draft{self.drafts}"

    def send(self, to: Recipients, _message: Message, *, key: str, draft: str = "", **_: str) -> Outcome:
        self.before_call()
        self.sent.append((to, key, draft))
        return self.answers.pop(0) if self.answers else Accepted(str(3000 + len(self.sent)))

    def preview(self, person: str, _message: Message, **_: str) -> Outcome:
        self.previews.append(person)
        return self.answers.pop(0) if self.answers else Accepted("")

    def job(self, job_id: str) -> JobState:
        return self.states.get(job_id, JobState.UNKNOWN)

    def ending(self, status: str) -> Ending:
        return explain(status)

    def create_tag(self, name: str) -> int:
        assert len(name) <= 30
        self.tags[100 + len(self.tags)] = set()
        return max(self.tags)

    def add_to_tag(self, tag: int, people: Sequence[str]) -> tuple[str, ...]:
        assert len(people) <= self.tag_most
        for person in people:
            if person in self.untaggable:
                failure = self.untaggable[person]
                raise PlatformError(failure.sentence, failure)
        self.tags[tag] |= set(people)
        return ()

    def take_from_tag(self, tag: int, people: Sequence[str]) -> None:
        assert len(people) <= self.tag_most
        self.tags[tag] -= set(people)

    def delete_tag(self, tag: int) -> None:
        if self.too_full and len(self.tags[tag]) > self.too_full:
            raise PlatformError("too full", Failure("tag_too_full", Fate.GIVE_UP, "too full"))
        del self.tags[tag]


class FakeAccount:
    """The platform around it."""

    capabilities = CAPABILITIES

    def __init__(self, mass: FakeMass) -> None:
        self.mass = mass
        self.single: list[Outgoing] = []
        self.uploads: list[str] = []

    def send(self, outgoing: Outgoing) -> Outcome:
        self.single.append(outgoing)
        return self.mass.answers.pop(0) if self.mass.answers else Accepted("")

    def upload(self, image: Image) -> str:
        self.uploads.append(image.url)
        return f"media{len(self.uploads)}"

    def upload_lifetime(self) -> timedelta:
        return timedelta(days=3650)


def refused(reason: str, fate: Fate, code: str = "1", **facts: Any) -> Refused:
    """Return a refusal as the platform's table would give it."""
    return Refused(Failure(reason, fate, f"{reason} ({{code}})", **facts), code)


class MassLab:
    """One account with nobody on it and a clock that stands still. What is told to admins is in `told`."""

    worker = "w1"

    def __init__(self, clock: Clock, *, lists_allowed: bool = True, name: str = "account") -> None:
        self.clock = clock
        self.mass = FakeMass(lists_allowed=lists_allowed)
        self.account = FakeAccount(self.mass)
        self.channel = channels.ensure(name, "wechat")
        self.told: list[str] = []
        self.heard: Callable[[str], None] = lambda _what: None
        self.stopping = False
        self._names = count(1)
        workers.beat(self.worker, clock.now())
        self.steps = Steps(
            self.channel,
            self.account,  # type: ignore[arg-type]  # what the steps do not use is left out
            self.mass,  # type: ignore[arg-type]  # as above
            clock.now,
            self.notify,
            lambda: self.stopping,
        )

    def notify(self, what: str, _draft: Draft) -> None:
        self.told.append(what)
        self.heard(what)

    def people(self, number: int) -> list[str]:
        """Let people follow the account."""
        people = [f"o{next(self._names)}" for _ in range(number)]
        subscribers.listed(self.channel, people, self.clock.now())
        return people

    def broadcast(self, message: Message | None = None, audience: str = "") -> int:
        """Make a broadcast to everyone there is now, let it send, and cut it into jobs."""
        now = self.clock.now()
        content = Content(messages=(message or Text(text="Hello!"),)).model_dump(mode="json")
        name = f"b{next(self._names)}"
        row = broadcasts.create(self.channel, name, "boss", now, content=content, road="mass", audience=audience)
        broadcasts.move(row.id, BroadcastStatus.STARTING, "boss", now)
        ledger.plan(row.id, self.channel, None, {}, now)
        broadcasts.move(row.id, BroadcastStatus.SENDING, "boss", now, started_at=now)
        cut(self.draft(row.id), self.mass, now)  # type: ignore[arg-type]  # as above
        return int(row.id)

    def news(self) -> Articles:
        """Return an article with a cover."""
        return Articles(articles=(Article(title="News", body="Read.", cover_url="http://mmbiz.qpic.cn/a"),))

    def draft(self, broadcast: int) -> Draft:
        """Return a broadcast as it stands."""
        row = broadcasts.get(broadcast)
        assert row is not None
        return from_row(row)

    def step(self) -> MassJob | None:
        """Take the next job that is due, as a lane does; return it."""
        job = mass_jobs.claim(self.channel, self.worker, [self.worker], self.clock.now())
        if job is not None:
            self.steps.take(job)
        return job

    def work(self) -> int:
        """Take jobs until none is due; return how many steps that took."""
        steps = 0
        while self.step() is not None:
            steps += 1
            assert steps < 100
        return steps

    def states(self, broadcast: int) -> Counter[str]:
        """Return how many rows are in each state, with the reason of those that were skipped or failed."""
        return Counter(
            {
                f"{state} {reason}" if state in {"skipped", "failed"} else state: people
                for state, reason, _, people in [*entries.reasons(broadcast), *self._plain(broadcast)]
            }
        )

    def _plain(self, broadcast: int) -> list[tuple[str, str, str, int]]:
        explained = {state for state, *_ in entries.reasons(broadcast)}
        sums = entries.sums(broadcast).by_state
        return [(state, "", "", people) for state, people in sums.items() if state not in explained]

    def jobs(self, broadcast: int) -> list[tuple[str, str, int]]:
        """Return (kind, state, people) of a broadcast's jobs."""
        return [(job.kind, str(job.state), job.people) for job in mass_jobs.of(broadcast)]
