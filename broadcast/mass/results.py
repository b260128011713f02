"""What the platform says of mass messages afterwards: counts, reviews, confirmations; or is asked when silent."""

from datetime import datetime, timedelta

import structlog

from broadcast.draft import from_row
from broadcast.sweep import Notify
from handlers.contract import PlatformError
from handlers.events import MassSendFinished
from handlers.many import JobState, MassSending
from storage import broadcasts, mass_jobs
from storage.database import transaction
from storage.lifecycle import MassJobState, RecipientState
from storage.models import MassJob

ASK_AFTER = timedelta(minutes=10)
"""A job whose end was not told for so long is asked about; the event is the rule, asking the exception."""

CONFIRMED_WITHIN = timedelta(minutes=45)
"""WeChat waits 30 minutes for the owner's agreement (Batch_Sends page); the rest is for its event to come."""

SENT = "send success"
_log = structlog.get_logger()


def finished(channel_id: int, event: MassSendFinished, now: datetime, notify: Notify) -> None:
    """Take the platform's report on a job: its counts, and whether it went out at all. Telling it twice is harmless."""
    job = mass_jobs.by_job_id(channel_id, event.job_id) or mass_jobs.confirming(channel_id)
    if job is None:
        _log.info("report_on_another_job", channel=channel_id)
        return
    counts = {
        "status": event.status, "total": event.total, "filtered": event.filtered, "sent": event.sent,
        "errors": event.errors, "job_id": event.job_id,
    }  # fmt: skip
    mass_jobs.change(job, **counts)
    _end(job, event.status == SENT, event.status, now, notify)


def _end(job: MassJob, went_out: bool, status: str, now: datetime, notify: Notify) -> None:
    if went_out:
        if mass_jobs.move(job, MassJobState.FINISHED, now, worker=None):
            mass_jobs.mark(job, RecipientState.SENT, now, job_id=job.job_id)
        return
    if mass_jobs.move(job, MassJobState.FAILED, now, worker=None, reason=status):
        mass_jobs.mark(job, RecipientState.FAILED, now, reason=reason_of(status))
        row = broadcasts.get(job.broadcast_id)
        if row is not None:
            notify("review_failed", from_row(row))


def reason_of(status: str) -> str:
    """Return the ledger's reason for a job that did not go out: `review_20001` for `err(20001)`."""
    number = status.removeprefix("err(").removesuffix(")")
    return f"review_{number}" if number.isdigit() else "refused_by_platform"


def ask_about_silent_jobs(channel_id: int, mass: MassSending, now: datetime, notify: Notify) -> None:
    """Ask the platform about jobs whose end it has not told. It cannot tell their counts any more."""
    for job in mass_jobs.waiting_for_result(channel_id, now - ASK_AFTER):
        if not job.job_id:
            _give_up_waiting(job, now)
            continue
        try:
            state = mass.job(job.job_id)
        except PlatformError as error:
            _log.warning("job_unknown", broadcast=job.broadcast_id, why=str(error))
            state = JobState.UNKNOWN
        with transaction():
            match state:
                case JobState.SENT | JobState.DELETED:
                    _end(job, True, job.status, now, notify)
                case JobState.FAILED:
                    _end(job, False, "send fail", now, notify)
                case _:
                    mass_jobs.change(job, updated_at=now)  # ask again as much later


def _give_up_waiting(job: MassJob, now: datetime) -> None:
    """End a job that waited for a confirmation longer than the platform lets anybody wait, and told no more of."""
    if job.state == MassJobState.CONFIRMING and job.called_at is not None and now - job.called_at > CONFIRMED_WITHIN:
        mass_jobs.move(job, MassJobState.FAILED, now, reason="confirmation_not_told")
    else:
        mass_jobs.change(job, updated_at=now)


def remove_tags(channel_id: int, mass: MassSending) -> None:
    """Delete temporary tags whose job is over. A tag that cannot be deleted now is tried again."""
    for job in mass_jobs.with_tags_to_delete(channel_id):
        try:
            assert job.tag is not None
            mass.delete_tag(job.tag)
        except PlatformError as error:
            _log.warning("tag_stays", broadcast=job.broadcast_id, why=str(error))
            return
        mass_jobs.change(job, tag=None)
