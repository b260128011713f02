"""The parts of the day: which hour "8 in the evening" is, and which hour "in the evening" is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day: the hour meant when none is said, and rows (first, last, add) for one that is.

    A sum of 24 or more is an hour of the next day: 今晚12点 is the midnight to come.
    """

    hour: int
    rows: tuple[tuple[int, int, int], ...]

    def hour_of(self, said: int) -> int | None:
        """Return the hour meant by `said` in this part, or None where they contradict each other."""
        return next((said + add for first, last, add in self.rows if first <= said <= last), None)


PARTS = {
    "AM": Part(9, ((0, 11, 0), (12, 12, -12))),
    "PM": Part(15, ((1, 11, 12), (12, 23, 0))),
    "MORNING": Part(9, ((0, 12, 0),)),
    "NOON": Part(12, ((1, 3, 12), (11, 15, 0))),
    "AFTERNOON": Part(15, ((1, 11, 12), (12, 23, 0))),
    "NIGHT": Part(20, ((0, 4, 24), (5, 11, 12), (12, 12, 12), (17, 23, 0))),
    "SMALL_HOURS": Part(2, ((0, 6, 0), (12, 12, -12))),
}
"""By the name of the terminal in `grammar.lark`."""

DEFAULT_HOUR = 9
"""The hour of a day typed without one ("monday"): the start of office hours, and it is always said back."""
