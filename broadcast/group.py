"""One broadcast on several channels: a group that says the same, each part with its own ledger, road and limits.

A person may act on the parts on whose channel they are an admin too. What is composed or sent is composed and sent on
all of them or on none; what holds or ends a broadcast reaches as far as the person's rights do.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from broadcast.audience.problems import FilterProblem
from broadcast.draft import Draft, from_row
from broadcast.mass.at_once import at_once_problems
from broadcast.mass.roads import MASS
from broadcast.reach import Reach
from broadcast.service import Desk, Unsendable
from handlers.contract import Problem
from storage import admins, broadcasts
from storage.database import transaction
from storage.entries import Sums
from storage.lifecycle import BroadcastStatus, IllegalMove

_S = BroadcastStatus
_T = TypeVar("_T")

OWN = frozenset({"name", "road", "group_id"})
"""What each part has for itself; any other change is made to all of them."""

COPIED = ("content", "audience", "scheduled_for", "local_time", "time_zone", "late_seconds", "canary", "canary_goes_on")
"""What a new part begins with."""

BEFORE = (_S.DRAFT, _S.SCHEDULED, _S.MISSED)
"""Where a part may still be composed, sent or put into the calendar."""

NOBODY = Reach(0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Part:
    """One channel's broadcast of a group. `by` is who the person is there, `role` their role, '' for no admin."""

    desk: Desk
    draft: Draft
    by: str
    role: str

    @cached_property
    def reach(self) -> Reach:
        """Who would get it there; nobody where the filter makes no sense."""
        return NOBODY if self.filter_problem else self.desk.reach(self.draft)

    @cached_property
    def filter_problem(self) -> FilterProblem | None:
        """What is wrong with the audience there."""
        return self.desk.check(self.draft.audience)


def parts(desk: Desk, draft: Draft, by: str) -> tuple[Part, ...]:
    """Return the parts of a broadcast that `by` may see, by channel; alone where it has no others."""
    if draft.group_id is None:
        return (_part(desk, draft, by),)
    return tuple(part for part in _wherever_it_goes(desk, draft, by) if part.draft.id == draft.id or part.role)


def before(desk: Desk, draft: Draft, by: str) -> tuple[Part, ...]:
    """Return those parts that have not left yet."""
    return tuple(part for part in parts(desk, draft, by) if part.draft.status in BEFORE)


def possible(desk: Desk, draft: Draft, by: str) -> list[Desk]:
    """Return the desks of the channels a draft could be sent on as well."""
    if draft.practice:
        return []
    taken = {part.draft.channel_id for part in before(desk, draft, by)}
    selves = {one.channel_id for one in admins.elsewhere(desk.channel_id, by)}
    return [one for one in desk.elsewhere() if one.channel_id in selves - taken]


def add(desk: Desk, draft: Draft, there: Desk, by: str) -> Draft:
    """Let a draft go out on another channel as well; return the draft. `there` is one of those `possible`.

    Raises `storage.broadcasts.EditedMeanwhile` when the draft was changed since it was read.
    """
    own = next(one for one in admins.elsewhere(desk.channel_id, by) if one.channel_id == there.channel_id)
    first = draft.group_id or draft.id
    with transaction():
        _lock(draft)
        edited = desk.edit(draft, group_id=first)
        row = broadcasts.get(draft.id)
        broadcasts.create(
            there.channel_id,
            there.free_name(draft.name),
            own.platform_user_id,
            desk.now(),
            road=there.roads[0],
            group_id=first,
            **{name: getattr(row, name) for name in COPIED},
        )
    return edited


def drop(desk: Desk, draft: Draft, part: Part) -> Draft:
    """Let a draft not go out on another channel after all; return the draft. Raises like `add`."""
    with transaction():
        _lock(draft)
        part.desk.cancel(part.desk.edit(part.draft, group_id=None), part.by)
        others = [row for row in broadcasts.group(draft.group_id or draft.id) if row.id != draft.id]
        return desk.edit(draft, group_id=draft.group_id if others else None)


def edit(desk: Desk, draft: Draft, by: str, **changes: Any) -> Draft:
    """Change a draft as `Desk.edit` does, and what its parts share on all channels. Raises `Unsendable` as well."""
    shared = {name: value for name, value in changes.items() if name not in OWN}
    with transaction():
        _lock(draft)
        edited = desk.edit(draft, **changes)
        for part in _others(desk, draft, by) if shared else ():
            part.desk.edit(part.draft, **shared)
    return edited


def unschedule(desk: Desk, draft: Draft, by: str) -> Draft:
    """Take a broadcast out of the calendar on all channels. Raises `Unsendable` where the person may not."""
    with transaction():
        _lock(draft)
        for part in _others(desk, draft, by):
            if part.draft.status is not _S.DRAFT:
                part.desk.unschedule(part.draft, part.by)
        return desk.unschedule(draft, by)


def refusal(desk: Desk, draft: Draft, by: str) -> Unsendable | None:
    """Return why another channel would refuse it now, before limits are looked at; None when none would."""
    if draft.group_id is None:
        return None
    try:
        others = _others(desk, draft, by)
    except Unsendable as error:
        return error
    for part in others:
        if found := objections(part):
            return Unsendable(found, channel=part.desk.channel_name)
    return None


def send(desk: Desk, draft: Draft, by: str, *, approved: bool = False) -> datetime:
    """Start a broadcast on all its channels, or on none; return when the last undo period ends.

    `approved` speaks for the draft's own channel. Raises as `Desk.send` does.
    """

    def one(part: Part) -> datetime:
        return part.desk.send(part.draft, part.by, approved=approved and part.draft.id == draft.id)

    return max(_all(desk, draft, by, one))


def schedule(desk: Desk, draft: Draft, by: str, *, approved: bool = False) -> None:
    """Put a broadcast into the calendar of all its channels, or of none. Raises as `Desk.schedule` does."""

    def one(part: Part) -> None:
        part.desk.schedule(part.draft, part.by, approved=approved and part.draft.id == draft.id)

    _all(desk, draft, by, one)


def undo_send(desk: Desk, draft: Draft, by: str) -> bool:
    """Take a send back on all channels; False, and nothing is taken back, when one may have left.

    Whoever let it out, or approved that, may: with half of it on its way nobody could be told that nobody got it.
    """
    with transaction() as undone:
        _lock(draft)
        for part in _wherever_it_goes(desk, draft, by):
            left_alone = part.draft.status in {_S.DRAFT, _S.CANCELLED, _S.FAILED} and part.draft.id != draft.id
            if not left_alone and not part.desk.undo_send(part.draft, part.by):
                undone.rollback()
                return False
    return True


def pause(desk: Desk, draft: Draft, by: str) -> Sums:
    """Hold a broadcast wherever it is on its way and the person may; return the numbers. Raises `IllegalMove`."""
    return _wherever(desk, draft, by, lambda part: part.desk.pause(part.draft, part.by))


def resume(desk: Desk, draft: Draft, by: str) -> Sums:
    """Let a paused broadcast go on wherever the person may; return the numbers. Raises as `Desk.resume` does."""
    return _wherever(desk, draft, by, lambda part: part.desk.resume(part.draft, part.by))


def cancel(desk: Desk, draft: Draft, by: str) -> Sums:
    """End a broadcast for good wherever the person may; return the numbers. Raises `IllegalMove`."""
    return _wherever(desk, draft, by, lambda part: part.desk.cancel(part.draft, part.by))


def together(sums: Iterable[Sums]) -> Sums:
    """Return the numbers of several ledgers as those of one; they add up as each of them does."""
    total: Counter[str] = Counter()
    for one in sums:
        total.update(one.by_state)
    return Sums(dict(total))


def _lock(draft: Draft) -> None:
    if draft.group_id is not None:
        broadcasts.group(draft.group_id, lock=True)


def _wherever_it_goes(desk: Desk, draft: Draft, by: str) -> list[Part]:
    """Return all parts, those too on whose channel the person is nobody: there they go by their id here."""
    selves = {one.channel_id: one.platform_user_id for one in admins.elsewhere(desk.channel_id, by)}
    desks = {one.channel_id: one for one in desk.elsewhere()}
    found = []
    for row in broadcasts.group(draft.group_id) if draft.group_id is not None else ():
        if row.id != draft.id and row.channel_id in desks:
            there, own = desks[row.channel_id], selves.get(row.channel_id)
            found.append(_part(there, from_row(row), own) if own else Part(there, from_row(row), by, ""))
    return sorted([*found, _part(desk, draft, by)], key=lambda part: part.draft.channel_id)


def _part(desk: Desk, draft: Draft, by: str) -> Part:
    admin = admins.find(desk.channel_id, by)
    return Part(desk, draft, by, admin.role if admin else "")


def out_of_hands(desk: Desk, draft: Draft, by: str) -> Problem | None:
    """Return why the person may not change or send a draft alone: a part of it is where they are no admin."""
    if draft.group_id is None:
        return None
    others = [part for part in _wherever_it_goes(desk, draft, by) if part.draft.id != draft.id]
    if not any(part.draft.status in BEFORE and not part.role for part in others):
        return None
    return Problem("other_channel", "It goes out on another channel too, where you are no admin. Ask somebody who is.")


def reserved(desk: Desk, draft: Draft, by: str) -> Problem | None:
    """Return why the person may not change what is scheduled: where they are a writer, that is a sender's."""
    held = [part for part in parts(desk, draft, by) if part.role == "writer" and part.draft.status is _S.SCHEDULED]
    if not held:
        return None
    if any(part.draft.id == draft.id for part in held):
        return Problem(
            "needs_sender",
            "“{name}” is scheduled, so only a sender or an owner can change or cancel it.",
            {"name": draft.name},
        )
    return Problem(
        "needs_sender_elsewhere",
        "“{name}” is scheduled on {channel} too, where only a sender or an owner can change it.",
        {"name": draft.name, "channel": held[0].desk.channel_name},
    )


def _others(desk: Desk, draft: Draft, by: str) -> list[Part]:
    """Return the other parts that have not left yet. Raises `Unsendable` when one is out of the person's hands."""
    if (problem := out_of_hands(desk, draft, by)) is not None:
        raise Unsendable([problem])
    return [part for part in before(desk, draft, by) if part.draft.id != draft.id]


def objections(part: Part) -> list[Problem]:
    """List why a part cannot be sent on its channel as it stands, before limits are looked at."""
    draft = part.draft
    if part.filter_problem:
        return [Problem("filter", "This channel cannot choose such an audience.")]
    found = part.desk.problems(draft.content, draft.road) if draft.content.messages else []
    if draft.road == MASS:
        found += at_once_problems(draft)
    reach = part.reach
    timed = draft.scheduled_for is not None and draft.scheduled_for > part.desk.now()
    if not (reach.matched if timed else reach.can_get):
        found.append(Problem("nobody", "Nobody can get it there."))
    if not found and part.desk.needs_approval(draft, part.by):
        found.append(Problem("needs_approval", "Somebody else has to approve this first."))
    return found


def _all(desk: Desk, draft: Draft, by: str, deed: Callable[[Part], _T]) -> list[_T]:
    """Do it on every channel or on none, always in the order of channels."""
    if draft.group_id is None:
        return [deed(_part(desk, draft, by))]
    done = []
    with transaction():
        _lock(draft)
        if (refused := refusal(desk, draft, by)) is not None:
            raise refused
        found = [*_others(desk, draft, by), _part(desk, draft, by)]
        for part in sorted(found, key=lambda part: part.draft.channel_id):
            try:
                done.append(deed(part))
            except Unsendable as error:
                raise Unsendable(error.found, error.slot, part.desk.channel_name) from error
    return done


def _wherever(desk: Desk, draft: Draft, by: str, deed: Callable[[Part], object]) -> Sums:
    """Do it to the broadcast itself and to every other part that can take it."""
    with transaction():
        _lock(draft)
        for part in parts(desk, draft, by):
            own = part.draft.id == draft.id
            if not own and part.role == "writer" and part.draft.status not in (_S.DRAFT, _S.MISSED):
                continue  # as on that channel: what is scheduled or on its way is for senders and owners
            try:
                with transaction():
                    deed(part)
            except (IllegalMove, Unsendable):
                if own:
                    raise
        present = [desk.progress(part.draft).sums for part in parts(desk, draft, by)]
    return together(present)
