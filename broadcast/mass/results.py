"""What the platform says of mass messages afterwards: counts, reviews, confirmations; or is asked when silent."""

from datetime import datetime, timedelta

import structlog

from broadcast.draft import from_row
from broadcast.mass.again import AGAIN_AFTER
from broadcast.sweep import Notify
from handlers.contract import PlatformError
from handlers.events import MassSendFinished
from handlers.many import JobState, MassSending
from storage import broadcasts, mass_jobs, mass_people, mass_reports
from storage.database import transaction
from storage.lifecycle import MassJobState, RecipientState
from storage.mass_models import MassJob

ASK_AFTER = timedelta(minutes=10)
"""A job whose end was not told for so long is asked about; the event is the rule, asking the exception."""

ASK_FOR = timedelta(hours=24)
"""A job the platform took and tells nothing of for so long counts as ended: no more is ever told."""

CONFIRMED_WITHIN = timedelta(minutes=45)
"""WeChat waits 30 minutes for the owner's agreement (Batch_Sends page); the rest is for its event to come."""

NOT_CONFIRMED = frozenset({"confirmation_refused", "confirmation_expired"})
"""Endings that only a message can have which waits for the owner's agreement."""

_log = structlog.get_logger()


def finished(channel_id: int, event: MassSendFinished, mass: MassSending, now: datetime, notify: Notify) -> None:
    """Take the platform's report on a job: its counts, and whether it went out at all. Telling it twice is harmless.

    A report that comes before we have heard the job's id, because that answer was slower or got lost, is kept. So is
    one on a message that is not ours: the owner's own, sent from the platform's page.
    """
    counts = {
        "status": event.status,
        "total": event.total,
        "filtered": event.filtered,
        "sent": event.sent,
        "errors": event.errors,
    }
    job = mass_jobs.by_job_id(channel_id, event.job_id)
    if job is None and mass.ending(event.status).reason in NOT_CONFIRMED:
        job = mass_jobs.confirming(channel_id)
    if job is None:
        mass_reports.keep(channel_id, event.job_id, counts, now)
        _ask_whose(channel_id, now)
        return
    mass_jobs.change(job, job_id=event.job_id, **counts)
    _end(job, event.status, mass, now, notify)


def _ask_whose(channel_id: int, now: datetime) -> None:
    """Let the platform say whether a report of a message we do not know is on the one that waits for agreement.

    Its id was not told, and numbers prove nothing: the owner's own message goes to the same people. Whoever makes the
    call again with its key is told the id, once it was agreed to; until then, that it still waits.
    """
    job = mass_jobs.confirming(channel_id)
    if job is not None:
        mass_jobs.ask_whose(job, max(now, (job.called_at or now) + AGAIN_AFTER))


def apply_report(channel_id: int, job: MassJob, mass: MassSending, now: datetime, notify: Notify) -> None:
    """Apply the report that came before the job's id was known, if one did."""
    report = mass_reports.take(channel_id, job.job_id)
    if report is None:
        return
    mass_jobs.change(
        job,
        status=report.status,
        total=report.total,
        filtered=report.filtered,
        sent=report.sent,
        errors=report.errors,
    )
    _end(job, report.status, mass, now, notify)


def _end(job: MassJob, status: str, mass: MassSending, now: datetime, notify: Notify) -> None:
    ending = mass.ending(status)
    if ending.sent:
        if mass_jobs.move(job, MassJobState.FINISHED, now, worker=None, reason=""):
            mass_people.mark(job, RecipientState.SENT, now, job_id=job.job_id)
        return
    if mass_jobs.move(job, MassJobState.FAILED, now, worker=None, reason=ending.reason):
        mass_people.mark(job, RecipientState.FAILED, now, reason=ending.reason, code=status)
        row = broadcasts.get(job.broadcast_id)
        assert row is not None
        notify("review_failed", from_row(row))


def ask_about_silent_jobs(channel_id: int, mass: MassSending, now: datetime, notify: Notify) -> None:
    """Ask the platform about jobs whose end it has not told. It cannot tell their counts any more."""
    for job in mass_jobs.waiting_for_result(channel_id, now - ASK_AFTER):
        state = _ask(job, mass)
        with transaction():
            match state:
                case JobState.SENT | JobState.DELETED:
                    if mass_jobs.move(job, MassJobState.FINISHED, now, worker=None, reason="not_told"):
                        mass_people.mark(job, RecipientState.SENT, now, job_id=job.job_id)
                case JobState.FAILED:
                    _end(job, "", mass, now, notify)
                case _:
                    _wait_on(job, now)


def _ask(job: MassJob, mass: MassSending) -> JobState:
    if not job.job_id:
        return JobState.UNKNOWN
    try:
        return mass.job(job.job_id)
    except PlatformError as error:
        _log.warning("job_unknown", broadcast=job.broadcast_id, why=str(error))
        return JobState.UNKNOWN


def _wait_on(job: MassJob, now: datetime) -> None:
    """Ask again later, or end a job that nobody will ever tell more about."""
    silent = now - (job.called_at or now)
    if job.state == MassJobState.CONFIRMING and silent > CONFIRMED_WITHIN:
        mass_jobs.move(job, MassJobState.FAILED, now, reason="confirmation_not_told")
    elif job.state == MassJobState.SUBMITTED and silent > ASK_FOR:
        mass_jobs.move(job, MassJobState.FINISHED, now, reason="not_told")
    else:
        mass_jobs.change(job, updated_at=now)
