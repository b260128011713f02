"""Time zones as people type them: IANA names, cities in English and Chinese, offsets."""

import difflib
import re
import unicodedata
from datetime import datetime, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global

from broadcast.when.normal import quoted
from handlers.contract import Problem

OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])(\d{1,2})(?::?([0-5]\d))?")
WHOLE_HOURS = re.compile(r"Etc/GMT([+-])(\d+)")

HALF_HOURS = {
    "+03:30": "Asia/Tehran",
    "+04:30": "Asia/Kabul",
    "+05:30": "Asia/Kolkata",
    "+05:45": "Asia/Kathmandu",
    "+06:30": "Asia/Yangon",
    "+08:45": "Australia/Eucla",
    "+09:30": "Australia/Darwin",
    "-09:30": "Pacific/Marquesas",
}
"""Offsets that are no whole hours, each with a zone that keeps it all year (IANA time zone database 2026)."""

SHARED = {
    "bst": "Europe/London, Asia/Dhaka",
    "cst": "Asia/Shanghai, America/Chicago",
    "edt": "America/New_York",
    "cdt": "America/Chicago",
    "ist": "Asia/Kolkata, Europe/Dublin, Asia/Jerusalem",
    "pst": "America/Los_Angeles, Asia/Manila",
    "pdt": "America/Los_Angeles",
    "cest": "Europe/Berlin, Europe/Paris",
    "sgt": "Asia/Singapore",
}
"""Abbreviations that several zones share, or that hold for half the year only, with the zones they may mean."""

LONGEST = 40
"""Characters that are compared for likeness; the longest IANA name has 32."""

NICKNAMES = {
    "z": "UTC",
    "beijing": "Asia/Shanghai",
    "peking": "Asia/Shanghai",
    "shenzhen": "Asia/Shanghai",
    "guangzhou": "Asia/Shanghai",
    "北京": "Asia/Shanghai",
    "深圳": "Asia/Shanghai",
    "广州": "Asia/Shanghai",
    "中国": "Asia/Shanghai",
    "san francisco": "America/Los_Angeles",
    "delhi": "Asia/Kolkata",
    "mumbai": "Asia/Kolkata",
}
"""Names people use that neither IANA nor CLDR list as a zone's city."""


def find_zone(text: str) -> ZoneInfo | Problem:
    """Return the time zone that `text` names, or a `Problem` with the nearest names.

    Takes an IANA name in any case, a city in English or Chinese, `UTC`, and offsets (`+08:00`, `UTC+8`). An
    offset in minutes is answered by a zone that keeps it all year, where there is one.
    """
    said = _key(text)
    name = _iana().get(said) or _offset(said) or NICKNAMES.get(said) or _cities().get(said)
    if name:
        return ZoneInfo(name)
    nearest = SHARED.get(said) or ", ".join(_nearest(said))
    facts = {"text": quoted(text), "nearest": nearest}
    if not nearest:
        return Problem(
            "unknown_zone",
            "I do not know the time zone “{text}”. Send a city or a name like Europe/Berlin.",
            facts,
        )
    return Problem(
        "unknown_zone",
        "I do not know the time zone “{text}”. Did you mean {nearest}? Send a city or a name like Europe/Berlin.",
        facts,
    )


def zone_name(zone: ZoneInfo) -> str:
    """Return the name a zone is said with; `find_zone` reads it back.

    The zones of whole hours have IANA names with the sign turned round (Etc/GMT-8 is ahead of UTC), which
    nobody should have to read: they are said as UTC+8.
    """
    whole = WHOLE_HOURS.fullmatch(zone.key)
    if whole is None or whole[2] == "0":
        return zone.key
    return f"UTC{'+' if whole[1] == '-' else '-'}{whole[2]}"


def offset_name(offset: timedelta) -> str:
    """Return an offset from UTC, of less than a day, as +08:00."""
    return datetime(2000, 1, 1, tzinfo=timezone(offset)).isoformat()[-6:]


def _key(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).lower().replace("_", " ").removesuffix("时间")
    return " ".join(plain.split())


def _offset(said: str) -> str | None:
    """Return the zone of a fixed offset, or None where the text is no offset or no zone keeps it."""
    found = OFFSET.fullmatch(said)
    if found is None:
        return None
    sign, hours, minutes = found[1], int(found[2]), found[3] or "00"
    if minutes != "00":
        return HALF_HOURS.get(f"{sign}{hours:02}:{minutes}")
    if hours == 0:
        return "UTC"
    return _iana().get(f"etc/gmt{'-' if sign == '+' else '+'}{hours}")


@cache
def _iana() -> dict[str, str]:
    return {_key(name): name for name in available_timezones()}


@cache
def _cities() -> dict[str, str]:
    """Return zones by city: the last part of their IANA names, and the CLDR city names in our languages."""
    old = get_global("zone_aliases")
    # A name that is an alias is overwritten by the zone it stands for, where both end in the same city.
    known = available_timezones()  # reads the disk at every call
    names = sorted((name for name in known if "/" in name), key=lambda name: (name not in old, name))
    cities = {_key(name.rsplit("/", 1)[1]): name for name in names if not name.startswith("Etc/")}
    for language in ("en", "zh"):
        for name, entry in Locale(language).time_zones.items():
            if name in known and isinstance(entry.get("city"), str):
                cities.setdefault(_key(entry["city"]), name)
    return cities


def _nearest(said: str) -> list[str]:
    names = {**NICKNAMES, **_cities(), **_iana()}
    said = said[:LONGEST]
    close = difflib.get_close_matches(said.rsplit("/", 1)[-1], names, n=3, cutoff=0.7)
    close = close or difflib.get_close_matches(said, names, n=3, cutoff=0.7)
    return list(dict.fromkeys(names[name] for name in close))
