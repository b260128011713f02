"""One person's way through one flow, and what a step of it asks for. Values only: whoever holds a run stores it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict

from handlers.content import Choice, Message

Value = str | int | float | bool
"""What a variable holds; a date is the text 2026-12-24."""


class RunStatus(StrEnum):
    """Where a run is. The first three are the words the audience filter knows."""

    STARTED = "started"  # it waits for an answer or for its time
    COMPLETED = "completed"
    DROPPED = "dropped"
    HANDED_OVER = "handed_over"  # a person answers from here on


class Why(StrEnum):
    """Why a run was dropped."""

    NO_ANSWER = "no_answer"  # no usable answer in the number of attempts
    TIMED_OUT = "timed_out"
    LEFT = "left"  # the person said so
    STOPPED = "stopped"  # the person wants no more messages at all
    REPLACED = "replaced"  # the person entered a flow anew
    SENT_OUT = "sent_out"  # the flow itself went to `drop`


class Run(BaseModel):
    """Where a person is in a flow: `Run.model_validate_json(run.model_dump_json()) == run`.

    `version` is the flow's fingerprint at the last step, `step` where the person is, or was when it ended, `ahead`
    the ids of the steps below it: where to go on should the step be gone from the file. `asked` are the ids of the
    questions it has come to, each once. `attempts` counts the unusable answers to the open question, `collected` holds
    what was answered and set on the way. `language` is the one it began in, for people of whom none is known. Times
    are aware.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    flow: str
    version: str
    step: str
    started_at: AwareDatetime
    status: RunStatus = RunStatus.STARTED
    ahead: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    attempts: int = 0
    language: str = ""
    collected: dict[str, Value] = {}
    waiting_until: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether something can still happen in it."""
        return self.status is RunStatus.STARTED

    def ended(self, status: RunStatus, now: datetime) -> "Run":
        """Return the run as over."""
        return self.model_copy(update={"status": status, "ended_at": now, "waiting_until": None, "attempts": 0})


@dataclass(frozen=True, slots=True)
class Say:
    """Send this to the person. The choices' values begin with `CHOICE` and come back as a payload."""

    message: Message
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class SetVariable:
    """Write down a variable of the person; None takes it away."""

    name: str
    value: Value | None


@dataclass(frozen=True, slots=True)
class SetTag:
    """Put a tag on the person, or take it off."""

    name: str
    on: bool


@dataclass(frozen=True, slots=True)
class Completed:
    """The flow was completed."""

    flow: str
    collected: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Dropped:
    """The person dropped out at this step."""

    flow: str
    step: str
    why: Why


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Call a person in, and keep the bot quiet."""

    flow: str
    step: str


@dataclass(frozen=True, slots=True)
class EnterFlow:
    """Start this flow next: the one before it is complete."""

    flow: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The step was gone from the flow's present version; the person was told and went on at `to` ('' at its end)."""

    flow: str
    version: str
    step: str
    to: str


Effect = Say | SetVariable | SetTag | Completed | Dropped | HandedOver | EnterFlow | Moved


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an event: the run as it is now, and what to do, in order.

    `heard` is False when what the person sent was not for the flow, so that others may answer it.
    """

    run: Run
    effects: tuple[Effect, ...] = ()
    heard: bool = True


CHOICE: Final = "f:"
"""Begins the value of every choice a flow offers: `f:<flow>/<step>/<answer>`."""
