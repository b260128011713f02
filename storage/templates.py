"""The list of a channel's templates, read by a worker so that nobody in a chat waits for the platform."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from storage.models import TemplateList


def known(channel_id: int) -> TemplateList | None:
    """Return what was last read; None when nobody has asked yet."""
    return TemplateList.get_or_none(TemplateList.channel == channel_id)


def want(channel_id: int, now: datetime) -> None:
    """Ask for the list to be read anew."""
    TemplateList.insert(channel=channel_id, wanted_at=now).on_conflict(
        conflict_target=[TemplateList.channel], update={TemplateList.wanted_at: now}
    ).execute()


def write(channel_id: int, templates: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Keep a list that was just read."""
    TemplateList.update(templates=[dict(one) for one in templates], problem="", read_at=now, tried_at=now).where(
        TemplateList.channel == channel_id
    ).execute()


def fail(channel_id: int, problem: str, now: datetime) -> None:
    """Keep why it could not be read, and what was read before."""
    TemplateList.update(problem=problem, tried_at=now).where(TemplateList.channel == channel_id).execute()
