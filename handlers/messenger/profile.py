"""What Messenger tells about a person. Often nothing: each field needs a permission Meta has reviewed."""

from urllib.parse import quote

from handlers.contract import Profile
from handlers.messenger.answer import read_json
from handlers.messenger.client import NoAnswer, PageClient

FIELDS = "first_name,last_name,locale,timezone,gender"


def read_profile(client: PageClient, person: str) -> Profile | None:
    """Return the profile of a PSID, or None where Meta tells nothing, for whatever reason.

    A name is never worth an error: whoever needs one has a fallback.
    """
    if not person.isalnum():
        return None  # not a PSID; in the address it would name something else
    try:
        answer = client.call("GET", quote(person, safe=""), parameters={"fields": FIELDS})
    except NoAnswer:
        return None
    fields = read_json(answer.body)
    if fields is None or answer.status >= 300 or "error" in fields:
        return None
    told = {
        name: value
        for name in ("first_name", "last_name", "locale", "gender")
        if isinstance(value := fields.get(name), str)
    }
    profile = Profile(**told, timezone=zone(fields.get("timezone")))
    return profile if profile != Profile() else None


def zone(hours: object) -> str:
    """Return Meta's number of hours from GMT as an offset such as `UTC+08:00`; "" where there is none.

    An offset, not a zone of the tz database: half hours have no `Etc/` zone, and Meta tells no city.
    """
    if not isinstance(hours, int | float) or isinstance(hours, bool):
        return ""
    if not abs(hours) <= 14:  # no place on Earth is further from GMT; and NaN is not a place
        return ""
    minutes = round(abs(hours) * 60)
    return f"UTC{'-' if hours < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
