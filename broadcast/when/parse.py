"""Read a time that somebody typed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from broadcast.when import refusals, said
from broadcast.when.normal import normalise, quoted
from broadcast.when.readings import Later, Now, Reading
from broadcast.when.resolve import Setting, resolve
from broadcast.when.tree import NotUnderstood, read
from broadcast.when.words import language


def parse_time(
    text: str, now: datetime, zone: ZoneInfo, *, day_first: bool | None = None, locale: str = "en"
) -> Reading:
    """Return what `text` means to a person in `zone` at `now` (aware).

    English and Chinese are always both understood; `locale` only words the facts of a `Problem`. `day_first` is
    how that person reads 03/04; where it is not known, they are asked. An `At` is always after `now`.

    Without a date, a time of day is the next one to come; without a time of day, a date is at 09:00.
    """
    try:
        node = read(text)
    except NotUnderstood as error:
        rest = "" if error.rest == normalise(text) else quoted(error.rest)
        return refusals.not_understood(quoted(text), rest, language(locale))
    if isinstance(node, said.Word):
        return Now() if node.word == "now" else Later()
    return resolve(node, Setting(now.astimezone(UTC), zone, day_first, locale, quoted(text)))
