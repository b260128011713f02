"""What is known of the person who walks: what a rule asks of them, and what `{name}` reads as."""

from collections.abc import Mapping
from functools import lru_cache

from bot.flows.answers import shown
from bot.texts import N_
from broadcast.audience.fields import BY_NAME, Vocabulary
from broadcast.audience.matches import Person
from broadcast.audience.nodes import VARIABLE_PREFIX, Kind, Node
from broadcast.audience.parse import parse
from broadcast.audience.problems import Catalogue

PROFILE = tuple(field.name for field in BY_NAME.values() if field.kind is Kind.TEXT and field.name != "consent")
"""The fields of a person's profile that a text may name."""


@lru_cache(maxsize=1_000)
def condition(when: str, kinds: frozenset[tuple[str, Kind]]) -> Node:
    """Return the tree of a rule, given the kinds of the variables it asks about. Raises FilterProblem."""
    return parse(when, Vocabulary(dict(kinds)))


def values_of(person: Person, texts: Catalogue) -> Mapping[str, str]:
    """Return what `{name}` reads as for this person: profile fields, and variables with and without `var.`."""
    known = {name: _read_out(value, texts) for name, value in person.variables.items()}
    profile = {name: person.profile.get(BY_NAME[name].column) for name in PROFILE}
    values = {**known, **{f"{VARIABLE_PREFIX}{name}": value for name, value in known.items()}}
    values |= {name: value for name, value in profile.items() if isinstance(value, str)}
    return {name: value for name, value in values.items() if value}


def _read_out(value: object, texts: Catalogue) -> str:
    match value:
        case None:
            return ""
        case bool():
            return texts.gettext(N_("yes")) if value else texts.gettext(N_("no"))
        case int() | float():
            return shown(value)
        case _:
            return str(value)
