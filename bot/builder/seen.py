"""What a review card is about: a draft, and whom it would reach on all its channels, as it stands at this moment."""

from dataclasses import dataclass

from bot.builder.channels import everybody, others
from bot.conversation.turn import Turn
from broadcast.draft import Draft, fingerprint
from broadcast.group import Part
from broadcast.reach import Reach


@dataclass(frozen=True, slots=True)
class Seen:
    """A draft, its reach on the admin's own channel, and its parts on the others."""

    draft: Draft
    reach: Reach
    elsewhere: tuple[Part, ...] = ()

    @property
    def people(self) -> int:
        """How many people can get it, on all its channels."""
        return everybody(self.reach, self.elsewhere)

    @property
    def binding(self) -> str:
        """What a button of the card carries: which draft, and which state of it and of its reach everywhere."""
        also = [fingerprint(part.draft, part.reach.can_get) for part in self.elsewhere]
        return ".".join([str(self.draft.id), fingerprint(self.draft, self.reach.can_get), *also])


def draft_of(card: str) -> int:
    """Return the id of the draft a button's card was about; 0 when it names none."""
    number = card.partition(".")[0]
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0


def look(turn: Turn, draft: Draft) -> Seen:
    """Return a draft with its reach of now. Raises `FilterProblem` when its filter makes no sense any more."""
    return Seen(draft, turn.desk.reach(draft), others(turn, draft))


def is_timed(turn: Turn, draft: Draft) -> bool:
    """Say whether the draft has a time that is still to come."""
    return draft.scheduled_for is not None and draft.scheduled_for > turn.now
