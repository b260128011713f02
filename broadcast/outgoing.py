"""One message of a broadcast as it goes to one person, and the mark it carries back as evidence."""

import json
from dataclasses import dataclass

from broadcast.buttons import addressed, has_buttons
from broadcast.links import Links
from broadcast.personalise import fill_message, fill_template, places_in, read_as
from handlers.content import WAY_OUT_TITLE, Choice, Content, Outgoing

STOP_WORD = "STOP"
"""What the opt-out quick reply brings back."""


MARK = "b:"
"""What the metadata of a broadcast's message begins with."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Which message to whom: travels as Messenger `metadata` and comes back with the echo."""

    broadcast_id: int
    subscriber_id: int
    step: int

    def __str__(self) -> str:
        return f"{MARK}{self.broadcast_id}:{self.subscriber_id}:{self.step}"


def read_mark(metadata: str) -> Mark | None:
    """Return the mark an echo carries; None when the message was not one of a broadcast of ours."""
    numbers = metadata.removeprefix(MARK).split(":") if metadata.startswith(MARK) else []
    if len(numbers) != 3 or not all(n.isascii() and n.isdigit() and len(n) < 19 for n in numbers):
        return None
    return Mark(*(int(number) for number in numbers))


class Composer:
    """Makes the messages of one broadcast; what does not differ between people is made once.

    Without `taps` the platform has nothing to tap: a flow's button keeps the name of the flow, to be answered with.
    """

    def __init__(self, broadcast_id: int, content: Content, links: Links | None = None, *, taps: bool = True) -> None:
        self._broadcast_id = broadcast_id
        self._links = links
        self._taps = taps
        self._buttons = has_buttons(content)
        self._messages = content.messages
        self._template = content.template
        self._personal = bool(places_in(content))
        self._way_out = (Choice(title=content.way_out or WAY_OUT_TITLE, value=STOP_WORD),)

    @property
    def steps(self) -> int:
        """How many messages one person gets."""
        return len(self._messages)

    @property
    def has_template(self) -> bool:
        """Whether there is something to say to people who may be sent nothing but a template."""
        return self._template is not None

    def compose_template(self, subscriber_id: int, to: str, fills: str) -> Outgoing:
        """Return the template for a person, who gets it instead of all messages."""
        assert self._template is not None
        return Outgoing(
            to=to,
            message=fill_template(self._template, _values(fills)),
            purpose="broadcast",
            metadata=str(Mark(self._broadcast_id, subscriber_id, 0)),
        )

    def compose(self, subscriber_id: int, to: str, step: int, fills: str) -> Outgoing:
        """Return message number `step` for a person; `fills` is the JSON of their frozen values."""
        message = self._messages[step]
        if self._personal:
            message = fill_message(message, _values(fills))
        if self._buttons:
            message = addressed(message, step, self._broadcast_id, subscriber_id, self._links, taps=self._taps)
        # model_construct: every part was validated when the draft was; this runs thousands of times a second.
        return Outgoing.model_construct(
            to=to,
            message=message,
            choices=self._way_out if step + 1 == len(self._messages) else (),
            purpose="broadcast",
            metadata=str(Mark(self._broadcast_id, subscriber_id, step)),
        )


def _values(fills: str) -> dict[str, str]:
    return {name: read_as(value) for name, value in json.loads(fills or "{}").items()}
