"""Temporary tags: how an account that may not name people reaches some of them with one call."""

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from handlers.contract import PlatformError
from handlers.many import MassSending
from handlers.outcomes import Fate
from storage import mass_jobs, mass_people
from storage.database import transaction
from storage.lifecycle import RecipientState
from storage.mass_models import MassJob

TOO_FULL = "tag_too_full"
"""The reason platforms give for not deleting a tag that too many people have."""

AT_ONCE = 100
"""So many calls that take a tag away are made before other work has its turn."""

_OPEN = (RecipientState.PENDING.value, RecipientState.UNKNOWN.value)
_PERSONAL = frozenset({Fate.SKIP, Fate.UNSUBSCRIBE})
_log = structlog.get_logger()


def give_tag(
    job: MassJob, mass: MassSending, now: Callable[[], datetime], goes_on: Callable[[], bool]
) -> frozenset[int] | None:
    """Give a job's people its tag, a few at a time; None when that was to stop on the way.

    How far it came is committed after each call. Raises `PlatformError`. Who cannot be tagged is skipped; who stopped
    while the others were being tagged loses the tag again. Returns the subscriber ids of those who have just lost it.
    """
    if job.tag is None:
        mass_jobs.change(job, tag=mass.create_tag(f"clarion {job.key}"))
    tag = job.tag
    assert tag is not None
    while members := mass_people.people(job, _OPEN, job.tagged, mass.tag_most):
        wanted = [member.person for member in members if not member.barred]
        failed = _each(lambda people: mass.add_to_tag(tag, people), wanted)
        gone = [
            (member.subscriber_id, reason)
            for member in members
            if (reason := member.barred or failed.get(member.person, ""))
        ]
        with transaction():
            mass_people.skip(job, gone, now(), RecipientState.PENDING)
            mass_jobs.change(job, tagged=members[-1].subscriber_id, attempts=0)
        if not goes_on():
            return None
    return _take_back(job, tag, mass, now)


def _take_back(job: MassJob, tag: int, mass: MassSending, now: Callable[[], datetime]) -> frozenset[int]:
    """Take the tag from those of a job's people who may not be written to any more; return their subscriber ids."""

    def take(people: Sequence[str]) -> tuple[str, ...]:
        mass.take_from_tag(tag, people)
        return ()

    barred = mass_people.barred(job, _OPEN)
    for start in range(0, len(barred), mass.tag_most):
        part = barred[start : start + mass.tag_most]
        _each(take, [member.person for member in part])
        with transaction():
            mass_people.skip(job, [(one.subscriber_id, one.barred) for one in part], now(), RecipientState.PENDING)
    return frozenset(member.subscriber_id for member in barred)


def _each(call: Callable[[Sequence[str]], Sequence[str]], people: Sequence[str]) -> dict[str, str]:
    """Make a call for people; return why for whom it failed. One person's trouble must not keep the others from it.

    The call returns for whom it failed though it was taken.
    """
    if not people:
        return {}
    try:
        return dict.fromkeys(call(people), "not_tagged")
    except PlatformError as error:
        if error.failure is None or error.failure.fate not in _PERSONAL:
            raise
        if len(people) == 1:
            return {people[0]: error.failure.reason}
    half = len(people) // 2
    return _each(call, people[:half]) | _each(call, people[half:])


def remove_tags(channel_id: int, mass: MassSending, used_before: datetime) -> None:
    """Delete temporary tags whose job is over. A tag that cannot be deleted now is tried again."""
    for job in mass_jobs.with_tags_to_delete(channel_id, used_before):
        assert job.tag is not None
        try:
            mass.delete_tag(job.tag)
        except PlatformError as error:
            if error.failure is None or error.failure.reason != TOO_FULL:
                _log.warning("tag_stays", broadcast=job.broadcast_id, why=str(error))
                return
            if not _empty(job, job.tag, mass):
                return
        else:
            mass_jobs.change(job, tag=None)


def _empty(job: MassJob, tag: int, mass: MassSending) -> bool:
    """Take a tag from some of its people, until few enough have it for it to be deleted; False where that failed."""
    for _ in range(AT_ONCE):
        members = mass_people.tagged_last(job, mass.tag_most)
        if not members:
            break
        try:
            mass.take_from_tag(tag, [member.person for member in members])
        except PlatformError as error:
            _log.warning("tag_stays", broadcast=job.broadcast_id, why=str(error))
            return False
        mass_jobs.change(job, tagged=members[-1].subscriber_id - 1)
    return True
