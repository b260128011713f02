"""One message of an admin, and what a step answers it with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal, format_percent

from bot.flows.load import NO_FLOWS, Flows
from bot.texts import Texts, platform_title
from broadcast import because
from broadcast.service import Desk
from broadcast.when.words import say_distance, say_moment, say_time
from handlers.content import Choice, Content, Image
from handlers.contract import Problem
from storage.admins import ROLES


@dataclass(frozen=True, slots=True)
class Turn:
    """What an admin wrote or tapped, and everything a step needs to answer.

    `person` is the platform user id, `zone` where this admin reads and writes times, `payload` the value of a
    tapped choice, `images` the addresses of pictures, `other` the platform's words for what is neither text nor
    picture, `now` aware, `flows` those of the flow files. `unwanted`: it was taken to the conversation, the flows
    and the host program already, and none of them wanted it.
    """

    desk: Desk
    person: str
    role: str
    admin_id: int
    language: str
    zone: ZoneInfo
    texts: Texts
    now: datetime
    text: str = ""
    payload: str = ""
    images: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    flows: Flows = NO_FLOWS
    unwanted: bool = False

    @property
    def platform(self) -> str:
        """What the channel's platform is called in the admin's language."""
        return platform_title(self.desk.platform.capabilities, self.texts)

    def say(self, message: str, /, **facts: object) -> str:
        """Return a sentence in the admin's language, with the facts filled in."""
        return self.texts.gettext(message).format(**{name: self._shown(fact) for name, fact in facts.items()})

    def plural(self, singular: str, plural: str, n: int, /, **facts: object) -> str:
        """Return a sentence that depends on a number, which it may show as `{n}`."""
        shown = {name: self._shown(fact) for name, fact in {"n": n, **facts}.items()}
        return self.texts.ngettext(singular, plural, n).format(**shown)

    def problem(self, problem: Problem) -> str:
        """Return the sentence of a problem. Its unit and its platform, where it has them, are messages too."""
        facts: dict[str, object] = dict(problem.facts)
        for name in ("unit", "platform"):
            if facts.get(name):
                facts[name] = self.texts.gettext(str(facts[name]))
        return self.say(problem.sentence, **facts)

    def problems(self, found: list[Problem]) -> str:
        """Return all problems, one a line, each said once."""
        return "\n".join(dict.fromkeys(self.problem(problem) for problem in found))

    def say_stored(self, reason: str) -> str:
        """Return a stored reason (see `broadcast.because`) in the admin's language; other words as they are."""
        return because.say(reason, self.texts)

    def time(self, moment: datetime) -> str:
        """Return date, time, zone and distance as this admin reads them."""
        return say_time(moment, self.zone, self.now, self.language)

    def moment(self, moment: datetime) -> str:
        """Return date, time and zone, without the distance."""
        return say_moment(moment, self.zone, self.language)

    def zone_called(self, name: str) -> ZoneInfo:
        """Return the time zone with this IANA name; the admin's own where there is no name."""
        return ZoneInfo(name) if name else self.zone

    def clock(self, moment: datetime) -> str:
        """Return the time of day, to the second."""
        return f"{moment.astimezone(self.zone):%H:%M:%S}"

    def distance(self, seconds: float) -> str:
        """Return a length of time in words."""
        return say_distance(timedelta(seconds=seconds), self.language)

    def share(self, part: int, whole: int) -> str:
        """Return a part of a whole (above 0) in percent, rounded down: all of it only where it is all of it."""
        return format_percent(part * 100 // whole / 100, format="0%", locale=self.language)

    def may(self, role: str) -> bool:
        """Say whether this admin has `role`, or a higher one."""
        return self.role in ROLES and ROLES.index(self.role) <= ROLES.index(role)

    def choice(self, title: str, value: str) -> Choice:
        """Return a choice with its title in the admin's language."""
        return Choice(title=self.texts.gettext(title), value=value)

    def _shown(self, fact: object) -> object:
        return format_decimal(fact, locale=self.language) if type(fact) is int else fact


@dataclass(frozen=True, slots=True)
class Say:
    """Words, and the ready answers offered with them; `proposed`: the first of these is what a plain yes means."""

    text: str
    choices: tuple[Choice, ...] = ()
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class Show:
    """The messages of a broadcast, or its `template`, as a subscriber with these values would get them."""

    content: Content
    values: Mapping[str, str]
    template: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that goes with the words of an answer, and after all of them."""

    image: Image


Said = Say | Show | Picture
