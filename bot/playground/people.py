"""The people of the demo: made up, always the same, and of the kinds an audience has."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a person stands towards the channel when the demo begins."""

    OPEN = "open"  # can be written to
    CLOSED = "closed"  # cannot for now: wrote too long ago, or had all a month allows
    STOPPED = "stopped"  # said STOP
    BLOCKED = "blocked"  # takes no messages of ours, which nobody has told us


@dataclass(frozen=True, slots=True)
class Person:
    """One made-up person. `hours` is how long their window is open yet, or has been closed when negative."""

    first_name: str
    last_name: str
    locale: str
    zone: str
    utc_offset: int
    city: str
    country: str
    plan: str
    kind: Kind
    hours: float

    @property
    def profile(self) -> dict[str, str | int]:
        """What the platform tells about them."""
        return {
            "first_name": self.first_name,
            "last_name": self.last_name,
            "locale": self.locale,
            "timezone": self.utc_offset,
        }


@dataclass(frozen=True, slots=True)
class _Place:
    locale: str
    zone: str
    utc_offset: int
    city: str
    country: str
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]


Places = tuple[_Place, ...]

WORLD: Places = (
    _Place(
        "en_GB", "Europe/London", 0, "Leeds", "United Kingdom",
        ("Ada", "Oliver", "Isla", "Harry", "Freya", "Theo", "Maisie", "Arthur"), ("Clarke", "Okafor", "Hughes", "Ward"),
    ),
    _Place(
        "de_DE", "Europe/Berlin", 1, "Bremen", "Germany",
        ("Jonas", "Lena", "Emil", "Klara", "Anton", "Frieda", "Bruno"), ("Keller", "Vogt", "Yılmaz", "Lorenz", "Busch"),
    ),
    _Place(
        "zh_CN", "Asia/Shanghai", 8, "Chengdu", "China",
        ("Wei", "Fang", "Na", "Min", "Jing", "Lei"), ("Wang", "Li", "Zhang", "Liu", "Chen", "Yang", "Zhao"),
    ),
    _Place(
        "fr_FR", "Europe/Paris", 1, "Lyon", "France",
        ("Dina", "Hugo", "Manon", "Léo", "Chloé", "Jules", "Inès"), ("Haddad", "Moreau", "Petit", "Girard"),
    ),
    _Place(
        "pt_BR", "America/Sao_Paulo", -3, "Recife", "Brazil",
        ("Gloria", "Caio", "Bia", "Davi", "Lívia", "Otávio"), ("Santos", "Souza", "Lima", "Rocha", "Alves"),
    ),
    _Place(
        "en_US", "America/Chicago", -6, "Madison", "United States",
        ("Farid", "Grace", "Noah", "Zoe", "Eli", "Ruby", "Miles"), ("Rahimi", "Nguyen", "Carter", "Diaz", "Lee"),
    ),
)  # fmt: skip

CHINA: Places = (
    _Place(
        "zh_CN", "Asia/Shanghai", 8, "Shanghai", "China",
        ("Xin", "Yan", "Hao", "Ting", "Bo"), ("Zhou", "Wu", "Xu", "Sun", "Ma", "Zhu", "Hu"),
    ),
    _Place(
        "zh_CN", "Asia/Shanghai", 8, "Guangzhou", "China",
        ("Qiang", "Rong", "Kai", "Shan", "Ling", "Jun"), ("Guo", "He", "Gao", "Lin", "Luo"),
    ),
    _Place(
        "zh_CN", "Asia/Shanghai", 8, "Xi'an", "China",
        ("Peng", "Yue", "Tao", "Lan", "Chao", "Hui", "Ning"), ("Song", "Tang", "Feng", "Deng", "Cao"),
    ),
)  # fmt: skip

_PLANS = ("free", "free", "pro", "free", "team", "pro", "free")
_NAMELESS_EVERY = 23  # so many have no first name, and read the fallback of {first_name|there}

_BESIDES: Mapping[Kind, float] = {Kind.CLOSED: 0.06, Kind.STOPPED: 0.03, Kind.BLOCKED: 0.01}
"""How many there are of each other kind for every one who can be written to; at least one."""


def made_up(can_be_reached: int, places: Places) -> list[Person]:
    """Return `can_be_reached` people who can be written to and a few of each other kind, mixed among them."""
    besides = [kind for kind, share in _BESIDES.items() for _ in range(max(1, round(can_be_reached * share)))]
    step = max(1, can_be_reached // len(besides))
    kinds: list[Kind] = []
    for kind in besides:
        kinds += [Kind.OPEN] * min(step, can_be_reached - kinds.count(Kind.OPEN))
        kinds.append(kind)
    kinds += [Kind.OPEN] * (can_be_reached - kinds.count(Kind.OPEN))
    return [_person(number, kind, places) for number, kind in enumerate(kinds)]


def _person(number: int, kind: Kind, places: Places) -> Person:
    turn, at = divmod(number, len(places))
    place = places[at]
    named = number % _NAMELESS_EVERY != _NAMELESS_EVERY - 1
    return Person(
        first_name=place.first_names[turn % len(place.first_names)] if named else "",
        last_name=place.last_names[turn % len(place.last_names)] if named else "",
        locale=place.locale,
        zone=place.zone,
        utc_offset=place.utc_offset,
        city=place.city,
        country=place.country,
        plan=_PLANS[number % len(_PLANS)],
        kind=kind,
        hours=-1 - number % 70 if kind is Kind.CLOSED else 6 + number % 17,
    )
