"""What a conversation remembers between two messages: ids, versions, words, and what was offered last."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

from handlers.content import Choice


class Making(BaseModel):
    """A card or an article on its way: its `kind`, where it goes, the number of the field asked for, and what is known.

    `spot`: the message, and the part of it, that this becomes; (0, 0) is a new message, (2, 0) another part of
    message 2, (2, 1) the first part of it anew.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["card", "article"]
    spot: tuple[int, int] = (0, 0)
    field: int = 0
    values: Mapping[str, str] = {}


class Filling(BaseModel):
    """A template whose places are being filled in, one after the other; `back`: the state it was chosen in.

    The rest is as in `handlers.templates.ListedTemplate`; `values` are those given so far.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    language: str
    body: str
    places: tuple[str, ...] = ()
    named: bool = False
    way_out: bool = False
    values: tuple[str, ...] = ()
    back: str = ""


class Picking(BaseModel):
    """A filter on its way, picked step by step.

    `audience`: the filter text so far, '' before the first condition. `joiner`: how the next condition is added.
    `field` and `way`: what the next condition asks, as far as it is known. `at`: the number of the condition it
    takes the place of, 0 for none. `page`: of the fields. `name`: the saved audience being made outside a broadcast.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    audience: str = ""
    joiner: Literal["and", "or"] = "and"
    field: str = ""
    way: str = ""
    at: int = 0
    page: int = 0
    name: str = ""

    def but(self, **changes: object) -> "Picking":
        """Return it with some of it changed."""
        return self.model_copy(update=changes)


class Memory(BaseModel):
    """Stored as JSON beside the state. Fields that another release wrote and this one lacks are dropped.

    `draft` and `version`: the broadcast being built, as its admin last saw it. `when`: what was answered to
    the question of the time (`now`, `later`, `at`; '' before that). `hub`: the first pass is over, so every
    part returns to the review card. `returning`: the question was gone back to, and may be kept as answered.
    `card`: the fingerprint on the review card last shown. `left`: the state that `cancel` was said in.
    `replacing`: the number of the message to be replaced. `making`: the card or article being filled in, field by
    field; `filling`: the template that is, place by place. `title`: the words of a button that is not made yet, for
    the place `spot`. `sent`: the broadcast that `undo` speaks of. `practice`: nothing of this is sent; `explained`:
    the questions whose tip was given. `pick`: the filter being picked. `choices`: what was offered last, in its order;
    `proposed`: the first of them was, by a question that a plain yes answers.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    draft: int = 0
    version: int = 0
    when: str = ""
    hub: bool = False
    returning: bool = False
    card: str = ""
    left: str = ""
    replacing: int = 0
    making: Making | None = None
    filling: Filling | None = None
    spot: tuple[int, int] = (0, 0)
    title: str = ""
    sent: int = 0
    practice: bool = False
    explained: tuple[str, ...] = ()
    pick: Picking = Picking()
    choices: tuple[Choice, ...] = ()
    proposed: bool = False

    def but(self, **changes: object) -> "Memory":
        """Return the memory with some of it changed."""
        return self.model_copy(update=changes)

    def over(self) -> "Memory":
        """Return what is left of it once a broadcast is done with."""
        return Memory(sent=self.sent)
