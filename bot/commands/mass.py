"""What is known of a mass broadcast: the platform counts for each mass message, and tells nothing of single people."""

from bot.commands.reasons import say_reason
from bot.conversation.turn import Turn
from broadcast.draft import Draft
from broadcast.mass.roads import MASS
from storage import mass_jobs
from storage.lifecycle import MassJobState
from storage.models import MassJob

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
                "{platform} counts: {total} meant, {filtered} left after its own rules, {sent} sent, {errors} failed.",
                platform=turn.desk.platform.capabilities.title,
                total=sum(job.total or 0 for job in counted),
                filtered=sum(job.filtered or 0 for job in counted),
                sent=sum(job.sent or 0 for job in counted),
                errors=sum(job.errors or 0 for job in counted),
            )
        )
    special = [line for job in jobs if (line := _say_job(turn, job))]
    return [*lines, *special[:_SHOWN]]


def say_limits_of_knowledge(turn: Turn) -> str:
    """Return why a mass broadcast has no numbers of who got or read it."""
    return turn.say(
        "Of a mass message {platform} tells no more: “sent” says that it took the message for these people,"
        " not who of them got or read it.",
        platform=turn.desk.platform.capabilities.title,
    )


def _say_job(turn: Turn, job: MassJob) -> str:
    facts = {"number": job.number, "platform": turn.desk.platform.capabilities.title}
    match job.state:
        case _J.CONFIRMING:
            return turn.say(
                "It waits for the account's owner, who has to confirm it in {platform} within 30 minutes.", **facts
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
            return turn.say(
                "Mass message {number} went out; {platform} does not tell the counts of it any more.", **facts
            )
    return ""
