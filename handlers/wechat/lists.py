"""How many people the lists of a mass message have. Pure."""

# /doc/service/api/notify/message/api_masssend.html, checked 2026-11-23: one alone is refused with 40130.
LIST_LEAST = 2
LIST_MOST = 10_000


def list_sizes(people: int) -> tuple[int, ...]:
    """Return the sizes, each of 2 to 10,000, of as few lists as can hold so many people.

    The lists are of equal length, give or take one, so that no last one is too short. Fewer than two people make no
    list: they are reached another way.
    """
    if people < LIST_LEAST:
        return ()
    count = -(-people // LIST_MOST)
    size, longer = divmod(people, count)
    return tuple(size + (number < longer) for number in range(count))
