"""Filter text becomes the tree it says, or an error that points at the word."""

from datetime import date
from gettext import NullTranslations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcast.audience.fields import FIELDS, Vocabulary
from broadcast.audience.nodes import (
    EVERYONE,
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
from broadcast.audience.parse import parse
from broadcast.audience.problems import Code, FilterProblem
from broadcast.audience.write import write
from tests.broadcast.audience.strategies import VOCABULARY, trees_with_histories

KNOWN = Vocabulary(VOCABULARY.variables, flows=("onboarding", "Feedback"), broadcasts=("Spring sale", "News"))


def text(field: str, op: Op, *values: Value) -> Comparison:
    return Comparison(field, Kind.TEXT, op, values)


def seen(op: Op, *values: Value) -> Comparison:
    return Comparison("last_seen", Kind.MOMENT, op, values)


PRO = text("var.plan", Op.IS, "pro")
ZH = text("language", Op.IS, "zh")
VIP = Comparison("var.vip", Kind.YES_NO, Op.IS, (True,))
BEIJING = text("city", Op.CONTAINS, "北京")
DONE = FlowCondition(FlowEvent.COMPLETED, "onboarding")
GOT = BroadcastCondition(BroadcastEvent.GOT, "Spring sale")
CLICKED = BroadcastCondition(BroadcastEvent.CLICKED, "Spring sale")


def points(op: Op, *values: Value) -> Comparison:
    return Comparison("var.points", Kind.NUMBER, op, values)


READS: tuple[tuple[str, Node], ...] = (
    ("", EVERYONE),
    ("  ", EVERYONE),
    ("Everyone", EVERYONE),
    ("plan = pro", PRO),
    ("var.plan is pro", PRO),
    ("VAR.PLAN == 'pro'", PRO),
    ("plan equals “pro”", PRO),
    ("plan != pro", Not(PRO)),
    ("plan is not pro", Not(PRO)),
    ("not plan = pro", Not(PRO)),
    ("lang = zh", ZH),
    ("plan = pro and not completed onboarding", AllOf((PRO, Not(DONE)))),
    ("plan = pro AND lang = zh OR vip = yes", AnyOf((AllOf((PRO, ZH)), VIP))),
    ("plan = pro and (lang = zh or vip = true)", AllOf((PRO, AnyOf((ZH, VIP))))),
    ("not plan = pro and lang = zh", AllOf((Not(PRO), ZH))),
    ("not (plan = pro or lang = zh)", Not(AnyOf((PRO, ZH)))),
    ("plan = pro and lang = zh and vip = yes", AllOf((PRO, ZH, VIP))),
    ("plan = pro and (lang = zh and vip = yes)", AllOf((PRO, AllOf((ZH, VIP))))),
    ("city = New York", text("city", Op.IS, "New York")),
    ("city = Land in Sicht", text("city", Op.IS, "Land in Sicht")),
    ("first name is O'Brien", text("first_name", Op.IS, "O'Brien")),
    (r'city = "a \"b\" \\ c"', text("city", Op.IS, r'a "b" \ c')),
    ("city contains York", text("city", Op.CONTAINS, "York")),
    ("city does not contain York", Not(text("city", Op.CONTAINS, "York"))),
    ("city starts with New", text("city", Op.STARTS, "New")),
    ("city does not start with New", Not(text("city", Op.STARTS, "New"))),
    ("plan in (free, pro plus, 'x, y')", text("var.plan", Op.ONE_OF, "free", "pro plus", "x, y")),
    ("plan is in (free)", text("var.plan", Op.ONE_OF, "free")),
    ("plan is not in (free)", Not(text("var.plan", Op.ONE_OF, "free"))),
    ("plan not in (free)", Not(text("var.plan", Op.ONE_OF, "free"))),
    ("plan is set", text("var.plan", Op.SET)),
    ("plan is not set", Not(text("var.plan", Op.SET))),
    ("points > 5", points(Op.ABOVE, 5)),
    ("points >= 5.5", points(Op.AT_LEAST, 5.5)),
    ("points is less than -5", points(Op.BELOW, -5)),
    ("points at most 5", points(Op.AT_MOST, 5)),
    ("points between 1 and 5 and vip = yes", AllOf((points(Op.BETWEEN, 1, 5), VIP))),
    ("points is not between 1 and 5", Not(points(Op.BETWEEN, 1, 5))),
    ("points in (1, 2)", points(Op.ONE_OF, 1, 2)),
    ("vip = no", Comparison("var.vip", Kind.YES_NO, Op.IS, (False,))),
    ("birthday = 2026-01-01", Comparison("var.birthday", Kind.DATE, Op.IS, (date(2026, 1, 1),))),
    ("last_seen < 7 days ago", seen(Op.BELOW, Ago(7, Unit.DAY))),
    ("Last Seen before 2026-01-02", seen(Op.BELOW, date(2026, 1, 2))),
    ("last-seen since yesterday", seen(Op.AT_LEAST, Today(-1))),
    ("last_seen < 2 hours from now", seen(Op.BELOW, Ago(2, Unit.HOUR, True))),
    ("last_seen > now", seen(Op.ABOVE, Ago(0, Unit.MINUTE))),
    ("followed in the last 30 days", Comparison("followed", Kind.MOMENT, Op.WITHIN, (Ago(30, Unit.DAY),))),
    ("last_seen in last hour", seen(Op.WITHIN, Ago(1, Unit.HOUR))),
    ("window in the next 2 weeks", Comparison("window_expires", Kind.MOMENT, Op.WITHIN, (Ago(2, Unit.WEEK, True),))),
    ("tag = vip", Comparison("tag", Kind.TAGS, Op.IS, ("vip",))),
    ("tags contains vip", Comparison("tag", Kind.TAGS, Op.IS, ("vip",))),
    ("completed Onboarding", DONE),
    ("started onboarding", FlowCondition(FlowEvent.STARTED, "onboarding")),
    ("in onboarding", FlowCondition(FlowEvent.IN, "onboarding")),
    ("dropped out of onboarding", FlowCondition(FlowEvent.DROPPED, "onboarding")),
    ("completed feedback in the last 30 days", FlowCondition(FlowEvent.COMPLETED, "Feedback", Ago(30, Unit.DAY))),
    ("got any in the last 7 days", BroadcastCondition(BroadcastEvent.GOT, None, Ago(7, Unit.DAY))),
    ('got "Spring sale"', GOT),
    ("clicked spring sale", CLICKED),
    ('did not click "Spring sale"', AllOf((GOT, Not(CLICKED)))),
    ('did not get "Spring sale"', Not(GOT)),
    ("语言等于zh", ZH),
    ("语言 不等于 zh", Not(ZH)),
    ("语言等于zh 且 城市包含北京", AllOf((ZH, BEIJING))),
    ("语言等于zh并且非 （vip 是 是 或 城市不包含北京）", AllOf((ZH, Not(AnyOf((VIP, Not(BEIJING))))))),
    ("points大于5", points(Op.ABOVE, 5)),
    ("points 小于等于 5", points(Op.AT_MOST, 5)),
    ("最后来访在2026-01-01之前", seen(Op.BELOW, date(2026, 1, 1))),
    ("最后来访 在 昨天 之后", seen(Op.ABOVE, Today(-1))),
    ("最后来访早于7天前", seen(Op.BELOW, Ago(7, Unit.DAY))),
    ("最后来访在最近30天内", seen(Op.WITHIN, Ago(30, Unit.DAY))),
    ("城市 没有值", Not(text("city", Op.SET))),
    ("城市属于（北京，上海）", text("city", Op.ONE_OF, "北京", "上海")),
    ("完成 onboarding", DONE),
)  # fmt: skip


@pytest.mark.parametrize(("typed", "tree"), READS, ids=[typed for typed, _ in READS])
def test_a_filter_reads_as(typed: str, tree: Node) -> None:
    assert parse(typed, KNOWN) == tree


MISTAKES: tuple[tuple[str, Code, str, str], ...] = (
    ("pln = pro", Code.UNKNOWN_FIELD, "pln", "plan"),
    ("var.pln = pro", Code.UNKNOWN_FIELD, "var.pln", "plan"),
    ("lamguage = zh", Code.UNKNOWN_FIELD, "lamguage", "language"),
    ("pro", Code.UNKNOWN_FIELD, "pro", ""),
    ("plan equls pro", Code.UNKNOWN_OPERATOR, "equls", "equals"),
    ("last seen befor 2026-01-01", Code.UNKNOWN_OPERATOR, "befor", "before"),
    ("plan > 3", Code.WRONG_OPERATOR, ">", ""),
    ("plan = pro and vip starts with y", Code.WRONG_OPERATOR, "starts with", ""),
    ("language in the last 3 days", Code.WRONG_OPERATOR, "in the last", ""),
    ("points > many", Code.WRONG_VALUE, "many", ""),
    ("points > 1234567890123456", Code.WRONG_VALUE, "1234567890123456", ""),
    ("vip = yess", Code.WRONG_VALUE, "yess", "yes"),
    ('plan = ""', Code.WRONG_VALUE, '""', ""),
    ("birthday = 24.12.2026", Code.WRONG_VALUE, "24.12.2026", ""),
    ("birthday = 2026-02-30", Code.WRONG_VALUE, "2026-02-30", ""),
    ("birthday = 0026-02-03", Code.WRONG_VALUE, "0026-02-03", ""),
    ("last_seen < 3 months ago", Code.WRONG_VALUE, "3 months ago", ""),
    ("last_seen < 99999 days ago", Code.WRONG_VALUE, "99999 days ago", ""),
    ("last_seen = 7 days ago", Code.WRONG_VALUE, "7 days ago", ""),
    ("last_seen in the last year", Code.WRONG_VALUE, "year", ""),
    ("completed onbording", Code.UNKNOWN_FLOW, "onbording", "onboarding"),
    ("got spring", Code.UNKNOWN_BROADCAST, "spring", "Spring sale"),
    ('clicked "Spring sales"', Code.UNKNOWN_BROADCAST, '"Spring sales"', "Spring sale"),
    ('got ""', Code.UNKNOWN_BROADCAST, '""', ""),
    ("got any in the next 7 days", Code.EXPECTED, "next", ""),
    ("plan", Code.EXPECTED, "", ""),
    ("plan =", Code.EXPECTED, "", ""),
    ("plan = pro and", Code.EXPECTED, "", ""),
    ("(plan = pro", Code.EXPECTED, "", ""),
    ("plan = pro)", Code.EXPECTED, ")", ""),
    ("plan in free", Code.EXPECTED, "free", ""),
    ("plan in (free", Code.EXPECTED, "", ""),
    ("plan does x", Code.EXPECTED, "x", ""),
    ("completed", Code.EXPECTED, "", ""),
    ("plan = = pro", Code.EXPECTED, "=", ""),
    ('plan = "pro', Code.UNREADABLE, '"', ""),
    ("plan = a\x00b", Code.UNREADABLE, "�", ""),
    ("not " * 30 + "plan = pro", Code.TOO_DEEP, "plan", ""),
    ("(" * 900 + "plan = pro" + ")" * 900 + " and x = 1", Code.UNKNOWN_FIELD, "x", ""),
    ("plan = " + "x" * 2000, Code.TOO_LONG, "", ""),
)  # fmt: skip


@pytest.mark.parametrize(("typed", "code", "word", "likely"), MISTAKES, ids=[row[0][:40] for row in MISTAKES])
def test_a_mistake_is_pointed_at(typed: str, code: Code, word: str, likely: str) -> None:
    with pytest.raises(FilterProblem) as caught:
        parse(typed, KNOWN)
    problem = caught.value
    assert (problem.code, problem.word, problem.nearest) == (code, word, likely)
    if word and word != "�":
        assert typed[problem.at :].startswith(word)
    said = problem.sentence(NullTranslations())
    assert said.endswith((".", "?"))
    assert "{" not in said


@pytest.mark.parametrize("typed", ["plan =", "plan is", "plan is not", "plan contains"])
def test_an_operator_alone_is_asked_for_its_value(typed: str) -> None:
    with pytest.raises(FilterProblem) as caught:
        parse(typed, KNOWN)
    assert caught.value.sentence(NullTranslations()) == "The filter breaks off; I expected a value or a name."


def test_the_caret_stands_under_the_word() -> None:
    with pytest.raises(FilterProblem) as caught:
        parse("语言 = zh and points > many", KNOWN)
    assert caught.value.caret("语言 = zh and points > many") == ("语言 = zh and points > many\n" + " " * 23 + "^^^^")
    assert caught.value.sentence(NullTranslations()) == (
        "I cannot use “many” for points; I expected a number of at most 15 digits, such as 100 or 9.5."
    )


def test_a_built_in_field_wins_over_a_variable_of_its_name() -> None:
    vocabulary = Vocabulary({"city": Kind.NUMBER})
    assert parse("city = 5", vocabulary) == text("city", Op.IS, "5")
    assert parse("var.city = 5", vocabulary) == Comparison("var.city", Kind.NUMBER, Op.IS, (5,))


@pytest.mark.parametrize(("name", "kind"), [("a b", Kind.TEXT), ("", Kind.TEXT), ('x"', Kind.TEXT), ("x", Kind.MOMENT)])
def test_a_variable_that_cannot_be_typed_or_stored_is_refused(name: str, kind: Kind) -> None:
    with pytest.raises(ValueError, match="variable"):
        Vocabulary({name: kind})


def test_no_word_means_two_fields() -> None:
    words = [word for field in FIELDS for word in (field.name, *field.synonyms)]
    assert len(words) == len(set(words))


@settings(deadline=None)
@given(trees_with_histories)
def test_what_is_written_reads_back_as_the_same_tree(tree: Node) -> None:
    assert parse(write(tree), VOCABULARY) == tree


@settings(deadline=None)
@given(st.text(st.sampled_from("plan=pro ()and'\"notin不包含在之前<5,.\\"), max_size=40) | st.text(max_size=30))
def test_any_text_is_a_filter_or_a_problem_with_a_place(typed: str) -> None:
    try:
        parse(typed, KNOWN)
    except FilterProblem as raised:
        problem = raised
    else:
        return
    assert 0 <= problem.at <= len(typed)
    assert problem.sentence(NullTranslations())
    assert problem.caret(typed).count("\n") == 1
