"""Cuts people into the lists that one mass call takes. Pure."""

from collections.abc import Sequence
from itertools import pairwise

# /doc/service/api/notify/message/api_masssend.html, checked 2026-11-23: one alone is refused with 40130.
LIST_LEAST = 2
LIST_MOST = 10_000


def lists(people: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return `people`, each once and in order, in as few lists of 2 to 10,000 as can be.

    The lists are of equal length, give or take one, so that no last one is too short. Fewer than two people make no
    list: they are reached another way.
    """
    people = tuple(dict.fromkeys(people))
    if len(people) < LIST_LEAST:
        return ()
    count = -(-len(people) // LIST_MOST)
    size, longer = divmod(len(people), count)
    ends = [size * number + min(number, longer) for number in range(count + 1)]
    return tuple(people[start:end] for start, end in pairwise(ends))
