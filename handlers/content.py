"""What can be said: the messages of a broadcast and of a conversation, free of any platform.

Stored as JSON with a version number, so that a broadcast saved by one release is read by the next.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

WAY_OUT_TITLE = "Stop messages"
"""What the way out of a broadcast is called as a choice, where it brings no words of its own."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Button(_Frozen):
    """Something to tap under a message.

    `kind` says what `value` is: a link to open, the name of a flow to enter, a phone number in
    international form, or the text to answer with (`reply`).
    """

    kind: Literal["url", "flow", "phone", "reply"]
    title: str
    value: str


class Text(_Frozen):
    """Words, with optional buttons under them."""

    kind: Literal["text"] = "text"
    text: str
    buttons: tuple[Button, ...] = ()


class Image(_Frozen):
    """A picture by its address.

    `platform_ref` is the platform's own handle once the picture was uploaded (Messenger
    `attachment_id`, WeChat `media_id`); it is filled in by the sender and never stored in a draft.
    """

    kind: Literal["image"] = "image"
    url: str
    platform_ref: str = ""


class Card(_Frozen):
    """A picture with a title, a line of text and buttons."""

    kind: Literal["card"] = "card"
    title: str
    subtitle: str = ""
    image_url: str = ""
    link: str = ""
    buttons: tuple[Button, ...] = ()


class Carousel(_Frozen):
    """Cards side by side."""

    kind: Literal["carousel"] = "carousel"
    cards: tuple[Card, ...]


class Article(_Frozen):
    """A page with a title, a cover and a body; native on WeChat, a card with a link on Messenger."""

    title: str
    author: str = ""
    digest: str = ""
    cover_url: str = ""
    cover_ref: str = ""  # the cover's handle on the platform, once it is there
    body: str = ""
    source_url: str = ""


class Articles(_Frozen):
    """One to eight articles sent as one message."""

    kind: Literal["articles"] = "articles"
    articles: tuple[Article, ...]


Message = Annotated[Text | Image | Card | Carousel | Articles, Field(discriminator="kind")]


class TemplateValue(_Frozen):
    """What stands in one place of a template: `name` is the place's, or its number counted from 1."""

    name: str
    text: str


class Template(_Frozen):
    """A message the platform has approved beforehand, by its name there; what differs between people are its `values`.

    `body` is its text as it was when it was chosen, with the places as the platform writes them (`{{1}}`): for
    people to read, never sent. `named`: the platform knows the places by name, otherwise by their order.
    """

    kind: Literal["template"] = "template"
    name: str
    language: str
    body: str = ""
    named: bool = False
    values: tuple[TemplateValue, ...] = ()


class Content(_Frozen):
    """All that one broadcast says to a person, in order, and the way out it offers.

    `way_out` is the title of the opt-out quick reply (Messenger, at most 20 characters) or the words
    of the opt-out line (WeChat); empty means the platform's default wording. `template` is what people get instead of
    the messages whom the platform lets us send nothing else (`handlers.templates`).
    """

    version: Literal[1] = 1
    messages: tuple[Message, ...] = ()
    way_out: str = ""
    template: Template | None = None


class Choice(_Frozen):
    """A ready answer offered with a message: a quick reply, a numbered line, whatever the platform has.

    `value` is what comes back when it is tapped; it is data from the client side of a chat and is
    looked up, never evaluated.
    """

    title: str
    value: str


class Outgoing(_Frozen):
    """One message on its way to one person.

    `purpose` decides the policy lane (Messenger `messaging_type`): `reply` answers somebody who has
    just written, `broadcast` is sent proactively inside the window; a template says by itself that it may go
    outside it. `metadata` is ours and comes back with the platform's echo; it is the evidence that settles a send
    whose answer was lost.
    """

    to: str
    message: Annotated[Text | Image | Card | Carousel | Articles | Template, Field(discriminator="kind")]
    choices: tuple[Choice, ...] = ()
    purpose: Literal["reply", "broadcast"] = "reply"
    metadata: str = ""
