"""Clarion inside an existing Flask bot: its routes, its hooks, and calls to do from code what admins do in chat.

clarion = Plugin.from_config("config.toml")
app.register_blueprint(clarion.blueprint)

@clarion.unclaimed
def answer(said):
    return f"You said {said.text}"

clarion.subscriber("page", psid).set(plan="pro", renewed=date(2026, 11, 24))
clarion.flows("page").start(psid, "onboarding")
clarion.broadcasts("page").send("Spring sale", ["Doors open at 7."], audience="plan = pro")
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from flask import Blueprint

from bot.flows.run import Run, RunStatus
from bot.webhook import create_blueprint
from bot.wiring import ChannelRuntime, Runtime, build, config_path
from broadcast.draft import Draft
from broadcast.service import Desk
from handlers.content import Content, Message, Outgoing, Text
from handlers.events import ButtonPressed, Event, MessageReceived
from storage import flow_runs, outbox, subscribers, variables
from storage.database import transaction
from storage.entries import Sums
from storage.lifecycle import Consent
from storage.models import Subscriber

Value = str | int | float | bool | date | None


class NotThere(LookupError):
    """There is no such channel, subscriber, flow or broadcast; the text says which."""


class WrongKind(ValueError):
    """A variable holds values of another kind."""


class OptedOut(Exception):
    """Somebody has said STOP: nothing is written to them until they say START."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said or tapped that nobody here wanted: for the host's own bot."""

    channel: str
    person: str
    text: str
    payload: str
    at: datetime
    event: Event


Answer = Callable[[Said], "str | Message | Sequence[str | Message] | None"]


class Plugin:
    """One installation of Clarion in a host's process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.blueprint: Blueprint = create_blueprint(runtime)

    @classmethod
    def from_config(cls, path: str | Path | None = None) -> "Plugin":
        """Build from a settings file, else `CLARION_CONFIG`, else `config.toml`."""
        return cls(build(config_path(None if path is None else str(path))))

    def unclaimed(self, answer: Answer) -> Answer:
        """Register what answers messages that are nobody's here. Return None to let the next hook have it.

        It runs inside the webhook's transaction, at most once for each message: be quick, and leave slow work to a
        queue of your own. What it raises is logged and counted, what it wrote to Clarion's database is taken back, and
        the message is not tried again; other people's messages do not suffer.
        """

        def host(channel: ChannelRuntime, event: Event, _now: datetime) -> list[Outgoing] | None:
            if not isinstance(event, MessageReceived | ButtonPressed):
                return None
            text = event.text if isinstance(event, MessageReceived) else event.title
            said = Said(channel.settings.name, event.person, text, event.payload, event.at, event)
            return _outgoing(event.person, answer(said))

        self._runtime.unclaimed.append(host)
        return answer

    def subscriber(self, channel: str, person: str) -> "SubscriberCalls":
        """Return what can be done with one subscriber. Raises `NotThere`."""
        found = self._channel(channel)
        return SubscriberCalls(self._runtime, found, _known(found, person))

    def flows(self, channel: str) -> "FlowCalls":
        """Return what can be done with flows on a channel. Raises `NotThere`."""
        return FlowCalls(self._runtime, self._channel(channel))

    def broadcasts(self, channel: str) -> "BroadcastCalls":
        """Return what can be done with broadcasts on a channel. Raises `NotThere`."""
        return BroadcastCalls(self._runtime, self._channel(channel))

    def _channel(self, name: str) -> ChannelRuntime:
        if name not in self._runtime.channels:
            raise NotThere(f"there is no channel called {name}")
        return self._runtime.channels[name]


@dataclass(frozen=True, slots=True)
class SubscriberCalls:
    """One subscriber."""

    _runtime: Runtime
    _channel: ChannelRuntime
    _subscriber: Subscriber

    def set(self, **values: Value) -> None:
        """Set variables; None takes one away. A new name becomes known with the kind of its first value.

        Raises `WrongKind` for a value of another kind than the variable's; then nothing is set.
        """
        with transaction():
            for name, value in values.items():
                stored, kind = _stored(value)
                if stored is not None:
                    known = variables.declare(self._channel.id, name, kind)
                    if known != kind:
                        raise WrongKind(f"{name} holds {known} values; got {value!r}")
                subscribers.set_variable(self._subscriber.id, name, stored)

    def tag(self, name: str, *, on: bool = True) -> None:
        """Put a tag on the subscriber, or take it off."""
        subscribers.tag(self._subscriber.id, name, on=on)


@dataclass(frozen=True, slots=True)
class FlowCalls:
    """The flows of a channel, those of `flows/` and those the host runs itself."""

    _runtime: Runtime
    _channel: ChannelRuntime

    def start(self, person: str, flow: str) -> None:
        """Start a flow for somebody. One that is not in `flows/` is the host's own: that it started is written down.

        Raises `NotThere`, and `OptedOut` for a flow of `flows/`, which would write to somebody who has said STOP.
        """
        subscriber, now = _known(self._channel, person), self._runtime.now()
        with transaction():
            if self._runtime.flows.find(flow) is not None:
                if subscriber.consent == Consent.OPTED_OUT.value:
                    raise OptedOut(f"{person} has said STOP; flow {flow} was not started")
                for outgoing in self._runtime.flow_runner(self._channel).start(flow, subscriber, now):
                    outbox.add(self._channel.id, person, outgoing.model_dump(mode="json"), now)
            else:
                flow_runs.begin(self._channel.id, subscriber.id, flow, None, now)
        self._runtime.wake()

    def complete(self, person: str, flow: str) -> None:
        """Write down that somebody has completed a flow (the open run of it, or one that began just now)."""
        subscriber, now = _known(self._channel, person), self._runtime.now()
        with transaction():
            row = flow_runs.open_run(subscriber.id)
            run_id, version, data = (
                (row.id, row.version, row.data)
                if row is not None and row.flow == flow
                else (flow_runs.begin(self._channel.id, subscriber.id, flow, None, now), 0, {})
            )
            if data:
                data = Run.model_validate(data).ended(RunStatus.COMPLETED, now).model_dump(mode="json")
            flow_runs.keep(
                run_id, version, status=RunStatus.COMPLETED.value, data=data, waiting_until=None, ended_at=now
            )


@dataclass(frozen=True, slots=True)
class BroadcastCalls:
    """The broadcasts of a channel. `by` names the program in the audit."""

    _runtime: Runtime
    _channel: ChannelRuntime
    by: str = "program"

    def create(self, name: str, messages: Sequence[str | Message], *, audience: str = "") -> Draft:
        """Make a draft; `audience` is a filter as an admin would type it, '' for everyone.

        Raises `broadcast.audience.problems.FilterProblem` for a filter that cannot be used.
        """
        desk = self._desk()
        problem = desk.check(audience) if audience else None
        if problem is not None:
            raise problem
        with transaction():
            draft = desk.create(name, self.by)
            return desk.edit(draft, content=Content(messages=tuple(map(_message, messages))), audience=audience)

    def send(self, name: str, messages: Sequence[str | Message], *, audience: str = "") -> Draft:
        """Make a broadcast and start it.

        Raises `broadcast.service.Unsendable` listing every problem; then there is no broadcast, not even a draft.
        """
        with transaction():
            draft = self.create(name, messages, audience=audience)
            self._desk(wake=False).send(draft, self.by)
        self._runtime.wake()
        return self.get(draft.id)

    def schedule(self, draft: Draft, at: datetime) -> Draft:
        """Put a draft into the calendar for an aware moment.

        Raises `broadcast.service.Unsendable`; then the draft is as it was.
        """
        desk = self._desk(wake=False)
        with transaction():
            desk.schedule(desk.edit(draft, scheduled_for=at), self.by)
        self._runtime.wake()
        return self.get(draft.id)

    def cancel(self, draft: Draft) -> Sums:
        """End a broadcast for good; return its numbers."""
        return self._desk().cancel(draft, self.by)

    def get(self, broadcast_id: int) -> Draft:
        """Return a broadcast as it stands. Raises `NotThere`."""
        draft = self._desk().get(broadcast_id)
        if draft is None:
            raise NotThere(f"there is no broadcast {broadcast_id} on {self._channel.settings.name}")
        return draft

    def _desk(self, *, wake: bool = True) -> Desk:
        return self._runtime.desk(self._channel, wake=wake)


def _known(channel: ChannelRuntime, person: str) -> Subscriber:
    subscriber = subscribers.find(channel.id, person)
    if subscriber is None:
        raise NotThere(f"nobody called {person} is known on {channel.settings.name}")
    return subscriber


def _stored(value: Value) -> tuple[str | int | float | bool | None, str]:
    """Return a value as it is stored, and its kind."""
    match value:
        case bool():
            return value, "yes/no"
        case int() | float():
            return value, "number"
        case date():
            return value.isoformat()[:10], "date"
        case _:
            return value, "text"


def _message(given: str | Message) -> Message:
    return Text(text=given) if isinstance(given, str) else given


def _outgoing(person: str, answer: str | Message | Sequence[str | Message] | None) -> list[Outgoing] | None:
    if answer is None:
        return None
    several = [answer] if isinstance(answer, str | Text) or not isinstance(answer, Sequence) else answer
    return [Outgoing(to=person, message=_message(one)) for one in several]
