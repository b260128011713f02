"""What can happen on a channel, in our words: each event frozen, each with a `key` for once-only handling."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Anything a platform tells us.

    `key` is stable over redeliveries and unique within the channel. `person` is the platform's user
    id (PSID, openid), empty when the event is about nobody. `at` is the platform's own time stamp,
    in UTC. `window_until` is set on events that let us write to the person until then. `standby` means
    that another app holds the conversation: take note of it (a STOP is still a STOP), do not answer it.
    """

    key: str
    person: str
    at: datetime
    window_until: datetime | None = None
    standby: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(Event):
    """A person wrote, tapped a quick reply or picked a command; `payload` is the tapped choice's value."""

    text: str = ""
    payload: str = ""
    image_urls: tuple[str, ...] = ()
    other_attachments: tuple[str, ...] = ()
    command: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPressed(Event):
    """A person tapped a button of a message or a menu."""

    payload: str
    title: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred(Event):
    """A person came (again) through a link or a QR code that carries `ref`."""

    ref: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptedIn(Event):
    """A person allowed something through a platform's own opt-in; `kind` is the platform's word."""

    kind: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptedOut(Event):
    """A person used the platform's own way to stop our messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reacted(Event):
    """A person put a reaction on a message."""

    message_id: str = ""
    reaction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed(Event):
    """A person follows the account; `ref` is the scene of the QR code they came by, if any."""

    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfollowed(Event):
    """A person left: nothing can reach them any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Echoed(Event):
    """The platform shows us a message our account sent to `person`; ours when `metadata` is ours."""

    message_id: str
    metadata: str = ""
    app_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered(Event):
    """All that we sent to `person` up to `watermark` has arrived."""

    watermark: datetime
    message_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Read(Event):
    """`person` has seen all that we sent up to `watermark`."""

    watermark: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyEnforced(Event):
    """The platform warned, blocked or unblocked the whole channel."""

    action: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MassSendFinished(Event):
    """A mass-send job ended; the counts are the platform's, approximate and per job only."""

    job_id: str
    status: str
    total: int
    filtered: int
    sent: int
    errors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecognised(Event):
    """Something this release does not know; counted by `kind`, never an error."""

    kind: str
