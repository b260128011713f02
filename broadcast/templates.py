"""The templates of a channel: read by a worker now and then, looked up by everybody else in what was read."""

import difflib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

import structlog

from broadcast import because
from handlers.content import Template
from handlers.contract import Platform, PlatformError, Problem
from handlers.templates import APPROVED, HasTemplates, ListedTemplate
from storage import templates

FRESH = timedelta(seconds=10)
"""What an admin is shown is read anew when it is older: somebody may just have made a template, and asks for it."""

KEPT = timedelta(minutes=10)
"""So often a list that was ever asked for is read, so that one taken back by the platform is noticed."""

GONE = Problem("template_gone", "This channel has no template {name} ({language}) any more.")
CHANGED = Problem(
    "template_changed",
    "The template {name} ({language}) was changed since you chose it. Choose it again: template {name}",
)
PENDING = Problem("template_pending", "The template {name} ({language}) still waits for Facebook to approve it.")
UNUSABLE = Problem("template_unusable", "The template {name} ({language}) cannot be sent: Facebook has it as {status}.")
UNSENDABLE: Mapping[str, Problem] = {
    "PENDING": PENDING,
    "IN_APPEAL": PENDING,
    "REJECTED": Problem(
        "template_rejected", "Facebook has rejected the template {name} ({language}). See why in Meta's tools."
    ),
    "PAUSED": Problem(
        "template_paused", "Facebook has paused the template {name} ({language}). See why in Meta's tools."
    ),
}
"""Why a template may not be sent, by its status; the rest of the statuses are said as they are."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a channel's templates.

    `listed`: all of them, in every language and status. `read_at`: when, None for never. `problem`: the sentence that
    says why the last reading failed. `asking`: they are being read anew.
    """

    listed: tuple[ListedTemplate, ...] = ()
    read_at: datetime | None = None
    problem: str = ""
    asking: bool = False

    @property
    def approved(self) -> tuple[ListedTemplate, ...]:
        """Those that may be sent, by name and language."""
        good = [one for one in self.listed if one.status == APPROVED]
        return tuple(sorted(good, key=lambda one: (one.name, one.language)))

    def named(self, name: str) -> tuple[ListedTemplate, ...]:
        """Return the template of this name in all its languages, whatever their status."""
        return tuple(one for one in self.listed if one.name.casefold() == name.casefold())

    def nearest(self, name: str) -> str:
        """Return the approved name most like `name`, '' when none is."""
        names = [*dict.fromkeys(one.name for one in self.approved)]
        return next(iter(difflib.get_close_matches(name.casefold(), names, n=1)), "")


def read_templates(channel_id: int, platform: Platform, now: datetime) -> bool:
    """Read a channel's templates if somebody waits for them, or if it is time; say whether it was tried."""
    if not isinstance(platform, HasTemplates):
        return False
    row = templates.known(channel_id)
    if row is None or (row.tried_at is not None and row.wanted_at <= row.tried_at and _lately(row.tried_at, now, KEPT)):
        return False
    try:
        templates.write(channel_id, [asdict(one) for one in platform.templates()], now)
    except PlatformError as error:
        _log.warning("templates_unread", channel=channel_id, why=str(error))
        templates.fail(channel_id, because.error(error), now)
    return True


def known_templates(channel_id: int, now: datetime) -> Known:
    """Return what is known of a channel's templates; what is not fresh is asked for."""
    row = templates.known(channel_id)
    old = row is None or row.tried_at is None or not _lately(row.tried_at, now, FRESH)
    if old:
        templates.want(channel_id, now)
    if row is None:
        return Known(asking=True)
    return Known(tuple(_listed(one) for one in row.templates), row.read_at, row.problem, asking=old)


def template_problems(channel_id: int, platform: Platform, template: Template | None) -> list[Problem]:
    """List why a template may not be sent on a channel, as far as is known; nothing where it has no use."""
    if template is None or not isinstance(platform, HasTemplates):
        return []
    row = templates.known(channel_id)
    if row is None or row.read_at is None:
        return []  # the platform will say
    found = [
        one for one in map(_listed, row.templates) if one.name == template.name and one.language == template.language
    ]
    facts = {"name": template.name, "language": template.language}
    if not found:
        return [replace(GONE, facts=facts)]
    return status_problems(found[0]) or _other_places(found[0], template)


def status_problems(listed: ListedTemplate) -> list[Problem]:
    """Return the sentence for a template the platform does not let us send now; nothing for an approved one."""
    if listed.status == APPROVED:
        return []
    facts = {"name": listed.name, "language": listed.language, "status": listed.status}
    return [replace(UNSENDABLE.get(listed.status, UNUSABLE), facts=facts)]


def _other_places(listed: ListedTemplate, template: Template) -> list[Problem]:
    if listed.fillable and listed.places == tuple(value.name for value in template.values):
        return []
    return [replace(CHANGED, facts={"name": template.name, "language": template.language})]


def _listed(stored: dict[str, object]) -> ListedTemplate:
    return ListedTemplate(**{**stored, "places": tuple(stored["places"])})  # type: ignore[arg-type]  # as it was written


def _lately(then: datetime, now: datetime, span: timedelta) -> bool:
    """Say whether something was less than a span ago; what the clock has as yet to come was before it was set back."""
    return timedelta(0) <= now - then < span
