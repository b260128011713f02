"""What may be asked about a person: the built-in fields, the variables, and the operators of each kind."""

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from broadcast.audience.nodes import VARIABLE_PREFIX, Kind, Op

N_: Callable[[str], str] = str
"""Marks a message that is looked up later; the catalogue's extractor finds it by this name."""


@dataclass(frozen=True, slots=True)
class Field:
    """Something that may be asked about a person.

    `name` is what the tree carries; `column` the subscriber's column, empty for a variable, which is called
    `variable`. `label` is what people read: a message for built-in fields, the variable's own name else.
    `synonyms` are further words an admin may type for it.
    """

    name: str
    kind: Kind
    label: str
    column: str = ""
    synonyms: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """Return the variable's own name, empty for a built-in field."""
        return "" if self.column else self.name.removeprefix(VARIABLE_PREFIX)


def _text(name: str, label: str, *synonyms: str) -> Field:
    return Field(name, Kind.TEXT, label, name, synonyms)


def _moment(name: str, label: str, *synonyms: str) -> Field:
    return Field(name, Kind.MOMENT, label, f"{name}_at", synonyms)


FIELDS: Final = (
    _text("first_name", N_("first name"), "name", "名字", "姓名", "昵称"),
    _text("last_name", N_("last name"), "surname", "family_name", "姓"),
    _text("language", N_("language"), "lang", "语言"),
    _text("locale", N_("locale"), "区域"),
    _text("timezone", N_("time zone"), "time_zone", "tz", "时区"),
    _text("gender", N_("gender"), "sex", "性别"),
    _text("city", N_("city"), "town", "城市"),
    _text("province", N_("province"), "region", "state", "省份"),
    _text("country", N_("country"), "国家"),
    _text("source", N_("source"), "came_by", "via", "来源"),
    _moment("first_seen", N_("first seen"), "joined", "first_seen_at", "首次来访"),
    _moment("last_seen", N_("last seen"), "last_seen_at", "active", "最后来访"),
    _moment("followed", N_("followed"), "followed_at", "关注", "关注时间"),
    _moment("window_expires", N_("window ends"), "window_expires_at", "window", "window_ends", "窗口结束"),
    Field("consent", Kind.TEXT, N_("consent"), "consent", ("订阅状态",)),
    Field("unreachable", Kind.YES_NO, N_("unreachable"), "unreachable", ("无法送达",)),
    Field("tag", Kind.TAGS, N_("tag"), "tags", ("tags", "标签")),
)

BY_NAME: Final[Mapping[str, Field]] = {each.name: each for each in FIELDS}

_ORDERED: Final = (Op.IS, Op.ABOVE, Op.AT_LEAST, Op.BELOW, Op.AT_MOST, Op.BETWEEN)
OPERATORS: Final[Mapping[Kind, tuple[Op, ...]]] = {
    Kind.TEXT: (Op.IS, Op.CONTAINS, Op.STARTS, Op.ONE_OF, Op.SET),
    Kind.NUMBER: (*_ORDERED, Op.ONE_OF, Op.SET),
    Kind.YES_NO: (Op.IS, Op.SET),
    Kind.DATE: (*_ORDERED, Op.WITHIN, Op.SET),
    Kind.MOMENT: (*_ORDERED, Op.WITHIN, Op.SET),
    Kind.TAGS: (Op.IS, Op.ONE_OF, Op.SET),
}
"""The operators of each kind, in the order a builder offers them. Each has its `not` as well."""


def typed_operators(kind: Kind) -> str:
    """Return the operators of a kind as an admin types them, for "I expected …"."""
    shown = {Op.IS: "=, !=", Op.WITHIN: "in the last"}
    return ", ".join(shown.get(op, op.value) for op in OPERATORS[kind])


VARIABLE_KINDS: Final = frozenset({Kind.TEXT, Kind.NUMBER, Kind.YES_NO, Kind.DATE})

_VARIABLE_NAME = re.compile(r"[^\W\d][\w-]*")
# Below this likeness a suggestion is a guess rather than a help.
_LIKE_ENOUGH = 0.6
_VERY_LIKE = 0.8


def nearest(word: str, known: Collection[str]) -> str:
    """Return the known word most like `word`, whatever its case, or an empty text."""
    by_fold = {each.casefold(): each for each in known}
    typed = word.casefold()
    near = difflib.get_close_matches(typed, by_fold, cutoff=_LIKE_ENOUGH)
    very_near = difflib.get_close_matches(typed, near, cutoff=_VERY_LIKE)
    return next((by_fold[one] for one in near if one in very_near or _begins_alike(typed, one)), "")


def _begins_alike(one: str, other: str) -> bool:
    """Say whether two words share their first letter, or have their first two the other way round.

    Of words that are only somewhat alike: `plan` is not meant to be `lang`, `plam` may be meant to be `plan`.
    """
    return one[:1] == other[:1] or (one[:2] == other[1::-1] and len(one) > 1)


def _key(word: str) -> str:
    return re.sub(r"[\s-]+", "_", word.strip()).casefold()


@dataclass(frozen=True)
class Vocabulary:
    """The words a filter may use on one channel.

    `variables` maps each declared variable to its kind; raises ValueError for a kind or name a variable
    cannot have. `flows` and `broadcasts` are the names that exist; None means that any name is taken.
    """

    variables: Mapping[str, Kind] = field(default_factory=dict)
    flows: Collection[str] | None = None
    broadcasts: Collection[str] | None = None

    def __post_init__(self) -> None:
        """Refuse variables that could not be typed or stored."""
        for name, kind in self.variables.items():
            if not _VARIABLE_NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no variable name: use letters, digits, _ and -")
            if kind not in VARIABLE_KINDS:
                raise ValueError(f"a variable cannot be of kind {kind.value}: {name}")

    def find(self, word: str) -> Field | None:
        """Return the field an admin means by `word`, in any case and with spaces for underscores.

        A built-in field wins over a variable of the same name, which is still reached as `var.` + name.
        """
        return self._known().get(_key(word))

    def nearest_field(self, word: str) -> str:
        """Return the name of the field whose name or synonym is most like `word`, or an empty text."""
        known = self._known()
        found = nearest(_key(word), known)
        return _shortest_name(known[found]) if found else ""

    def _known(self) -> dict[str, Field]:
        known: dict[str, Field] = {}
        for name, kind in self.variables.items():
            variable = Field(VARIABLE_PREFIX + name, kind, name)
            known[_key(name)] = known[_key(variable.name)] = variable
        for built_in in FIELDS:
            for word in (built_in.name, *built_in.synonyms):
                known[_key(word)] = built_in
        return known


def _shortest_name(found: Field) -> str:
    return found.variable if found.variable and found.variable not in BY_NAME else found.name
