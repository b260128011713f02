"""Runs people through flows: load, walk, write down. The only part of flows that touches storage.

Called inside the webhook's transaction, or by a worker when a waiting time is over.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.flows import engine
from bot.flows.enter import Via, entry, heard
from bot.flows.load import Flows
from bot.flows.run import Effect, EnterFlow, Result, Run, RunStatus, Say, SetTag, SetVariable, Why
from bot.flows.walk import Heard, Walker
from bot.language import of_words
from bot.texts import known, texts
from broadcast.audience.matches import FlowRun as PastRun
from broadcast.audience.matches import Person
from broadcast.buttons import read_payload
from handlers.content import Outgoing
from handlers.events import ButtonPressed, Event, MessageReceived
from storage import clicks, flow_runs, subscribers
from storage.models import FlowRun, Subscriber

COLUMNS = (*subscribers.PROFILE_FIELDS, *subscribers.MOMENT_FIELDS, "consent", "unreachable")
QUIET = timedelta(hours=24)
"""How long after a hand-over messages are left to the person who answers; a button, a link or a follow ends it sooner.

A keyword does not: it is a word like any other to the person who answers.
"""

MOST_IN_A_ROW = 5
"""A flow may lead into the next one; so many at once is a circle nobody meant."""


@dataclass(frozen=True, slots=True)
class Runner:
    """The flows of an installation, on one channel. `zone` says when days begin; `language` is the default."""

    flows: Flows
    channel_id: int
    zone: ZoneInfo
    language: str

    def take(self, event: Event, now: datetime) -> list[Outgoing] | None:
        """Let a person enter a flow or go on with theirs; None when the event is not for any flow."""
        subscriber = subscribers.find(self.channel_id, event.person)
        if subscriber is None:
            return None
        event, broadcast_id = self._count_tap(event, subscriber, now)
        runs = flow_runs.of(subscriber.id)  # read once: this runs for every message that comes in
        found = entry(event, self.flows, {run.flow for run in runs if run.status == RunStatus.COMPLETED})
        said, row = (
            heard(event),
            self._ours(next((run for run in reversed(runs) if run.status == flow_runs.OPEN), None)),
        )
        quiet = row is None and bool(runs) and _handed_over(runs[-1], now)
        if found is not None and not (found.via is Via.KEYWORD and (quiet or self._expected(row, said, now))):
            self._end(row, Why.REPLACED, now)
            return self._enter(found.flow.name, subscriber, broadcast_id, now, of_words(said.text) if said else "")
        if said is None:
            return None
        if row is None:
            return [] if quiet else None
        flow = self.flows.by_name[row.flow]
        run = Run.model_validate(row.data)
        result = engine.resume(run, flow, self._walker(subscriber, run.language), said, self._local(now))
        return self._write(row, result, subscriber, now) if result.heard else None

    def _expected(self, row: FlowRun | None, said: Heard | None, now: datetime) -> bool:
        """Say whether the open question takes this for its answer: "1" may be both an answer and a keyword."""
        if row is None or said is None:
            return False
        flow = self.flows.by_name[row.flow]
        return engine.expects(Run.model_validate(row.data), flow, said, self._local(now))

    def go_on(self, row: FlowRun, now: datetime) -> list[Outgoing]:
        """Take a run on whose waiting time is over."""
        flow = self.flows.by_name.get(row.flow)
        if flow is None:  # its file is gone, and with it what was to come
            self._end(row, Why.REPLACED, now)
            return []
        subscriber: Subscriber = row.subscriber
        run = Run.model_validate(row.data)
        result = engine.timed_out(run, flow, self._walker(subscriber, run.language), self._local(now))
        return self._write(row, result, subscriber, now)

    def start(self, name: str, subscriber: Subscriber, now: datetime) -> list[Outgoing]:
        """Start a flow for somebody, in place of the one they are in."""
        self._end(self._open(subscriber), Why.REPLACED, now)
        return self._enter(name, subscriber, None, now)

    def stop(self, subscriber: Subscriber, now: datetime) -> None:
        """End the run of somebody who wants no more messages."""
        self._end(self._open(subscriber), Why.STOPPED, now)

    def _open(self, subscriber: Subscriber) -> FlowRun | None:
        """Return the run a person is in."""
        return self._ours(flow_runs.open_run(subscriber.id))

    def _ours(self, row: FlowRun | None) -> FlowRun | None:
        """Return a run if it is one of these flows: a host's own runs have no data of ours, and are the host's.

        A file may bear the name of a flow that the host ran itself before.
        """
        return row if row is not None and row.data and row.flow in self.flows.by_name else None

    def _count_tap(self, event: Event, subscriber: Subscriber, now: datetime) -> tuple[Event, int | None]:
        """Count a tap on a broadcast's button; return the event as it reads without the broadcast's mark."""
        if not isinstance(event, MessageReceived | ButtonPressed):
            return event, None
        payload, broadcast_id, place = read_payload(event.payload)
        if broadcast_id:  # 0 in a preview: its buttons lead where they will, and count for nothing
            clicks.record(broadcast_id, subscriber.id, place, now)
        return replace(event, payload=payload), broadcast_id or None

    def _enter(
        self, name: str, subscriber: Subscriber, broadcast_id: int | None, now: datetime, language: str = ""
    ) -> list[Outgoing]:
        """Begin a flow, in `language` where nothing is known of the person's own."""
        said: list[Outgoing] = []
        for _ in range(MOST_IN_A_ROW):
            flow = self.flows.find(name)
            if flow is None:
                return said
            result = engine.start(flow, self._walker(subscriber, language), self._local(now))
            run_id = flow_runs.begin(self.channel_id, subscriber.id, flow.name, broadcast_id, now)
            said += self._keep(run_id, 0, result, subscriber)
            onward = [effect.flow for effect in result.effects if isinstance(effect, EnterFlow)]
            if not onward:
                return said
            name, subscriber = onward[-1], Subscriber.get_by_id(subscriber.id)
        return said

    def _write(self, row: FlowRun, result: Result, subscriber: Subscriber, now: datetime) -> list[Outgoing]:
        said = self._keep(row.id, row.version, result, subscriber)
        for effect in result.effects:
            if isinstance(effect, EnterFlow):
                known_now = Subscriber.get_by_id(subscriber.id)
                said += self._enter(effect.flow, known_now, row.broadcast_id, now, result.run.language)
        return said

    def _keep(self, run_id: int, version: int, result: Result, subscriber: Subscriber) -> list[Outgoing]:
        """Write down a run and what it sets; say nothing when somebody else has moved the run on meanwhile."""
        run = result.run
        kept = flow_runs.keep(
            run_id, version, status=run.status.value, data=run.model_dump(mode="json"),
            waiting_until=run.waiting_until, ended_at=run.ended_at,
        )  # fmt: skip
        if not kept:
            return []
        self._set(result.effects, subscriber)
        return [
            Outgoing(to=subscriber.platform_user_id, message=effect.message, choices=effect.choices)
            for effect in result.effects
            if isinstance(effect, Say)
        ]

    def _set(self, effects: Iterable[Effect], subscriber: Subscriber) -> None:
        for effect in effects:
            match effect:
                case SetVariable(name, value):
                    subscribers.set_variable(subscriber.id, name, value)
                case SetTag(name, on):
                    subscribers.tag(subscriber.id, name, on=on)

    def _end(self, row: FlowRun | None, why: Why, now: datetime) -> None:
        """End a run from outside."""
        if row is None:
            return
        run = engine.abandon(Run.model_validate(row.data), why, now).run
        flow_runs.keep(
            row.id, row.version, status=run.status.value, data=run.model_dump(mode="json"),
            waiting_until=None, ended_at=now,
        )  # fmt: skip

    def _walker(self, subscriber: Subscriber, spoken: str) -> Walker:
        """Return who walks; `spoken` is the language of their words or their run, '' where neither tells."""
        language = known(subscriber.language or subscriber.locale or spoken or self.language)
        return Walker(person_of(subscriber), language, texts(language))

    def _local(self, now: datetime) -> datetime:
        return now.astimezone(self.zone)


def person_of(subscriber: Subscriber) -> Person:
    """Return a subscriber as filters and flows look at one."""
    return Person(
        profile={name: getattr(subscriber, name) for name in COLUMNS},
        variables=subscriber.variables,
        tags=subscriber.tags,
        flows=tuple(
            PastRun(flow=row.flow, status=row.status, started_at=row.started_at, ended_at=row.ended_at)
            for row in flow_runs.of(subscriber.id)
        ),
    )


def _handed_over(last: FlowRun, now: datetime) -> bool:
    """Say whether a person answers this subscriber now: then the bot keeps quiet for a while."""
    if last.status != flow_runs.HANDED_OVER or last.ended_at is None:
        return False
    return bool(now - last.ended_at < QUIET)
