"""One messaging platform as the rest of the program sees it: a table of facts and a few verbs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import aiohttp

from handlers.content import Content, Image, Outgoing
from handlers.events import Event
from handlers.finding import Finding
from handlers.outcomes import Failure, Outcome


class BadSignature(Exception):
    """The request was not made by the platform; nothing more is said about why."""


class Unreadable(Exception):
    """The request is signed and still not what the platform would send."""


class PlatformError(Exception):
    """A call outside the sending of messages was refused; the sentence says what and what to do.

    `sentence` is a gettext message that may have a place for the platform's own `code`. `failure` is the row of the
    platform's table, where there is one: whether and when to try again.
    """

    def __init__(self, sentence: str, failure: Failure | None = None, code: str = "") -> None:
        super().__init__(sentence.format(code=code))
        self.sentence = sentence
        self.failure = failure
        self.code = code


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A webhook request before anybody believed it. `headers` has lower-case names."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What a webhook request is answered with."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Limit:
    """A number the platform holds us to, with its unit and where it is written down."""

    what: str
    most: int
    unit: str
    source: str
    checked: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform declares itself with; the builder, the checks and the docs read this table."""

    name: str
    kinds: frozenset[str]
    limits: tuple[Limit, ...]
    choices: bool  # quick replies exist; otherwise choices are numbered lines
    passive_replies: bool  # an answer can (and should) ride on the webhook's own response
    receipts: bool  # the platform tells of each message that it was sent, delivered and read
    default_rate: int  # messages a second
    window: timedelta  # how long a person's message lets us write
    window_margin: timedelta = timedelta(0)  # the window is treated as closed this much earlier
    title: str = ""  # the name people know it by, for sentences; empty means `name`

    def most(self, what: str) -> int:
        """Return the limit named `what`."""
        return next(limit.most for limit in self.limits if limit.what == what)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something cannot be sent: a code for tests, the facts for the sentence people read.

    `sentence` is a gettext message with named fields, `facts` are its values.
    """

    code: str
    sentence: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """What the platform tells about a person; empty strings where it does not."""

    first_name: str = ""
    last_name: str = ""
    locale: str = ""
    timezone: str = ""
    gender: str = ""


class Platform(Protocol):
    """What every platform can do. Checked by the type checker and by the contract suite."""

    @property
    def capabilities(self) -> Capabilities:
        """The platform's table of facts."""
        ...

    def handshake(self, request: RawRequest) -> Reply:
        """Answer the platform's GET that asks whether the address is ours."""
        ...

    def verify(self, request: RawRequest) -> None:
        """Raise `BadSignature` unless the platform made this request. Looks at the raw bytes only."""
        ...

    def parse(self, request: RawRequest) -> tuple[Event, ...]:
        """Return what happened; unknown things become `Unrecognised`. Raises `Unreadable`. No I/O."""
        ...

    def acknowledge(self, request: RawRequest, replies: tuple[Outgoing, ...]) -> tuple[Reply, int]:
        """Answer a webhook POST, and say how many of `replies` ride on that answer."""
        ...

    def check(self, content: Content) -> list[Problem]:
        """List everything about `content` that the platform would refuse. No I/O."""
        ...

    def send(self, outgoing: Outgoing) -> Outcome:
        """Make one call and wait for its outcome: for replies and other single messages."""
        ...

    async def send_bulk(self, http: aiohttp.ClientSession, outgoing: Outgoing) -> Outcome:
        """Make one call among many: for broadcasts. `http` is shared by all that is in flight."""
        ...

    def upload(self, image: Image) -> str:
        """Put a picture on the platform once; return its handle there. Raises `PlatformError`."""
        ...

    def upload_lifetime(self) -> timedelta:
        """How long a handle from `upload` may be used."""
        ...

    def profile(self, person: str) -> Profile | None:
        """Read what the platform tells about a person; None where it tells nothing."""
        ...

    def diagnose(self, now: datetime) -> Iterator[Finding]:
        """Ask the platform what is right, what somebody should know and what to mend. Never raises."""
        ...
