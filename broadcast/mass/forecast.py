"""What may be said, to how many, and when, if a broadcast takes the mass road: known before Send."""

from datetime import datetime

import peewee as pw

from broadcast.mass.allowance import allowance, month_start
from broadcast.mass.roads import MASS, roads
from broadcast.personalise import places_in
from broadcast.reach import Reach, count_all
from handlers.content import Content
from handlers.contract import Platform, Problem
from handlers.many import MassSending, SendsToMany
from storage import channels, mass_people
from storage.models import Subscriber


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


CALL_SECONDS = 1.0
"""60 mass calls a minute; what tags people is made about as often."""


def mass_seconds(mass: MassSending, people: int) -> float:
    """Estimate how many seconds the calls take that reach so many people."""
    if mass.lists_allowed:
        return max(1, len(mass.list_sizes(people))) * CALL_SECONDS
    return (1 + people / mass.tag_most * TAG_SECONDS) * CALL_SECONDS


TAG_SECONDS = 0.2
"""What a call takes that tags people, as measured from far away."""


def road_problems(content: Content, platform: Platform, road: str) -> list[Problem]:
    """List what keeps a content from going out on a road; a platform with one road has nothing to add."""
    if not isinstance(platform, SendsToMany):
        return []
    if (road or roads(platform)[0]) != MASS:
        return platform.check_personal(content)
    return [
        Problem(
            "personal_in_mass",
            "A mass message reads the same for everybody, so {place} cannot be filled in. Take it out.",
            {"place": f"{{{place.name}}}"},
        )
        for place in dict.fromkeys(places_in(content))
    ]


def no_room(channel_id: int, mass: MassSending, at: datetime, but: int) -> tuple[Problem, datetime | None] | None:
    """Return why a mass message may not go out on the day of `at` and the next free slot; None when it may.

    The channel is locked until the caller's transaction ends, so that two admins cannot take the same slot.
    """
    channels.lock(channel_id)
    left = allowance(channel_id, mass, at, but)
    if left.left is None or left.left > 0:
        return None
    problem = Problem(
        "no_mass_left",
        "This account may send {most} mass message a day, and that day's is taken.",
        {"most": mass.daily_most or 0},
    )
    return problem, left.next_slot
