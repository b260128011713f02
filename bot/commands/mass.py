"""What is known of a mass broadcast: the platform counts for each mass message, and tells nothing of single people."""

from bot.commands.reasons import say_reason
from bot.conversation.turn import Turn
from broadcast.draft import Draft
from broadcast.mass.roads import MASS
from storage import mass_jobs
from storage.lifecycle import BroadcastStatus, MassJobState
from storage.mass_models import MassJob

_J = MassJobState
_SHOWN = 5


def is_mass(turn: Turn, draft: Draft) -> bool:
    """Say whether a broadcast takes the mass road."""
    return draft.road == MASS and MASS in turn.desk.roads


def say_jobs(turn: Turn, draft: Draft) -> list[str]:
    """Return what is known of each mass message, first those something is to be said about."""
    jobs = [job for job in mass_jobs.of(draft.id) if job.kind != "single"]
    lines = []
    counted = [job for job in jobs if job.total is not None]
    if counted:
        lines.append(
            turn.say(
                "{platform} counts: {total} intended, {filtered} left after its own rules, {sent} sent,"
                " {errors} failed.",
                platform=turn.platform,
                total=sum(job.total or 0 for job in counted),
                filtered=sum(job.filtered or 0 for job in counted),
                sent=sum(job.sent or 0 for job in counted),
                errors=sum(job.errors or 0 for job in counted),
            )
        )
    special = [line for job in jobs if (line := _say_job(turn, draft, job))]
    return [*lines, *special[:_SHOWN]]


def say_limits_of_knowledge(turn: Turn) -> str:
    """Return why a mass broadcast has no numbers of who got or read it."""
    return turn.say(
        "Of a mass message {platform} tells no more: “sent” says that it took the message for these people,"
        " not who of them got or read it.",
        platform=turn.platform,
    )


def _say_job(turn: Turn, draft: Draft, job: MassJob) -> str:
    over = draft.status is BroadcastStatus.CANCELLED
    facts = {"number": job.number, "platform": turn.platform}
    match job.state:
        case _J.CONFIRMING:
            return turn.say(
                "It waits for the account's owner, who has to confirm it in {platform} within 30 minutes.", **facts
            )
        case _J.CALLING if over or draft.status is BroadcastStatus.PAUSED:
            return turn.plural(
                "Mass message {number}, to {n} person, is on its way already and will still land.",
                "Mass message {number}, to {n} people, is on its way already and will still land.",
                job.people,
                number=job.number,
            )
        case _J.UNCLEAR if over:
            return turn.plural(
                "Mass message {number}: no clear answer came, and after the cancel it is not asked for again. The {n}"
                " person in it may have got it.",
                "Mass message {number}: no clear answer came, and after the cancel it is not asked for again. The {n}"
                " people in it may have got it.",
                job.people,
                number=job.number,
            )
        case _J.UNCLEAR:
            return turn.say(
                "Mass message {number}: no clear answer came. It is asked for again, and sends nothing twice.", **facts
            )
        case _J.PLANNED if job.reason:
            return turn.say(
                "Mass message {number} waits: {reason}", **facts, reason=say_reason(turn, job.reason, job.status)
            )
        case _J.FAILED if job.reason != "nobody_left":
            return turn.say(
                "Mass message {number} failed: {reason}", **facts, reason=say_reason(turn, job.reason, job.status)
            )
        case _J.FINISHED if job.reason == "not_told":
            return turn.say("Mass message {number} went out; {platform} no longer tells its counts.", **facts)
    return ""
