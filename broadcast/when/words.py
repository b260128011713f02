"""Times and distances said to people, in words that the grammar reads back."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from broadcast.when.instants import instants
from broadcast.when.zones import zone_name

MINUTE, HOUR, DAY = 60, 3_600, 86_400

DATES = {"en": "EEE d MMM y", "zh": "y年M月d日 EEE"}
"""CLDR date patterns by language; Babel fills in the names."""
DAYS_APART = {
    "en": {"day": "d MMMM", "year": "d MMM y"},
    "zh": {"day": "M月d日", "year": "y年M月d日"},
}
"""Those of a date among other dates, in the same year or in several."""
JOINED = {"en": "{date}, {clock}", "zh": "{date} {clock}"}
CLDR_LOCALES = {"en": "en", "zh": "zh_Hans"}

UNITS = {
    "en": ((DAY, " d"), (HOUR, " h"), (MINUTE, " min"), (1, " s")),
    "zh": ((DAY, " 天"), (HOUR, " 小时"), (MINUTE, " 分钟"), (1, " 秒")),
}
AHEAD = {"en": "{time}, in {distance}", "zh": "{time}，{distance}后"}
TOMORROW = {"en": "tomorrow {clock}", "zh": "明天{clock}"}


def say_time(moment: datetime, zone: ZoneInfo, now: datetime, locale: str = "en") -> str:
    """Return date, time, zone and distance: "Fri 27 Nov 2026, 09:00 Europe/Berlin, in 3 d 2 h".

    `moment` and `now` are aware. Typed again, the text means `moment`, provided it is in whole seconds and after
    `now`; a moment that has passed is said without a distance. `locale` that is not Chinese is English.
    """
    time = say_moment(moment, zone, locale)
    if moment <= now:
        return time
    return AHEAD[language(locale)].format(time=time, distance=say_distance(moment - now, locale))


def say_moment(moment: datetime, zone: ZoneInfo, locale: str = "en") -> str:
    """Return date, time and zone, with the offset where the clock shows that time twice."""
    local = moment.astimezone(zone)
    said = JOINED[language(locale)].format(date=say_day(local.date(), locale), clock=_clock(local))
    offset = _offset(local, zone)
    return f"{said} {offset} {zone_name(zone)}" if offset else f"{said} {zone_name(zone)}"


def say_wall(wall: datetime, locale: str = "en") -> str:
    """Return date and time without a zone: "Fri 27 Nov 2026, 09:00"; `wall` is naive."""
    return JOINED[language(locale)].format(date=say_day(wall.date(), locale), clock=_clock(wall))


def say_apart(local: Sequence[datetime], locale: str = "en") -> list[str]:
    """Return titles of at most 20 characters that tell these moments (each in its own zone) apart.

    The days, where those differ: "4 March"; else the times of day, with the offset where a clock shows one twice.
    """
    pattern = DAYS_APART[language(locale)]["day" if len({one.year for one in local}) == 1 else "year"]
    if len({one.date() for one in local}) == len(local):
        return [format_date(one, pattern, locale=CLDR_LOCALES[language(locale)]) for one in local]
    if len({_clock(one) for one in local}) == len(local):
        return [_clock(one) for one in local]
    return [f"{_clock(one)} {one.isoformat(timespec='seconds')[19:]}" for one in local]


def say_day(day: date, locale: str = "en") -> str:
    """Return a date with its weekday: "Fri 27 Nov 2026"."""
    return format_date(day, DATES[language(locale)], locale=CLDR_LOCALES[language(locale)])


def say_distance(delta: timedelta, locale: str = "en") -> str:
    """Return a length of time in its two largest units, rounded to the smaller: "3 d 2 h"; the sign is left out."""
    seconds = abs(delta).total_seconds()
    step = next((unit for least, unit in ((DAY - 30, HOUR), (MINUTE, MINUTE)) if seconds >= least), 1)
    left = max(round(seconds / step) * step, 1)
    said = []
    for size, name in UNITS[language(locale)]:
        count, left = divmod(left, size)
        if count:
            said.append(f"{count}{name}")
    return " ".join(said)


def say_tomorrow(moment: datetime, zone: ZoneInfo, locale: str = "en") -> str:
    """Return the time of day of `moment` as one of tomorrow, zone left out: "tomorrow 09:00"."""
    return TOMORROW[language(locale)].format(clock=_clock(moment.astimezone(zone)))


def canonical(moment: datetime, zone: ZoneInfo) -> str:
    """Return the text that always means exactly this instant (aware, whole seconds), in every language.

    "2026-12-24 18:00 Europe/Berlin"; where clocks show that time twice, with the offset of the one meant:
    "2026-10-25 02:30+02:00 Europe/Berlin".
    """
    local = moment.astimezone(zone)
    return f"{local:%Y-%m-%d} {_clock(local)}{_offset(local, zone)} {zone_name(zone)}"


def language(locale: str) -> str:
    """Return the language of ours, `en` or `zh`, that a locale (`zh_CN`, `zh-Hans`) is spoken to in."""
    return "zh" if locale.lower().startswith("zh") else "en"


def _clock(local: datetime) -> str:
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def _offset(local: datetime, zone: ZoneInfo) -> str:
    """Return the UTC offset where the clock shows this time twice, otherwise nothing."""
    if len(instants(local.replace(tzinfo=None, fold=0), zone)) < 2:
        return ""
    return local.isoformat(timespec="seconds")[19:]
