"""When a worker's calls on one channel leave: in their slots or later, never closer together than the rate allows."""

BEHIND_MOST_SECONDS = 0.1
"""A worker whose calls leave so long after their slots reserves no more: several blocks, and little to wait for."""


class Departures:
    """Gives every call its moment; all times are seconds of one monotonic clock.

    After a hiccup (a slow commit, a busy event loop) a worker finds that some slots have passed. If their calls all
    left at once, that second would hold more than the rate. They leave with the shortest distance the rate allows
    instead; bulk is granted a little less than the rate, and by that little such a worker catches up.
    """

    def __init__(self) -> None:
        self._free = 0.0
        self._late = 0.0

    def moment(self, slot: float, now: float, apart: float) -> float:
        """Return when the call may leave whose slot has come; calls that leave are `apart` seconds at least."""
        moment = max(now, self._free)
        self._free = moment + apart
        self._late = moment - slot
        return moment

    def behind(self) -> float:
        """Return how many seconds to wait before more slots are reserved; 0 or less when nearly on time."""
        return self._late - BEHIND_MOST_SECONDS
