"""A flow as data: what its file may say. Frozen, and equal to itself after a journey through JSON.

These classes say what shape each part has; what only the whole can tell (does the step exist that is gone to?)
is asked in `check.py`. Numbers without a source are our own bounds, each with its reason.
"""

import hashlib
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from bot.flows.parts import (
    DROP,
    MOST_TEXT,
    NEXT,
    Address,
    Day,
    Keyword,
    Name,
    OptionValue,
    Pause,
    Ref,
    Setting,
    StepId,
    Tag,
    Target,
    TimeOut,
    Variable,
    Words,
    matching,
)
from broadcast.audience.nodes import Kind

MOST_STEPS: Final = 100
"""Steps of one flow: several times what anybody answers in a chat."""
MOST_ATTEMPTS: Final = 10


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Link(_Frozen):
    """A button under a message: exactly one of an address to open, a flow to enter, a number to call."""

    title: Words
    link: Address | None = None
    flow: str | None = None
    phone: Annotated[str, AfterValidator(matching(
        r"\+[1-9]\d{6,14}", "a number to call is written like +4930123456"))] | None = None  # fmt: skip

    @model_validator(mode="after")
    def _one_thing(self) -> "Link":
        if sum(each is not None for each in (self.link, self.flow, self.phone)) != 1:
            raise ValueError("a button needs exactly one of link, flow and phone")
        return self


class _Step(_Frozen):
    id: StepId


class Message(_Step):
    """Says something and goes on."""

    type: Literal["message"]
    text: Words | None = None
    image: Address | None = None
    buttons: tuple[Link, ...] = ()
    goto: Target = NEXT

    @model_validator(mode="after")
    def _something(self) -> "Message":
        if self.text is None and (self.image is None or self.buttons):
            raise ValueError("needs a text" if self.buttons else "needs a text or an image")
        return self


class _Question(_Step):
    """What all questions have. `again` is said instead of our own words when an answer cannot be used."""

    type: Literal["question"]
    text: Words
    again: Words | None = None
    save_as: Variable | None = None
    optional: bool = False
    attempts: Annotated[int, Field(ge=1, le=MOST_ATTEMPTS)] = 3
    on_failure: Target = DROP
    time_out: TimeOut | None = None
    on_time_out: Target = DROP
    goto: Target = NEXT


class AskText(_Question):
    """A question answered in words; lengths in characters."""

    ask: Literal["text"]
    shortest: Annotated[int, Field(ge=1, le=MOST_TEXT)] = 1
    longest: Annotated[int, Field(ge=1, le=MOST_TEXT)] = MOST_TEXT


class AskNumber(_Question):
    """A question answered with a number; `least` and `most` are still right."""

    ask: Literal["number"]
    least: float | None = None
    most: float | None = None
    whole: bool = False


class Option(_Frozen):
    """One answer to choose; its `value` is what is kept."""

    title: Words
    value: OptionValue
    goto: Target | None = None


class AskChoice(_Question):
    """A question answered with one of several options. More than 13 do not fit under a Messenger message."""

    ask: Literal["choice"]
    options: Annotated[tuple[Option, ...], Field(min_length=1)]


class AskYesNo(_Question):
    """A question answered with yes or no, each of which may lead somewhere of its own."""

    ask: Literal["yes_no"]
    if_yes: Target | None = None
    if_no: Target | None = None


class AskDate(_Question):
    """A question answered with a day; the ends are still right, and "today" moves with the calendar."""

    ask: Literal["date"]
    earliest: Day | None = None
    latest: Day | None = None


class AskEmail(_Question):
    """A question answered with an e-mail address."""

    ask: Literal["email"]


class AskPhone(_Question):
    """A question answered with a phone number; `country` is put before one that was written without it."""

    ask: Literal["phone"]
    country: (
        Annotated[str, AfterValidator(matching(r"\+[1-9]\d{0,2}", "a country code is written like +86"))] | None
    ) = None


class Rule(_Frozen):
    """If the filter `when` holds for the person, go there."""

    when: str
    goto: Target


class Branch(_Step):
    """Goes where the first rule that holds says."""

    type: Literal["branch"]
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]
    otherwise: Target = NEXT


class Set(_Step):
    """Writes down values and tags, and goes on."""

    type: Literal["set"]
    variables: dict[Variable, Setting] = Field(default_factory=dict)
    clear: tuple[Variable, ...] = ()
    add_tags: tuple[Tag, ...] = ()
    remove_tags: tuple[Tag, ...] = ()
    goto: Target = NEXT

    @model_validator(mode="after")
    def _something(self) -> "Set":
        if not (self.variables or self.clear or self.add_tags or self.remove_tags):
            raise ValueError("sets nothing; write variables, clear, add_tags or remove_tags")
        return self


class Jump(_Step):
    """Goes to a step of this flow, or completes it and enters another flow."""

    type: Literal["jump"]
    goto: Target | None = None
    flow: str | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> "Jump":
        if (self.goto is None) == (self.flow is None):
            raise ValueError("needs exactly one of goto and flow")
        return self


class Wait(_Step):
    """Does nothing for a while. What the person writes meanwhile is not the flow's, unless `on_message` says so."""

    type: Literal["wait"]
    duration: Pause
    on_message: Target | None = None
    goto: Target = NEXT


class HandOver(_Step):
    """Brings a person in and ends; the bot keeps quiet from then on."""

    type: Literal["hand_over"]
    text: Words | None = None


class Complete(_Step):
    """Completes the flow, wherever it stands in the file."""

    type: Literal["complete"]
    text: Words | None = None


Question = AskText | AskNumber | AskChoice | AskYesNo | AskDate | AskEmail | AskPhone
Step = Message | Question | Branch | Set | Jump | Wait | HandOver | Complete
_AnyStep = Annotated[
    Message | Annotated[Question, Field(discriminator="ask")] | Branch | Set | Jump | Wait | HandOver | Complete,
    Field(discriminator="type"),
]


class Flow(_Frozen):
    """A conversation that a subscriber is walked through.

    `kinds` are the kinds of the variables its rules ask about; they are filled in when all flows are loaded, so
    that a flow that was put away as JSON can still be walked.
    """

    name: Name
    title: Words | None = None
    keywords: tuple[Keyword, ...] = ()
    refs: tuple[Ref, ...] = ()
    on: tuple[Literal["follow", "get_started"], ...] = ()
    once: bool = False
    time_out: TimeOut = "23 hours"  # so that what follows it still arrives: see LONGEST_WAIT
    steps: Annotated[tuple[_AnyStep, ...], Field(min_length=1, max_length=MOST_STEPS)]
    kinds: dict[str, Kind] = Field(default_factory=dict)

    @property
    def version(self) -> str:
        """A fingerprint of all that the flow says: 12 hexadecimal digits."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    def step(self, step_id: str) -> "Step | None":
        """Return the step with this id, or None."""
        return next((step for step in self.steps if step.id == step_id), None)

    def after(self, step_id: str) -> tuple[str, ...]:
        """Return the ids of the steps written below this one."""
        ids = [step.id for step in self.steps]
        return tuple(ids[ids.index(step_id) + 1 :])
