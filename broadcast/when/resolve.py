"""From what was said to what it means now: one instant, a question, or the reason why neither."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from broadcast.when import refusals, said
from broadcast.when.instants import gap, instants, offset_at
from broadcast.when.readings import Ambiguous, At, Now, Option, Reading
from broadcast.when.tracks import NoSuchClock, NoSuchDate, Track, WrongWeekday, tracks
from broadcast.when.words import canonical, language, say_day, say_tomorrow
from broadcast.when.zones import find_zone, offset_name, zone_name
from handlers.contract import Problem

MOST_AHEAD = timedelta(days=400)
"""How far ahead a time may be: "the same day next year" with a month to spare; more is a typing mistake."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a text is read against: the moment (aware, UTC), the reader's zone, habits and language."""

    now: datetime
    zone: ZoneInfo
    day_first: bool | None
    locale: str
    text: str


def resolve(node: said.After | said.Moment, setting: Setting) -> Reading:
    """Return what `node` means; `setting.text` is only quoted."""
    if isinstance(node, said.Moment):
        return _moment(node, setting)
    if timedelta(days=node.days) + node.rest > MOST_AHEAD:
        return refusals.too_far(MOST_AHEAD)
    if node.rest:
        # Elapsed time: the same distance whatever clocks do in between.
        return At((setting.now + node.rest).replace(microsecond=0), setting.zone)
    local = setting.now.astimezone(setting.zone)
    if node.days == 0 and node.clock is None:
        return Now()
    clock = node.clock or said.Clock(local.hour, local.minute, local.second)
    return _spot(said.Spot(said.InDays(node.days), clock), setting, setting.zone, setting.zone)


def _moment(node: said.Moment, setting: Setting) -> Reading:
    zone = find_zone(node.zone) if node.zone else setting.zone
    if isinstance(zone, Problem):
        # A word that resembles no zone is more likely one we do not know in a time.
        near = zone.facts["nearest"]
        return zone if near else refusals.not_understood(setting.text, node.zone, language(setting.locale))
    if node.offset is None:
        return _spot(node.spot, setting, zone, zone)
    if abs(node.offset) >= timedelta(days=1):
        return refusals.no_such_clock(setting.text)
    reading = _spot(node.spot, setting, timezone(node.offset), zone)
    if not isinstance(reading, At) or offset_at(reading.moment, zone) == node.offset:
        return reading
    if node.zone:
        return refusals.offset_disagrees(setting.text, offset_name(node.offset), zone)
    # Another offset than ours is a zone of its own; where no named zone keeps it, we say the time in ours.
    own = find_zone(offset_name(node.offset))
    return reading if isinstance(own, Problem) else At(reading.moment, own)


def _spot(spot: said.Spot, setting: Setting, clocks: tzinfo, zone: ZoneInfo) -> Reading:
    """Return what `spot` means where wall clocks go by `clocks`; `zone` is where it is said back."""
    wall_now = setting.now.astimezone(clocks).replace(tzinfo=None, fold=0)
    try:
        meanings = tracks(spot, wall_now, setting.day_first)
    except NoSuchDate:
        return refusals.no_such_date(setting.text)
    except NoSuchClock:
        return refusals.no_such_clock(setting.text)
    except WrongWeekday as wrong:
        return refusals.wrong_weekday(setting.text, wrong.day, setting.locale)
    found: set[datetime] = set()
    far = False
    for track in meanings:
        wall = _to_come(track, setting.now, clocks)
        if wall is None:
            continue
        if wall - wall_now > MOST_AHEAD + timedelta(days=2):
            far = True
            continue
        moments = instants(wall, clocks)
        if not moments:
            return refusals.in_gap(wall, zone)
        found.update(moment for moment in moments if moment > setting.now)
    near = sorted(moment for moment in found if moment - setting.now <= MOST_AHEAD)
    if not near:
        return refusals.too_far(MOST_AHEAD) if far or found else _past(meanings[0][-1], spot, setting, clocks, zone)
    if len(near) == 1:
        return At(near[0], zone)
    return _question(near, spot, zone, setting)


def _to_come(track: Track, now: datetime, clocks: tzinfo) -> datetime | None:
    """Return the first wall clock of `track` that is still to come, or is left out by a jump to come."""
    wall_now = now.astimezone(clocks).replace(tzinfo=None)
    for wall in track:
        if abs(wall - wall_now) > timedelta(days=2):  # further than any jump of a clock; also keeps year 1 away
            if wall > wall_now:
                return wall
            continue
        moments = instants(wall, clocks)
        last = moments[-1] if moments else gap(wall, clocks)[0]
        if last > now:
            return wall
    return None


def _question(near: list[datetime], spot: said.Spot, zone: ZoneInfo, setting: Setting) -> Ambiguous:
    options = tuple(Option(canonical(moment, zone), moment, zone) for moment in near)
    walls = {moment.astimezone(zone).replace(tzinfo=None, fold=0) for moment in near}
    if len(walls) == 1:
        wall = walls.pop()
        return Ambiguous(
            "twice",
            "Clocks in {zone} go back on {date} and show {clock} twice. Which one do you mean?",
            options,
            {"zone": zone_name(zone), "clock": f"{wall:%H:%M}", "date": say_day(wall.date(), setting.locale)},
        )
    facts = {"text": setting.text}
    if isinstance(spot.clock, said.Midnight):
        return Ambiguous(
            "midnight", "A day has a midnight at its start and at its end. Which one do you mean?", options, facts
        )
    if isinstance(spot.day, said.OnWeekday):
        return Ambiguous(
            "next_weekday", "“{text}” can be this week or the week after. Which one do you mean?", options, facts
        )
    return Ambiguous(
        "day_or_month", "“{text}” can be read with the day or the month first. Which one do you mean?", options, facts
    )


def _past(wall: datetime, spot: said.Spot, setting: Setting, clocks: tzinfo, zone: ZoneInfo) -> Problem:
    """Refuse a time that has passed, naming one to come that may have been meant."""
    proposal = _proposal(wall, spot, setting, clocks, zone)
    if setting.now.replace(tzinfo=None) - wall > MOST_AHEAD:
        return refusals.long_past(setting.text, proposal)
    passed = instants(wall, clocks)
    moment = passed[-1] if passed else gap(wall, clocks)[0]
    return refusals.past(moment, zone, setting.now, setting.locale, proposal)


def _proposal(wall: datetime, spot: said.Spot, setting: Setting, clocks: tzinfo, zone: ZoneInfo) -> str:
    """Return a text for the time to come that is nearest to the one that has passed.

    A weekday: a week later. A date before today: the same date this or next year. Otherwise, yesterday too, that
    time tomorrow, or on the first day after that has it once.
    """
    local = setting.now.astimezone(clocks).replace(tzinfo=None, fold=0)
    nearest = []
    if isinstance(spot.day, said.OnWeekday):
        nearest.append(wall + timedelta(weeks=1))
    elif not isinstance(spot.day, said.InDays) and wall.date() < local.date() and (wall.month, wall.day) != (2, 29):
        nearest += [wall.replace(year=local.year), wall.replace(year=local.year + 1)]
    tomorrow = datetime.combine(local, wall.time()) + timedelta(days=1)
    for guess in (*nearest, *(tomorrow + timedelta(days=days) for days in range(3))):
        moments = instants(guess, clocks)
        if len(moments) == 1 and moments[0] > setting.now:
            if guess == tomorrow and clocks == setting.zone:
                return say_tomorrow(moments[0], zone, setting.locale)
            return canonical(moments[0], zone)
    raise AssertionError("three days in a row without this time of day")
