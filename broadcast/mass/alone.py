"""A single person makes no list: they get a message of their own while their window is open, else a preview."""

from broadcast.draft import Draft
from broadcast.mass.record import Record
from broadcast.outgoing import Composer
from handlers.content import Content
from handlers.contract import Platform
from handlers.many import MassSending
from handlers.outcomes import Outcome, Uncertain
from storage import mass_jobs, mass_people, subscribers
from storage.database import transaction
from storage.lifecycle import MassJobState, RecipientState
from storage.mass_models import MassJob
from storage.mass_people import Member


def write_to_one(
    job: MassJob, draft: Draft, content: Content, handle: str, platform: Platform, mass: MassSending, record: Record
) -> None:
    """Reach the one person of a job. There is no key on this road: an unclear call is not repeated.

    `handle` is the draft of articles. Neither road takes anything from anybody's mass messages.
    """
    with transaction():
        now = record.now()
        if not mass_jobs.lock_sending(draft.id):
            mass_jobs.release(job)
            return
        members = mass_people.people(job, (RecipientState.PENDING.value,))
        mass_people.skip(
            job, [(one.subscriber_id, one.barred) for one in members if one.barred], now, RecipientState.PENDING
        )
        members = [one for one in members if not one.barred]
        if not members:
            mass_jobs.move(job, MassJobState.FAILED, now, worker=None, reason="nobody_left")
            return
        mass_people.mark_sending(job, now)
        mass_jobs.move(job, MassJobState.CALLING, now, first_call_at=now, called_at=now)
    outcome = _speak(members[0], draft, content, handle, platform, mass, record)
    with transaction():
        if isinstance(outcome, Uncertain):
            mass_jobs.move(job, MassJobState.FAILED, record.now(), worker=None, reason="no_answer")
            mass_people.mark(job, RecipientState.UNKNOWN, record.now(), reason="no_answer")
        else:
            record.outcome(job, draft, outcome)


def _speak(
    member: Member,
    draft: Draft,
    content: Content,
    handle: str,
    platform: Platform,
    mass: MassSending,
    record: Record,
) -> Outcome:
    margin = platform.capabilities.window_margin
    if not handle and subscribers.window_open(member.subscriber_id, record.now() + margin):
        composer = Composer(draft.id, content, taps=platform.capabilities.choices)
        return platform.send(composer.compose(member.subscriber_id, member.person, 0, ""))
    return mass.preview(member.person, content.messages[0], way_out=content.way_out, draft=handle)
