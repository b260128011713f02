"""The tables of moves, as a page of diagrams and as pictures."""

from collections.abc import Iterator, Mapping
from typing import Any

from docs.diagram import draw
from docs.markdown import page, table
from storage import lifecycle

MACHINES: Mapping[str, tuple[str, Mapping[Any, frozenset[Any]]]] = {
    "broadcast": ("A broadcast", lifecycle.BROADCAST_MOVES),
    "recipient": ("A recipient of a broadcast", lifecycle.RECIPIENT_MOVES),
    "mass_message": ("A mass message on WeChat", lifecycle.MASS_JOB_MOVES),
    "reply": ("A reply to one person", lifecycle.OUTBOX_MOVES),
    "consent": ("A person's consent", lifecycle.CONSENT_MOVES),
}
"""Every table of moves with its title, by the name of its picture."""


def states() -> str:
    """Return the page of state diagrams."""
    parts = [part for name, (title, moves) in MACHINES.items() for part in _machine(name, title, moves)]
    return page(
        "States",
        "Every status and the moves between them; each move is one guarded UPDATE. Each begins as the first of its"
        " column. Solid lines lead on, dashed ones back; from a state with a thick edge nothing moves any more.",
        *parts,
    )


def _machine(name: str, title: str, moves: Mapping[Any, frozenset[Any]]) -> Iterator[str]:
    yield f"## {title}"
    yield f"![{title}: its states and their moves](../pictures/states_{name}.svg)"
    rows = [(f"`{start}`", ", ".join(f"`{end}`" for end in _ordered(moves, ends))) for start, ends in moves.items()]
    yield table(("from", "to"), [(start, ends or "nowhere") for start, ends in rows])


def _ordered(moves: Mapping[Any, frozenset[Any]], ends: frozenset[Any]) -> list[str]:
    return [str(state.value) for state in moves if state in ends]


def state_pictures() -> Mapping[str, str]:
    """Return the picture of each table of moves, by the name of its file."""
    return {
        f"states_{name}.svg": draw({str(start.value): _ordered(moves, ends) for start, ends in moves.items()})
        for name, (_, moves) in MACHINES.items()
    }
