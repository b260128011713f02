"""What one mass job needs next: a tag, a draft, its call; each step is committed, so that another worker can go on.

Everything here blocks and runs in the channel's own thread.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcast.draft import Draft, from_row
from broadcast.mass.alone import write_to_one
from broadcast.mass.record import Record
from broadcast.mass.tagging import give_tag
from broadcast.pictures import place_covers, place_pictures
from broadcast.sweep import Notify
from handlers.content import Articles, Content, Message
from handlers.contract import Platform, PlatformError
from handlers.many import Everyone, Listed, MassSending, Recipients, Tagged
from storage import broadcasts, mass_jobs, mass_people
from storage.database import transaction
from storage.lifecycle import BroadcastStatus, MassJobState, RecipientState
from storage.mass_models import MassJob
from storage.mass_people import Member

KEY_MARGIN = timedelta(minutes=30)
"""An unclear call is not repeated this near to the moment when the platform forgets its key."""

_OPEN = (RecipientState.PENDING.value, RecipientState.UNKNOWN.value)


@dataclass(frozen=True, slots=True)
class Steps:
    """Takes jobs of one channel on. `stopping` says whether this worker is to begin nothing more."""

    channel_id: int
    platform: Platform
    mass: MassSending
    now: Callable[[], datetime]
    notify: Notify
    stopping: Callable[[], bool] = lambda: False

    @property
    def record(self) -> Record:
        """What writes down the outcomes of this channel's calls."""
        return Record(self.channel_id, self.mass, self.now, self.notify)

    def take(self, job: MassJob) -> None:
        """Do what a claimed job needs, up to and including its call."""
        row = broadcasts.get(job.broadcast_id)
        assert row is not None
        draft = from_row(row)
        if self._too_late(job):
            with transaction():
                self.record.never_answered(job)
            return
        try:
            content = place_pictures(self.channel_id, self.platform, draft.content, self.now())
            handle = self._draft(job, content.messages[0], content)
            # Last of all, so that hardly anybody can stop between the tags and the call.
            without = frozenset[int]()
            if job.kind == "tag":
                given = give_tag(job, self.mass, self.now, lambda: self._goes_on(draft))
                if given is None:
                    mass_jobs.release(job)
                    return
                without = given
        except PlatformError as error:
            with transaction():
                self.record.put_off(job, draft, error)
            return
        if self.stopping():
            mass_jobs.release(job)
        elif job.kind == "single":
            write_to_one(job, draft, content, handle, self.platform, self.mass, self.record)
        else:
            self._call(job, draft, content, handle, without)

    def _too_late(self, job: MassJob) -> bool:
        """Say whether a call that may have been heard is so old that its key may be forgotten: it is not repeated."""
        return (
            job.state == MassJobState.UNCLEAR
            and job.first_call_at is not None
            and self.now() >= job.first_call_at + self.mass.key_lifetime - KEY_MARGIN
        )

    def _goes_on(self, draft: Draft) -> bool:
        row = broadcasts.get(draft.id)
        return row is not None and row.status == BroadcastStatus.SENDING and not self.stopping()

    def _draft(self, job: MassJob, message: Message, content: Content) -> str:
        """Store articles as a draft of this job: one dies with the call that sends it."""
        if not isinstance(message, Articles):
            return ""
        if not job.draft:
            covers = place_covers(self.channel_id, self.platform, message, self.now())
            mass_jobs.change(job, draft=self.mass.draft(message, way_out=content.way_out, covers=covers))
        return job.draft

    def _call(self, job: MassJob, draft: Draft, content: Content, handle: str, without: frozenset[int]) -> None:
        """Commit the intent, make the call, record what it came to; `without` are those whose tag was taken away."""
        with transaction():
            barred = mass_people.barred(job, _OPEN)
            to = self._begin(job, draft, barred, without)
        if to is None:
            return
        outcome = self.mass.send(to, content.messages[0], way_out=content.way_out, key=job.key, draft=handle)
        with transaction():
            self.record.outcome(job, draft, outcome, barred)

    def _begin(self, job: MassJob, draft: Draft, barred: list[Member], without: frozenset[int]) -> Recipients | None:
        """Choose to whom the call is, and commit that it is made; None when there is no call to make now.

        `barred` are those of its people who may not be written to any more, `without` those of them who have no tag.
        Whoever was in an earlier call that may have been heard stays in doubt until this one's answer tells.
        """
        now = self.now()
        if not mass_jobs.stands(job):
            return None
        if not mass_jobs.lock_sending(draft.id):
            mass_jobs.release(job)
            return None
        if job.kind == "everyone" and self._somebody_stopped(barred):
            mass_jobs.change(job, kind="tag", worker=None)  # only a tag leaves them out
            return None
        if job.kind == "tag" and not without.issuperset(member.subscriber_id for member in barred):
            mass_jobs.release(job)  # some stopped since the tags were given: theirs are taken away first
            return None
        mass_people.skip(job, [(member.subscriber_id, member.barred) for member in barred], now, RecipientState.PENDING)
        to = self._to(job)
        if to is None:
            return None
        mass_people.mark_sending(job, now)
        mass_jobs.move(job, MassJobState.CALLING, now, called_at=now, first_call_at=job.first_call_at or now)
        return to

    def _somebody_stopped(self, barred: list[Member]) -> bool:
        """Say whether a call to everyone would reach somebody who stopped, be they in the ledger or new since then."""
        return any(member.barred == "opted_out" for member in barred) or mass_people.anybody_stopped(self.channel_id)

    def _to(self, job: MassJob) -> Recipients | None:
        match job.kind:
            case "list":
                people = tuple(member.person for member in mass_people.people(job, _OPEN) if not member.barred)
                if self.mass.list_sizes(len(people)):
                    return Listed(people)
                left = len(people)
            case kind:
                open_states = (RecipientState.PENDING, RecipientState.UNKNOWN)
                left = mass_people.count(job, *open_states) - len(mass_people.barred(job, _OPEN))
                if left > 0:
                    if kind == "everyone":
                        return Everyone()
                    assert job.tag is not None
                    return Tagged(job.tag)
        if job.state != MassJobState.PLANNED:
            self.record.never_answered(job)  # too few are left to ask again with its key
        elif left:
            mass_jobs.change(job, kind="single", worker=None)
        else:
            mass_jobs.move(job, MassJobState.FAILED, self.now(), reason="nobody_left", worker=None)
        return None
