"""From what a wall clock shows to instants: one, two where clocks go back, none where they go forward."""

from datetime import UTC, datetime, timedelta, tzinfo


def instants(wall: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """Return the instants (aware, UTC, soonest first) at which clocks in `zone` show the naive `wall`."""
    both = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(moment for moment in both if moment.astimezone(zone).replace(tzinfo=None, fold=0) == wall))


def gap(wall: datetime, zone: tzinfo) -> tuple[datetime, datetime, datetime]:
    """Return the jump that leaves out the naive `wall`: its instant (UTC), and the wall clock before and after it.

    Only for a `wall` that has no instant.
    """
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    late = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    before, after = offset_at(early, zone), offset_at(late, zone)
    low, high = 0, int((late - early).total_seconds())  # the jump lies in (low, high], in seconds after `early`
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(early + timedelta(seconds=middle), zone) == before:
            low = middle
        else:
            high = middle
    jump = early + timedelta(seconds=high)
    bare = jump.replace(tzinfo=None)
    return jump, bare + before, bare + after


def offset_at(moment: datetime, zone: tzinfo) -> timedelta:
    """Return how far clocks in `zone` are ahead of UTC at an aware `moment`."""
    return moment.astimezone(zone).utcoffset() or timedelta(0)
