"""Writes down what a mass call came to: for the job, for its people, for the broadcast and the channel."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from broadcast import because
from broadcast.because import Reason
from broadcast.draft import Draft
from broadcast.mass.again import again_in
from broadcast.mass.results import apply_report
from broadcast.pictures import forget_pictures
from broadcast.sweep import SYSTEM, Notify, hold, hold_channel
from broadcast.verdict import EXPIRED_PICTURE
from handlers.contract import PlatformError
from handlers.many import MassSending
from handlers.outcomes import Accepted, Failure, Fate, Outcome, Refused, Uncertain
from storage import mass_jobs, mass_people
from storage.lifecycle import MassJobState, RecipientState
from storage.mass_models import MassJob
from storage.mass_people import Member

CONFIRMING = "waiting_for_confirmation"
KEY_IN_USE = "too_soon"
"""The reasons platforms give when the account's owner has to agree, and when a key was used a moment ago."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Record:
    """Everything here is part of the caller's transaction."""

    channel_id: int
    mass: MassSending
    now: Callable[[], datetime]
    notify: Notify

    def outcome(self, job: MassJob, draft: Draft, outcome: Outcome, left_out: Sequence[Member] = ()) -> None:
        """Record the outcome of a job's call; `left_out` are those of its people who were not in it."""
        now = self.now()
        match outcome:
            case Accepted():
                self._accepted(job, outcome, left_out)
            case Uncertain(why) if why == CONFIRMING:
                known = job.reason in {why, mass_jobs.REPORTED}
                mass_jobs.move(job, MassJobState.CONFIRMING, now, worker=None, reason=why)
                mass_people.mark(job, RecipientState.UNKNOWN, now, reason=why)
                if not known:
                    self.notify("confirming", draft)
            case Uncertain(why):
                self._unclear(job, why)
            case Refused():
                _log.warning("mass_call_refused", broadcast=draft.id, code=outcome.code, trace=outcome.trace)
                self._refused(job, draft, outcome)

    def interrupted(self, job: MassJob) -> None:
        """Record that the worker of a call is gone: the call may have been heard or not."""
        if job.kind == "single":
            mass_jobs.move(job, MassJobState.FAILED, self.now(), worker=None, reason="worker_lost")
            mass_people.mark(job, RecipientState.UNKNOWN, self.now(), reason="worker_lost")
        else:
            self._unclear(job, "worker_lost")

    def never_answered(self, job: MassJob) -> None:
        """End a job whose call may have been heard and may not be repeated: its people stay in doubt."""
        mass_jobs.move(job, MassJobState.FAILED, self.now(), worker=None, reason="never_answered")
        mass_people.mark(job, RecipientState.FAILED, self.now(), reason="never_answered", of=(RecipientState.PENDING,))

    def put_off(self, job: MassJob, draft: Draft, error: PlatformError) -> None:
        """Record that something before the call was refused: nothing was said to anybody.

        Refused for now it is tried a few times. Where an earlier call is in doubt it is tried for as long as its key
        is remembered: to wait for somebody might leave the doubt for good.
        """
        failure, tried = error.failure, job.attempts + 1
        mass_jobs.change(job, worker=None, reason=failure.reason if failure else "refused")
        if failure is not None and failure.fate is Fate.PAUSE:
            self._pause(draft, failure, because.error(error))
            mass_jobs.wait(job, again_in(1, failure.wait_seconds), self.now())
        elif (
            failure is not None
            and failure.fate is Fate.RETRY
            and (tried <= failure.retries or job.state != MassJobState.PLANNED)
        ):
            mass_jobs.wait(job, again_in(tried, failure.wait_seconds), self.now(), attempts=tried)
        else:
            self._hold(job, draft, because.error(error))

    def _accepted(self, job: MassJob, accepted: Accepted, left_out: Sequence[Member]) -> None:
        now = self.now()
        if not accepted.again:
            # An earlier call was not heard after all, so those who were left out of this one did not get it.
            left = [(member.subscriber_id, member.barred) for member in left_out]
            mass_people.skip(job, left, now, RecipientState.UNKNOWN)
        mass_jobs.move(job, MassJobState.SUBMITTED, now, job_id=accepted.message_id, worker=None, reason="")
        mass_people.mark(job, RecipientState.SENT, now, job_id=accepted.message_id)
        if job.kind == "single":  # its answer is all there will ever be
            mass_jobs.move(job, MassJobState.FINISHED, now)
        elif accepted.message_id:
            apply_report(self.channel_id, job, self.mass, now, self.notify)

    def _unclear(self, job: MassJob, why: str, at_least: float | None = None) -> None:
        """Let the call be repeated with the same key when that is possible; whether it still may is seen then."""
        now, tried = self.now(), job.attempts + 1
        mass_people.mark(job, RecipientState.UNKNOWN, now, reason="no_answer")
        due = now + again_in(tried, at_least)
        mass_jobs.move(job, MassJobState.UNCLEAR, now, attempts=tried, not_before=due, worker=None, reason=why)

    def _refused(self, job: MassJob, draft: Draft, refused: Refused) -> None:
        failure = refused.failure
        match failure.fate:
            case Fate.RETRY if failure.reason == KEY_IN_USE:
                self._unclear(job, failure.reason, failure.wait_seconds)  # some call with it was heard
            case Fate.RETRY if failure.reason == EXPIRED_PICTURE:
                self._upload_anew(job, draft, refused)
            case Fate.RETRY:
                self._try_again(job, draft, refused)
            case Fate.PAUSE:
                self._back(job, failure)
                self._pause(draft, failure, because.refusal(refused))
            case Fate.STOP:
                self._back(job, failure)
                hold(draft, SYSTEM, because.refusal(refused), self.now(), self.notify)
            case Fate.SKIP | Fate.UNSUBSCRIBE if self._in_parts(job, failure):
                _log.warning("mass_list_split", broadcast=draft.id, people=job.people, code=refused.code)
            case _:
                self._give_up(job, refused)

    def _back(self, job: MassJob, failure: Failure) -> bool:
        """Put a job back in line; False where it stays unclear, because an earlier call may have been heard."""
        now = self.now()
        if mass_people.count(job, RecipientState.UNKNOWN):
            self._unclear(job, failure.reason, failure.wait_seconds)
            return False
        due = now + timedelta(seconds=failure.wait_seconds or 0)
        mass_jobs.move(
            job, MassJobState.PLANNED, now, not_before=due, worker=None, reason=failure.reason, first_call_at=None
        )
        mass_people.mark(job, RecipientState.PENDING, now)
        return True

    def _try_again(self, job: MassJob, draft: Draft, refused: Refused) -> None:
        """Let a call that was refused for now be made again, a few times; then somebody is asked.

        In doubt nobody is: it is tried for as long as its key is remembered, and the card says so.
        """
        failure, tried = refused.failure, job.attempts + 1
        if not self._back(job, failure):
            return
        if tried <= failure.retries:
            mass_jobs.wait(job, again_in(tried, failure.wait_seconds), self.now(), attempts=tried)
        else:
            self._hold(job, draft, because.refusal(refused))

    def _hold(self, job: MassJob, draft: Draft, why: Reason) -> None:
        """Let somebody decide: a resume tries at once, and then as often as before."""
        mass_jobs.change(job, attempts=0, not_before=self.now())
        hold(draft, SYSTEM, why, self.now(), self.notify)

    def _upload_anew(self, job: MassJob, draft: Draft, refused: Refused) -> None:
        """Let pictures and the draft be made anew, once; an unclear call may have used its draft up."""
        again = job.reason == EXPIRED_PICTURE
        if not self._back(job, refused.failure):
            return
        if again:
            self._hold(job, draft, because.refusal(refused))
            mass_jobs.change(job, reason="")
        else:
            forget_pictures(self.channel_id, draft.content)
            mass_jobs.change(job, draft="")

    def _in_parts(self, job: MassJob, failure: Failure) -> bool:
        """Cut a list that was refused because of somebody in it, so that the others get theirs; False if it cannot be.

        Nobody tells who it was: the halves find out.
        """
        if job.kind != "list" or mass_people.count(job, RecipientState.UNKNOWN):
            return False
        self._back(job, failure)
        people = mass_people.count(job, RecipientState.PENDING)
        half = people // 2
        parts, kind = ((half, people - half), "list") if half > 1 else ((1,) * people, "single")
        mass_jobs.split(job, parts, kind, self.now())
        return True

    def _give_up(self, job: MassJob, refused: Refused) -> None:
        now, failure = self.now(), refused.failure
        personal = job.kind == "single" and failure.fate in {Fate.SKIP, Fate.UNSUBSCRIBE}
        mass_jobs.move(job, MassJobState.FAILED, now, worker=None, reason=failure.reason)
        mass_people.mark(
            job,
            RecipientState.SKIPPED if personal else RecipientState.FAILED,
            now,
            reason=failure.reason,
            code=refused.code,
            of=(RecipientState.SENDING,),
        )

    def _pause(self, draft: Draft, failure: Failure, why: Reason) -> None:
        now, seconds = self.now(), failure.wait_seconds
        hold_channel(draft, why, None if seconds is None else now + timedelta(seconds=seconds), now, self.notify)
