"""What one mass job needs next: a tag, a draft, its call; each step is committed, so that another worker can go on.

Everything here blocks and runs in the channel's own thread.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from broadcast.draft import Draft, from_row
from broadcast.outgoing import Composer
from broadcast.pictures import place_covers, place_pictures
from broadcast.sweep import SYSTEM, Notify, hold
from handlers.content import Articles, Content, Message
from handlers.contract import Platform, PlatformError
from handlers.many import Everyone, Listed, MassSending, Recipients, Tagged
from handlers.outcomes import Accepted, Fate, Outcome, Refused, Uncertain
from storage import broadcasts, channels, mass_jobs, subscribers
from storage.database import transaction
from storage.lifecycle import BroadcastStatus, MassJobState, RecipientState
from storage.models import MassJob

AGAIN_AFTER = timedelta(seconds=61)
"""An unclear call is repeated no sooner: a key used again within a minute is refused (45066)."""

KEY_MARGIN = timedelta(minutes=30)
"""An unclear call is not repeated this near to the moment when the platform forgets its key."""

CONFIRMING = "waiting_for_confirmation"
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Steps:
    """Takes jobs of one channel on."""

    channel_id: int
    platform: Platform
    mass: MassSending
    now: Callable[[], datetime]
    notify: Notify

    def take(self, job: MassJob) -> None:
        """Do what a claimed job needs, up to and including its call."""
        row = broadcasts.get(job.broadcast_id)
        assert row is not None
        draft = from_row(row)
        try:
            if job.kind == "tag" and not self._tag(job, draft):
                return
            content = place_pictures(self.channel_id, self.platform, draft.content, self.now())
            message = content.messages[0]
            handle = self._draft(job, message, content)
        except PlatformError as error:
            self._put_off(job, draft, error)
            return
        if job.kind == "single":
            self._write_to_one(job, draft, content, handle)
            return
        self._call(job, draft, content, handle)

    def _tag(self, job: MassJob, draft: Draft) -> bool:
        """Give the job's people its tag, fifty at a time; False when the broadcast was held meanwhile."""
        if job.tag is None:
            job.tag = self.mass.create_tag(f"clarion {job.key}")
            mass_jobs.change(job, tag=job.tag)
        while True:
            people = mass_jobs.people(job, ("pending",), job.tagged, self.mass.tag_most)
            if not people:
                break
            failed = set(self.mass.add_to_tag(job.tag, [openid for _, openid, may in people if may]))
            gone = [
                (person, "not_tagged" if may else "opted_out")
                for person, openid, may in people
                if not may or openid in failed
            ]
            job.tagged = people[-1][0]
            with transaction():
                mass_jobs.skip(job, gone, self.now())
                mass_jobs.change(job, tagged=job.tagged)
            if not self._sending(draft):
                return False
        # Who stopped while the others were being tagged must not get it either.
        left = [(person, openid) for person, openid, may in mass_jobs.people(job, ("pending", "unknown")) if not may]
        for start in range(0, len(left), self.mass.tag_most):
            part = left[start : start + self.mass.tag_most]
            self.mass.take_from_tag(job.tag, [openid for _, openid in part])
            mass_jobs.skip(job, [(person, "opted_out") for person, _ in part], self.now())
        return True

    def _draft(self, job: MassJob, message: Message, content: Content) -> str:
        """Store articles as a draft of this job: one dies with the call that sends it."""
        if not isinstance(message, Articles):
            return ""
        if not job.draft:
            covers = place_covers(self.channel_id, self.platform, message, self.now())
            job.draft = self.mass.draft(message, way_out=content.way_out, covers=covers)
            mass_jobs.change(job, draft=job.draft)
        return job.draft

    def _call(self, job: MassJob, draft: Draft, content: Content, handle: str) -> None:
        """Commit the intent, make the call, record what it came to."""
        to = self._begin(job, draft)
        if to is None:
            return
        outcome = self.mass.send(to, content.messages[0], way_out=content.way_out, key=job.key, draft=handle)
        with transaction():
            self._record(job, draft, outcome)

    def _begin(self, job: MassJob, draft: Draft) -> Recipients | None:
        now = self.now()
        with transaction():
            if not mass_jobs.lock_sending(draft.id):
                mass_jobs.change(job, worker=None)
                return None
            people = mass_jobs.people(job, ("pending", "sending", "unknown"))
            mass_jobs.skip(job, [(person, "opted_out") for person, _, may in people if not may], now)
            allowed = tuple(openid for _, openid, may in people if may)
            if not allowed:
                mass_jobs.move(job, MassJobState.FAILED, now, reason="nobody_left", worker=None)
                return None
            if job.kind == "list" and not self.mass.list_sizes(len(allowed)):
                mass_jobs.change(job, kind="single", worker=None)
                return None
            mass_jobs.mark_sending(job, now)
            if job.state != MassJobState.CALLING:
                mass_jobs.move(job, MassJobState.CALLING, now)
            mass_jobs.change(job, called_at=now, first_call_at=job.first_call_at or now)
            job.first_call_at = job.first_call_at or now
        match job.kind:
            case "everyone":
                return Everyone()
            case "tag":
                assert job.tag is not None
                return Tagged(job.tag)
            case _:
                return Listed(allowed)

    def _record(self, job: MassJob, draft: Draft, outcome: Outcome) -> None:
        now = self.now()
        match outcome:
            case Accepted(message_id):
                mass_jobs.move(job, MassJobState.SUBMITTED, now, job_id=message_id, worker=None, reason="")
                mass_jobs.mark(job, RecipientState.SENT, now, job_id=message_id)
            case Uncertain(why) if why == CONFIRMING:
                mass_jobs.move(job, MassJobState.CONFIRMING, now, worker=None, reason=why)
                mass_jobs.mark(job, RecipientState.UNKNOWN, now, reason=why)
                self.notify("confirming", draft)
            case Uncertain(why):
                mass_jobs.mark(job, RecipientState.UNKNOWN, now, reason="no_answer")
                self._unclear(job, why, now)
            case Refused(failure):
                self._refused(job, draft, outcome, now)
                _log.warning("mass_call_refused", broadcast=draft.id, code=outcome.code, reason=failure.reason)

    def _unclear(self, job: MassJob, why: str, now: datetime) -> None:
        """Repeat with the same key a minute later, while the platform still knows it; never after that."""
        first = job.first_call_at or now
        if now + AGAIN_AFTER < first + self.mass.key_lifetime - KEY_MARGIN:
            mass_jobs.move(job, MassJobState.UNCLEAR, now, not_before=now + AGAIN_AFTER, worker=None, reason=why)
        else:
            mass_jobs.move(job, MassJobState.FAILED, now, worker=None, reason="never_answered")

    def _refused(self, job: MassJob, draft: Draft, refused: Refused, now: datetime) -> None:
        failure = refused.failure
        wait = now + timedelta(seconds=failure.wait_seconds or AGAIN_AFTER.total_seconds())
        match failure.fate:
            case Fate.RETRY:
                # Too soon, or busy: whatever an earlier call with this key came to is still open.
                if mass_jobs.people(job, ("unknown",), at_most=1):
                    mass_jobs.move(job, MassJobState.UNCLEAR, now, not_before=wait, worker=None, reason=failure.reason)
                else:
                    self._back(job, wait, failure.reason, now)
            case Fate.PAUSE:
                self._back(job, now, failure.reason, now)
                until = None if failure.wait_seconds is None else wait
                channels.pause(self.channel_id, failure.reason, until)
            case Fate.STOP:
                self._back(job, now, failure.reason, now)
                hold(draft, SYSTEM, failure.reason, now, self.notify)
            case _:
                mass_jobs.move(job, MassJobState.FAILED, now, worker=None, reason=failure.reason)
                mass_jobs.mark(job, RecipientState.FAILED, now, reason=failure.reason)

    def _back(self, job: MassJob, not_before: datetime, reason: str, now: datetime) -> None:
        mass_jobs.move(job, MassJobState.PLANNED, now, not_before=not_before, worker=None, reason=reason)
        mass_jobs.mark(job, RecipientState.PENDING, now, reason=reason)

    def _put_off(self, job: MassJob, draft: Draft, error: PlatformError) -> None:
        """Something before the call was refused: nothing was said to anybody."""
        now = self.now()
        failure = error.failure
        retry = failure is not None and failure.fate in {Fate.RETRY, Fate.PAUSE}
        seconds = (failure.wait_seconds if failure else None) or AGAIN_AFTER.total_seconds()
        mass_jobs.change(job, not_before=now + timedelta(seconds=seconds), worker=None, reason=str(error))
        if not retry:
            hold(draft, SYSTEM, str(error), now, self.notify)

    def _write_to_one(self, job: MassJob, draft: Draft, content: Content, handle: str) -> None:
        """Reach a single person: by a message of their own while their window is open, else as a preview."""
        now = self.now()
        people = mass_jobs.people(job, ("pending",))
        if not people or not people[0][2] or not mass_jobs.lock_sending(draft.id):
            mass_jobs.skip(job, [(person, "opted_out") for person, _, _ in people], now)
            mass_jobs.move(job, MassJobState.FAILED, now, worker=None, reason="nobody_left")
            return
        subscriber_id, openid, _ = people[0]
        with transaction():
            mass_jobs.mark_sending(job, now)
            mass_jobs.move(job, MassJobState.CALLING, now, first_call_at=now, called_at=now)
        outcome = self._speak(subscriber_id, openid, draft, content, handle)
        with transaction():
            if isinstance(outcome, Uncertain):  # there is no key on this road: it is not repeated
                mass_jobs.move(job, MassJobState.FAILED, self.now(), worker=None, reason="no_answer")
                mass_jobs.mark(job, RecipientState.UNKNOWN, self.now(), reason="no_answer")
            else:
                self._record(job, draft, outcome)

    def _speak(self, subscriber_id: int, openid: str, draft: Draft, content: Content, handle: str) -> Outcome:
        if subscribers.window_open(subscriber_id, self.now() + self.platform.capabilities.window_margin) and not handle:
            return self.platform.send(Composer(draft.id, content).compose(subscriber_id, openid, 0, ""))
        return self.mass.preview(openid, content.messages[0], way_out=content.way_out, draft=handle)

    def _sending(self, draft: Draft) -> bool:
        row = broadcasts.get(draft.id)
        return row is not None and row.status == BroadcastStatus.SENDING
