"""What only some platforms can: one message to many people in one call, a list of who follows, pictures as bytes.

Ask a platform with `isinstance(platform, SendsToMany)`, `ListsFollowers` or `UploadsBytes`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from handlers.content import Articles, Content, Message
from handlers.contract import Problem
from handlers.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Everyone:
    """All who follow the account."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """All followers with one of the account's tags."""

    tag: int


@dataclass(frozen=True, slots=True)
class Listed:
    """These people; as many as `MassSending.list_sizes` puts into one list."""

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
class Ending:
    """How a mass message ended; `reason` (a machine word) and `sentence` are empty where it was sent."""

    sent: bool
    reason: str = ""
    sentence: str = ""


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

    @property
    def daily_most(self) -> int | None:
        """How many mass messages the account may send a day, by the platform's calendar; None: not counted."""
        ...

    @property
    def monthly_most(self) -> int | None:
        """How many of them one person gets in a calendar month; None: not counted."""
        ...

    def list_sizes(self, people: int) -> tuple[int, ...]:
        """Return the sizes of as few lists as can hold so many people; empty for too few to make one. No I/O."""
        ...

    def draft(self, articles: Articles, *, way_out: str, covers: Mapping[str, str]) -> str:
        """Store articles and return their handle, good for one `send`. `covers`: uploaded handle by cover address."""
        ...

    def drop_draft(self, draft: str) -> None:
        """Delete a draft that was not sent."""
        ...

    def send(self, to: Recipients, message: Message, *, way_out: str, key: str, draft: str = "") -> Outcome:
        """Submit one mass message; `Accepted.message_id` is the job's id, "" where it was not told.

        `key` (1 to 32 ASCII characters) makes it safe to repeat an `Uncertain` call within `key_lifetime`: the
        same key never sends twice. Where its `why` is `waiting_for_confirmation` the account's owner has to agree
        first, and the event of its end tells whether they did. `draft` is the handle of the articles.
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

    def ending(self, status: str) -> Ending:
        """Return what the platform's word for a job's end means; "" where only its failure is known. No I/O."""
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

    def take_from_tag(self, tag: int, people: Sequence[str]) -> None:
        """Take a tag from at most `tag_most` people."""
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

    def check_personal(self, content: Content) -> list[Problem]:
        """List what can only be mass-sent, where single messages are chosen instead. No I/O."""
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


@runtime_checkable
class UploadsBytes(Protocol):
    """A platform that takes a picture itself, where others fetch it from an address; ask with `isinstance`."""

    def upload_bytes(self, data: bytes) -> str:
        """Put a picture of our own on the platform; return its handle there. Raises `PlatformError`."""
        ...
