"""One messaging platform as the rest of the program sees it: a table of facts and a few verbs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

import aiohttp

from handlers.content import Articles, Content, Image, Message, Outgoing
from handlers.events import Event
from handlers.outcomes import Failure, Outcome


class BadSignature(Exception):
    """The request was not made by the platform; nothing more is said about why."""


class Unreadable(Exception):
    """The request is signed and still not what the platform would send."""


class PlatformError(Exception):
    """A call outside the sending of messages was refused; the sentence says what and what to do.

    `failure` is the row of the platform's table, where there is one: whether and when to try again.
    """

    def __init__(self, sentence: str, failure: Failure | None = None) -> None:
        super().__init__(sentence)
        self.failure = failure


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
    echoes: bool  # the platform shows us what we sent: lost answers can be settled
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

    def diagnose(self) -> list[tuple[bool, str]]:
        """Ask the platform what is right and what to mend: one (fine, sentence) per line."""
        ...


@dataclass(frozen=True, slots=True)
class Everyone:
    """All who follow the account."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """All followers with one of the account's tags."""

    tag: int


@dataclass(frozen=True, slots=True)
class Listed:
    """These people; as many as `MassSending.lists` puts into one list."""

    people: tuple[str, ...]


Recipients = Everyone | Tagged | Listed


class JobState(StrEnum):
    """Where a mass message is, as far as the platform tells afterwards."""

    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DELETED = "deleted"
    UNKNOWN = "unknown"  # the platform does not know it, or not yet


@dataclass(frozen=True, slots=True)
class CallQuota:
    """How many mass calls the platform still takes today."""

    limit: int
    used: int
    left: int


class MassSending(Protocol):
    """Sends one message to many people in one call. There is no outcome per person, and one `key` sends once.

    All verbs but `send` and `preview` raise `PlatformError`, with its `failure` where the platform gave a reason.
    """

    @property
    def lists_allowed(self) -> bool:
        """Whether this account may name the people; otherwise it reaches them by a tag."""
        ...

    def lists(self, people: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """Cut people into as few lists as can be, none of them too small to send; empty for too few. No I/O."""
        ...

    def draft(self, articles: Articles, *, way_out: str, covers: Mapping[str, str]) -> str:
        """Store articles and return their handle, good for one `send`. `covers`: uploaded handle by cover address."""
        ...

    def drop_draft(self, draft: str) -> None:
        """Delete a draft that was not sent."""
        ...

    def send(self, to: Recipients, message: Message, *, way_out: str, key: str, draft: str = "") -> Outcome:
        """Submit one mass message; `Accepted.message_id` is the job's id.

        `key` (1 to 32 ASCII characters) makes it safe to repeat an `Uncertain` call within `key_lifetime`: the
        same key never sends twice. `draft` is the handle of the articles.
        """
        ...

    @property
    def key_lifetime(self) -> timedelta:
        """How long the platform remembers a key."""
        ...

    def preview(self, person: str, message: Message, *, way_out: str, draft: str = "") -> Outcome:
        """Show one person what `send` would send, without spending anybody's quota."""
        ...

    def job(self, job_id: str) -> JobState:
        """Ask where a mass message is, for when the event of its end did not come."""
        ...

    def create_tag(self, name: str) -> int:
        """Make a tag and return its id."""
        ...

    def add_to_tag(self, tag: int, people: Sequence[str]) -> tuple[str, ...]:
        """Give at most `tag_most` people a tag; return those for whom it failed though it was tried again."""
        ...

    @property
    def tag_most(self) -> int:
        """How many people one `add_to_tag` takes."""
        ...

    def delete_tag(self, tag: int) -> None:
        """Take a tag from everybody and delete it."""
        ...

    def quota(self) -> CallQuota:
        """Ask how many mass calls are left today."""
        ...

    def advise(self, content: Content) -> list[Problem]:
        """List what the platform may well refuse in a mass message though it is written down nowhere. No I/O."""
        ...


@runtime_checkable
class SendsToMany(Protocol):
    """A platform that has mass messages besides single ones; ask with `isinstance`."""

    @property
    def mass(self) -> MassSending:
        """The verbs of mass messages."""
        ...


@dataclass(frozen=True, slots=True)
class Follower:
    """What the platform tells about a follower; `follows` False means that it tells nothing else.

    `how` is the platform's word for the way they came, `ref` the scene of the QR code they came by.
    """

    person: str
    follows: bool
    since: datetime | None = None
    how: str = ""
    ref: str = ""
    remark: str = ""
    tags: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FollowerPage:
    """A part of the list of followers. `after` is where the next one begins; "" on the last."""

    people: tuple[str, ...]
    after: str
    total: int


@runtime_checkable
class ListsFollowers(Protocol):
    """A platform that tells who follows the account; ask with `isinstance`."""

    def follower_pages(self, after: str = "") -> Iterator[FollowerPage]:
        """Yield the list, page by page, beginning behind `after`. Raises `PlatformError`; go on from the last page."""
        ...

    def followers(self, people: Sequence[str]) -> Iterator[Follower]:
        """Yield what is told about these people, some calls for many. Raises `PlatformError`."""
        ...


def render_preview(message: Message) -> str:
    """Return one line that names a message, for lists and cards."""
    match message.kind:
        case "text":
            return message.text
        case "image":
            return f"[image] {message.url}"
        case "card":
            return f"[card] {message.title}"
        case "carousel":
            return "[carousel] " + " · ".join(card.title for card in message.cards)
        case _:
            return "[article] " + " · ".join(article.title for article in message.articles)
