"""What may be said, to how many, and when, if a broadcast takes the mass road: known before Send."""

from datetime import datetime

import peewee as pw

from broadcast.mass.allowance import month_start
from broadcast.mass.roads import MASS, roads
from broadcast.personalise import places_in
from broadcast.reach import Reach, count_all
from handlers.content import Content
from handlers.contract import Platform, Problem
from handlers.many import MassSending, SendsToMany
from storage import mass_people
from storage.models import Subscriber

CALL_SECONDS = 1.0
"""60 mass calls a minute; what tags people is made about as often."""

TAG_SECONDS = 0.2
"""What a call takes that tags people, as measured from far away."""


def mass_reach(
    channel_id: int,
    matching: pw.Expression | None,
    at: datetime,
    mass: MassSending,
    had_today: pw.Expression | None = None,
) -> Reach:
    """Forecast who would get a mass message at `at`: no window is needed, but some may have had their share.

    Of the month, where the platform counts it, or of the day, if that is the condition of those who `had_today`.
    """
    if mass.monthly_most is None:
        return count_all(channel_id, matching, had_today, "day")
    had = Subscriber.id.in_(mass_people.had_their_share(channel_id, month_start(at), mass.monthly_most))
    if had_today is None:
        return count_all(channel_id, matching, had, "month")
    return count_all(channel_id, matching, had | had_today, "either")


def mass_seconds(mass: MassSending, people: int) -> float:
    """Estimate how many seconds the calls take that reach so many people."""
    if mass.lists_allowed:
        return max(1, len(mass.list_sizes(people))) * CALL_SECONDS
    return (1 + people / mass.tag_most * TAG_SECONDS) * CALL_SECONDS


def road_problems(content: Content, platform: Platform, road: str) -> list[Problem]:
    """List what keeps a content from going out on a road; a platform with one road has nothing to add."""
    if not isinstance(platform, SendsToMany):
        return []
    if (road or roads(platform)[0]) != MASS:
        return platform.check_personal(content)
    return [
        Problem(
            "personal_in_mass",
            "A mass message reads the same for everybody, so {place} cannot be filled in. Take it out, or say:"
            " road one by one",
            {"place": f"{{{place.name}}}"},
        )
        for place in dict.fromkeys(places_in(content))
    ]
