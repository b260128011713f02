"""Random trees and random people that often meet: small alphabets, awkward letters, missing and mistyped values."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from broadcast.audience.fields import FIELDS, OPERATORS, Field, Vocabulary
from broadcast.audience.matches import Person
from broadcast.audience.nodes import (
    Ago,
    AllOf,
    AnyOf,
    BroadcastCondition,
    BroadcastEvent,
    Comparison,
    FlowCondition,
    FlowEvent,
    Kind,
    Node,
    Not,
    Op,
    Today,
    Unit,
    Value,
)

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
VOCABULARY = Vocabulary(
    {"plan": Kind.TEXT, "points": Kind.NUMBER, "vip": Kind.YES_NO, "birthday": Kind.DATE, "会员": Kind.TEXT}
)
VARIABLES = tuple(found for name in VOCABULARY.variables if (found := VOCABULARY.find(f"var.{name}")) is not None)

# Both cases of letters in and beyond ASCII, what grows or shrinks when its case changes, and what needs escaping.
LETTERS = "aAbBéÉßİıжЖ中%_'\"\\[{ "
texts = st.text(LETTERS, min_size=1, max_size=3) | st.sampled_from(["[1]", '{"a":1}', "5", "true", "2026-01-01"])
numbers = st.one_of(
    st.integers(-3, 3),
    st.sampled_from([0.1, -0.5, 2.5, 1e-14, 999_999_999_999_999, 0.0]),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 4)),
)
days = st.dates(date(2026, 11, 22), date(2026, 11, 27)) | st.dates(date(1900, 1, 1), date(2199, 12, 31))
spans = st.builds(Ago, st.integers(0, 100), st.sampled_from(Unit)) | st.builds(
    Ago, st.integers(1, 100), st.sampled_from(Unit), st.just(True)
)
# Moments on and around the edges that the relative times and days above make.
moments = st.one_of(
    st.builds(
        lambda away, unit, off: NOW - timedelta(**{f"{unit.value}s": away}) + timedelta(milliseconds=off),
        st.integers(-100, 100),
        st.sampled_from(Unit),
        st.integers(-1, 1),
    ),
    st.builds(
        lambda day, off: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(milliseconds=off),
        days,
        st.integers(-1, 1),
    ),
)


def _value(kind: Kind, op: Op) -> st.SearchStrategy[Value]:
    times: st.SearchStrategy[Value] = st.one_of(days, spans, st.sampled_from([Today(), Today(-1), Today(1)]))
    if kind is Kind.MOMENT and op is Op.IS:
        times = st.one_of(days, st.sampled_from([Today(), Today(-1), Today(1)]))
    values: dict[Kind, st.SearchStrategy[Value]] = {
        Kind.TEXT: texts,
        Kind.TAGS: texts,
        Kind.NUMBER: numbers,
        Kind.YES_NO: st.booleans(),
        Kind.DATE: times,
        Kind.MOMENT: times,
    }
    return spans if op is Op.WITHIN else values[kind]


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    """One comparison that the language allows."""
    field: Field = draw(st.sampled_from(FIELDS) | st.sampled_from(VARIABLES))
    op = draw(st.sampled_from(OPERATORS[field.kind]))
    least, most = {Op.SET: (0, 0), Op.BETWEEN: (2, 2), Op.ONE_OF: (1, 3)}.get(op, (1, 1))
    values = draw(st.lists(_value(field.kind, op), min_size=least, max_size=most))
    return Comparison(field.name, field.kind, op, tuple(values))


def nested(conditions: st.SearchStrategy[Any]) -> st.SearchStrategy[Node]:
    """Trees over these conditions."""
    return st.recursive(
        conditions | st.just(AllOf()),
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(lambda parts: AllOf(tuple(parts)), st.lists(inner, min_size=2, max_size=3)),
            st.builds(lambda parts: AnyOf(tuple(parts)), st.lists(inner, min_size=2, max_size=3)),
        ),
        max_leaves=5,
    )


_lately = st.none() | st.builds(Ago, st.integers(1, 60), st.sampled_from(Unit))
trees = nested(comparisons())
trees_with_histories = nested(
    st.one_of(
        comparisons(),
        st.builds(FlowCondition, st.sampled_from(FlowEvent), texts.filter(str.strip), _lately),
        st.builds(BroadcastCondition, st.sampled_from(BroadcastEvent), st.none() | texts.filter(str.strip), _lately),
    )
)

# Of the declared type or of any other, as a host's code or an old declaration may have left it.
_stored = st.one_of(
    texts, numbers, st.booleans(), st.none(), st.just(""), days.map(date.isoformat), st.just([1]), st.just({"a": 1}),
    st.sampled_from(["2026-02-30", "2026-1-1", "2026-11-24 ", "2026-11-24\n", 10**30, 20261124]),
)  # fmt: skip


@st.composite
def people(draw: st.DrawFn) -> Person:
    """One person, much of whom is missing or of the wrong type."""
    profile: dict[str, object] = {}
    for field in FIELDS:
        match field.kind:
            case Kind.TEXT if field.name != "consent":
                profile[field.column] = draw(st.just("") | texts)
            case Kind.MOMENT:
                profile[field.column] = draw(moments if field.name == "first_seen" else st.none() | moments)
            case _:
                continue
    profile["consent"] = draw(st.sampled_from(["subscribed", "opted_out"]))
    profile["unreachable"] = draw(st.booleans())
    names = [field.variable for field in VARIABLES]
    variables = draw(st.dictionaries(st.sampled_from(names), _stored))
    tags = draw(st.lists(texts | st.just(""), max_size=3) | st.lists(_stored, max_size=2))
    return Person(profile=profile, variables=variables, tags=tags)
