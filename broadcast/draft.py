"""A broadcast as people speak of it, and everything that keeps it from being sent."""

import difflib
import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from broadcast.actions import action_problems
from broadcast.personalise import places_in
from handlers.content import Content, Image
from handlers.contract import Platform, Problem
from storage.lifecycle import BroadcastStatus
from storage.models import Broadcast

PERSONAL_FIELDS = ("first_name", "last_name", "language", "city", "province", "country")
"""Profile fields that a message may speak of; variables come on top."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One broadcast, read once: change it through the service, with the version it was read at."""

    id: int
    channel_id: int
    name: str
    status: BroadcastStatus
    version: int
    content: Content
    audience: str
    road: str
    scheduled_for: datetime | None
    time_zone: str
    late_seconds: int
    undo_until: datetime | None
    started_at: datetime | None
    updated_at: datetime
    finished_at: datetime | None
    pause_reason: str
    created_by: str
    cloned_from: int | None
    practice: bool = False
    group_id: int | None = None
    local_time: datetime | None = None
    """The wall clock (naive) at which each person gets it where they live; it starts where that is first."""
    canary: int | None = None
    """So many people get it before anybody else; None: everybody gets it at once."""
    canary_goes_on: bool = False
    """Whether it then goes on by itself if all is well, or always asks."""
    canary_done_at: datetime | None = None


def rate_of(draft: Draft, rate: float, media_rate: float | None) -> float:
    """Return how many messages of a broadcast may leave a second: media go slower than text."""
    if media_rate is None or not any(isinstance(message, Image) for message in draft.content.messages):
        return rate
    return min(rate, media_rate)


def from_row(row: Broadcast) -> Draft:
    """Return the broadcast a row holds."""
    return Draft(
        id=row.id,
        channel_id=row.channel_id,
        name=row.name,
        status=BroadcastStatus(row.status),
        version=row.version,
        content=Content.model_validate(row.content or {}),
        audience=row.audience,
        road=row.road,
        scheduled_for=row.scheduled_for,
        time_zone=row.time_zone,
        late_seconds=row.late_seconds,
        undo_until=row.undo_until,
        started_at=row.started_at,
        updated_at=row.updated_at,
        finished_at=row.finished_at,
        pause_reason=row.pause_reason,
        created_by=row.created_by,
        cloned_from=row.cloned_from,
        practice=row.practice,
        group_id=row.group_id,
        local_time=datetime.fromisoformat(row.local_time) if row.local_time else None,
        canary=row.canary,
        canary_goes_on=row.canary_goes_on,
        canary_done_at=row.canary_done_at,
    )


def problems(
    content: Content, platform: Platform, variables: Collection[str], flows: Iterable[str] = ()
) -> list[Problem]:
    """List everything that keeps this content from being sent, each in a sentence; `flows` are those there are."""
    found = [] if content.messages else [Problem("no_messages", "It has no message yet. Send me what it should say.")]
    found += platform.check(content)
    said = {problem.facts["value"] for problem in found if "value" in problem.facts}
    # An address the platform refuses is a bad link too; once is enough.
    found += [problem for problem in action_problems(content, flows) if problem.facts["value"] not in said]
    return found + personal_problems(content, variables)


def personal_problems(content: Content, variables: Collection[str]) -> list[Problem]:
    """List placeholders with a name nobody has, or without words for people who have no such value."""
    offered = [*PERSONAL_FIELDS, *(f"var.{name}" if name in PERSONAL_FIELDS else name for name in variables)]
    known = [*offered, *(f"var.{name}" for name in variables)]
    found: list[Problem] = []
    for place in dict.fromkeys(places_in(content)):
        example = f"{{{place.name}|there}}"
        if place.name not in known and (near := difflib.get_close_matches(place.name, known, n=1)):
            facts = {"name": place.name, "near": near[0]}
            found.append(Problem("unknown_value", "There is no value called {name}. Did you mean {near}?", facts))
        elif place.name not in known:
            facts = {"name": place.name, "known": ", ".join(offered)}
            found.append(Problem("unknown_value", "There is no value called {name}. Use one of: {known}.", facts))
        elif place.fallback is None:
            facts = {"name": place.name, "example": example}
            found.append(
                Problem(
                    "no_fallback", "What should people read who have no {name}? Write for example {example}.", facts
                )
            )
    return found


def fingerprint(draft: Draft, reach: int) -> str:
    """Return what a confirmation is bound to: if the draft or its reach changes, an old card no longer fits."""
    what = f"{draft.id}:{draft.version}:{reach}"
    return hashlib.sha256(what.encode()).hexdigest()[:12]
