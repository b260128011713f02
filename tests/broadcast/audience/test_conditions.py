"""Conditions of a tree can be added, changed and taken out one by one."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from broadcast.audience.conditions import conditions, joined, replaced, without
from broadcast.audience.fields import Vocabulary
from broadcast.audience.nodes import EVERYONE, Kind, Node, Not, depth
from broadcast.audience.parse import parse
from tests.broadcast.audience.strategies import trees_with_histories

WORDS = Vocabulary({"plan": Kind.TEXT})
NEW = parse("plan = new", WORDS)


def tree(text: str) -> Node:
    return parse(text, WORDS)


JOINED = (
    ("everyone", "and", "plan = new"),
    ("everyone", "or", "everyone"),
    ("city = a", "and", "city = a and plan = new"),
    ("city = a and city = b", "and", "city = a and city = b and plan = new"),
    ("city = a and city = b", "or", "(city = a and city = b) or plan = new"),
    ("city = a or city = b", "or", "city = a or city = b or plan = new"),
    ("city = a or city = b", "and", "(city = a or city = b) and plan = new"),
    ("not (city = a and city = b)", "or", "not (city = a and city = b) or plan = new"),
)


@pytest.mark.parametrize(("before", "joiner", "after"), JOINED)
def test_a_condition_is_joined_to_the_whole_of_what_was_there(before: str, joiner: str, after: str) -> None:
    assert joined(tree(before), joiner, NEW) == tree(after)


CHANGED = (
    ("city = a", 1, "plan = new", "everyone"),
    ("not city = a", 1, "plan = new", "everyone"),
    ("city = a and city = b", 2, "city = a and plan = new", "city = a"),
    ("city = a and (city = b or not city = c)", 3, "city = a and (city = b or plan = new)", "city = a and city = b"),
    ("city = a and (city = b or city = c)", 1, "plan = new and (city = b or city = c)", "city = b or city = c"),
    (
        "not (city = a or city = b) and got any",
        2,
        "not (city = a or plan = new) and got any",
        "not city = a and got any",
    ),
)


@pytest.mark.parametrize(("before", "number", "with_new", "without_it"), CHANGED)
def test_one_condition_is_replaced_or_taken_out(before: str, number: int, with_new: str, without_it: str) -> None:
    assert replaced(tree(before), number, NEW) == tree(with_new)
    assert without(tree(before), number) == tree(without_it)


def test_everyone_has_no_conditions() -> None:
    assert conditions(EVERYONE) == ()


def bare(found: tuple[Node, ...]) -> list[Node]:
    """Return conditions without the `not` before them, which a group that shrinks to one hands on to it."""
    return [_bare(node) for node in found]


def _bare(node: Node) -> Node:
    return _bare(node.part) if isinstance(node, Not) else node


@given(trees_with_histories, st.data())
def test_any_condition_of_any_tree_can_go_and_the_rest_stays_in_order(node: Node, data: st.DataObject) -> None:
    before = conditions(node)
    assume(before)
    number = data.draw(st.integers(1, len(before)))
    after, changed = without(node, number), replaced(node, number, NEW)
    assert bare(conditions(after)) == bare(before[: number - 1] + before[number:])
    assert bare(conditions(changed)) == bare((*before[: number - 1], NEW, *before[number:]))
    assert max(depth(after), depth(changed)) <= max(1, depth(node))
