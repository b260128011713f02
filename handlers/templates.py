"""What only some platforms can: messages they have approved beforehand, which may be sent outside the window.

Ask a platform with `isinstance(platform, HasTemplates)`.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

APPROVED = "APPROVED"


@dataclass(frozen=True, slots=True)
class ListedTemplate:
    """One template in one language as the platform lists it, whatever its `status` (a word of the platform's).

    `places` are the names of the places in its `body`, or their numbers counted from 1, in the order they are filled
    in; `named` says which. `fillable` is False where other parts of it have places too, which we cannot fill.
    `way_out`: it tells people itself how to hear no more.
    """

    name: str
    language: str
    status: str
    body: str
    places: tuple[str, ...] = ()
    named: bool = False
    fillable: bool = True
    way_out: bool = False


@runtime_checkable
class HasTemplates(Protocol):
    """A platform that keeps templates."""

    def templates(self) -> tuple[ListedTemplate, ...]:
        """Read all templates of the channel. Raises `PlatformError`."""
        ...
