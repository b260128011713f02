"""What came of a broadcast, as numbers: the sums, clicks, flows, opt-outs, and why who did not get it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from broadcast import quiet
from broadcast.buttons import places
from broadcast.draft import Draft
from storage import entries, results
from storage.entries import Sums
from storage.lifecycle import RecipientState

AFTER = timedelta(hours=24)
"""An opt-out so soon after a broadcast is counted as an answer to it."""

EXAMPLES = 3
"""People named for each reason."""


@dataclass(frozen=True, slots=True)
class Tapped:
    """A button and how many people tapped it."""

    title: str
    people: int


@dataclass(frozen=True, slots=True)
class Entered:
    """A flow, how often it was entered from the broadcast and how often completed."""

    flow: str
    entered: int
    completed: int


@dataclass(frozen=True, slots=True)
class Missed:
    """People who did not get it, or may not have, for one reason; some of them by name."""

    state: RecipientState
    reason: str
    code: str
    people: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All of it; `sums` adds up to the audience."""

    sums: Sums
    tapped: tuple[Tapped, ...]
    entered: tuple[Entered, ...]
    opted_out: int
    missed: tuple[Missed, ...]
    quiet: int = 0
    """Those who wait for their quiet hours to end."""
    by_template: int = 0
    """Those of the sent who got the template instead of the messages."""

    @property
    def delivered(self) -> int:
        """How many it is known to have reached, those who have read it included."""
        return self.sums.of(RecipientState.DELIVERED, RecipientState.READ)

    @property
    def in_doubt(self) -> int:
        """How many it may have reached or not."""
        return self.sums.of(RecipientState.UNKNOWN)


def report(draft: Draft) -> Report:
    """Read everything about a broadcast that has begun."""
    clicks = results.clicks(draft.id)
    return Report(
        sums=entries.sums(draft.id),
        tapped=tuple(Tapped(button.title, clicks.get(place, 0)) for place, button in places(draft.content)),
        entered=tuple(Entered(*row) for row in results.flows(draft.id)),
        opted_out=results.opted_out(draft.id, AFTER),
        missed=tuple(_missed(draft.id)),
        quiet=entries.waiting(draft.id, quiet.REASON),
        by_template=results.by_template(draft.id) if draft.content.template else 0,
    )


def _missed(broadcast_id: int) -> list[Missed]:
    """Return the reasons, most frequent first; the platform's codes for one reason are one line."""
    counted: dict[tuple[str, str], tuple[str, int]] = {}
    for state, reason, code, people in entries.reasons(broadcast_id):
        first, so_far = counted.get((state, reason), (code, 0))
        counted[state, reason] = (first, so_far + people)
    return [
        Missed(
            RecipientState(state), reason, code, people,
            tuple(results.examples(broadcast_id, state, reason, EXAMPLES)),
        )
        for (state, reason), (code, people) in _by_size(counted)
    ]  # fmt: skip


def _by_size(
    counted: Mapping[tuple[str, str], tuple[str, int]],
) -> list[tuple[tuple[str, str], tuple[str, int]]]:
    return sorted(counted.items(), key=lambda item: -item[1][1])
