"""The conditions of a filter tree, numbered as they are read: add one, put another in its place, take one out."""

from collections.abc import Iterator
from typing import Literal

from broadcast.audience.nodes import EVERYONE, AllOf, AnyOf, Node, Not

Joiner = Literal["and", "or"]


def conditions(node: Node) -> tuple[Node, ...]:
    """Return the conditions from left to right, each with the `not` that stands before it; everyone has none."""
    return tuple(_conditions(node))


def _conditions(node: Node) -> Iterator[Node]:
    match node:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _conditions(part)
        case Not(AllOf() | AnyOf() | Not() as part):
            yield from _conditions(part)
        case _:
            yield node


def joined(node: Node, joiner: Joiner, new: Node) -> Node:
    """Return the whole of `node`, and (or) what is new: mixed joiners read from left to right, as in brackets.

    Joining anything to everyone by `and` leaves the new condition; by `or` it leaves everyone.
    """
    if node == EVERYONE:
        return new if joiner == "and" else EVERYONE
    match joiner, node:
        case ("and", AllOf(parts)):
            return AllOf((*parts, new))
        case ("or", AnyOf(parts)):
            return AnyOf((*parts, new))
        case ("and", _):
            return AllOf((node, new))
        case _:
            return AnyOf((node, new))


def replaced(node: Node, number: int, new: Node) -> Node:
    """Return the tree with another condition in the place of number `number`, counted from 1."""
    changed = _changed(node, number, new)
    assert changed is not None
    return changed


def without(node: Node, number: int) -> Node:
    """Return the tree without condition number `number`, counted from 1; everyone when it was the only one."""
    changed = _changed(node, number, None)
    return EVERYONE if changed is None else changed


def _changed(node: Node, number: int, new: Node | None) -> Node | None:
    """Return the tree with one condition changed, or None when nothing is left of it."""
    match node:
        case AllOf(parts) | AnyOf(parts):
            left: list[Node] = []
            for part in parts:
                size = len(conditions(part))
                kept = _changed(part, number, new) if 1 <= number <= size else part
                left += [kept] if kept is not None else []
                number -= size
            if len(left) > 1:
                return type(node)(tuple(left))
            return left[0] if left else None
        case Not(AllOf() | AnyOf() | Not() as part):
            kept = _changed(part, number, new)
            return None if kept is None else Not(kept)
        case _:
            return new if number == 1 else node
