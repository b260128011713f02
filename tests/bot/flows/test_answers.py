"""What people write in answer, and what is kept of it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.flows.answers import chosen, read_answer
from bot.flows.definition import Question
from bot.flows.run import Value
from handlers.contract import Problem

TODAY = date(2026, 11, 24)


def question(ask: str, **keys: object) -> Question:
    adapter: TypeAdapter[Question] = TypeAdapter(Question)
    if ask == "choice":
        keys["options"] = [{"title": "Soup", "value": "soup"}, {"title": "Salad", "value": "salad"}]
    return adapter.validate_python({"id": "q", "type": "question", "ask": ask, "text": "?", **keys})


KEPT: tuple[tuple[str, dict[str, object], str, Value], ...] = (
    ("text", {}, "  as it is, with 字 \n and lines ", "as it is, with 字 \n and lines"),
    ("text", {}, "no\x00 nul \ud800", "no nul"),
    ("text", {"longest": 3}, "字字字", "字字字"),
    ("number", {}, "7", 7),
    ("number", {}, "７", 7),
    ("number", {}, "3,5", 3.5),
    ("number", {}, "3.5", 3.5),
    ("number", {}, "1,500", 1500),
    ("number", {}, "1 500", 1500),
    ("number", {}, "12,345,678.5", 12345678.5),
    ("number", {}, "二十三", 23),
    ("number", {}, "twelve", 12),
    ("number", {}, "-4", -4),
    ("number", {"whole": True}, "5.0", 5),
    ("number", {"least": 1, "most": 5}, "1", 1),
    ("number", {"least": 1, "most": 5}, "5", 5),
    ("yes_no", {}, "Yes!", True),
    ("yes_no", {}, "好的。", True),
    ("yes_no", {}, "no", False),
    ("yes_no", {}, "不要", False),
    ("date", {}, "1990-05-17", "1990-05-17"),
    ("date", {}, "1990/5/7", "1990-05-07"),
    ("date", {}, "17.5.1990", "1990-05-17"),
    ("date", {}, "5/17/1990", "1990-05-17"),
    ("date", {}, "4/4/1990", "1990-04-04"),
    ("date", {}, "17 May 1990", "1990-05-17"),
    ("date", {}, "May 17th, 1990", "1990-05-17"),
    ("date", {}, "the 3rd of sept 1999", "1999-09-03"),
    ("date", {}, "19900517", "1990-05-17"),
    ("date", {}, "1990年5月17日", "1990-05-17"),
    ("date", {}, "一九九〇年五月十七号", "1990-05-17"),
    ("date", {}, "29 feb 2024", "2024-02-29"),
    ("date", {}, "today", "2026-11-24"),
    ("date", {}, "后天", "2026-11-26"),
    ("date", {"earliest": "today"}, "2026-11-24", "2026-11-24"),
    ("date", {"latest": "2026-11-23"}, "2026-11-23", "2026-11-23"),
    ("email", {}, " Anna.B+x@Example.COM ", "Anna.B+x@example.com"),
    ("email", {}, "anna＠example.com。", "anna@example.com"),
    ("email", {}, "a@mail.例子.中国", "a@mail.例子.中国"),
    ("email", {}, "mailto:a@b.co", "a@b.co"),
    ("email", {}, "anna@example.com.", "anna@example.com"),
    ("email", {}, "anna@example.com!", "anna@example.com"),
    ("email", {}, "<anna@example.com>.", "anna@example.com"),
    ("phone", {}, "+49 (0)30 / 123-456", "+4930123456"),
    ("phone", {}, "0049 30 123456", "+4930123456"),
    ("phone", {}, "＋８６ 138 0013 8000", "+8613800138000"),
    ("phone", {"country": "+86"}, "138 0013 8000", "+8613800138000"),
    ("phone", {"country": "+49"}, "030 123456", "+4930123456"),
    ("phone", {"country": "+39"}, "06 1234567", "+39061234567"),
    ("phone", {"country": "+49"}, "+44 20 7946 0000", "+442079460000"),
    ("phone", {"country": "+1"}, "(415) 555-2671", "+14155552671"),
    ("phone", {"country": "+1"}, "1 (415) 555-2671", "+14155552671"),
    ("phone", {"country": "+7"}, "8 912 345-67-89", "+79123456789"),
    ("phone", {"country": "+7"}, "7 912 345-67-89", "+79123456789"),
    ("phone", {"country": "+7"}, "912 345-67-89", "+79123456789"),
    ("phone", {"country": "+7"}, "812 345-67-89", "+78123456789"),
    ("phone", {"country": "+7"}, "701 234 56 78", "+77012345678"),
    ("phone", {"country": "+49"}, "49 30 1234567", "+49301234567"),
    ("phone", {"country": "+49"}, "4921 123456", "+494921123456"),
    ("phone", {"country": "+86"}, "86 138 0013 8000", "+8613800138000"),
    ("phone", {"country": "+36"}, "06 20 123 4567", "+36201234567"),
    ("phone", {"country": "+36"}, "36 1 123 4567", "+3611234567"),
    ("phone", {"country": "+65"}, "65 6123 4567", "+6561234567"),
    ("phone", {"country": "+65"}, "6512 3456", "+6565123456"),
    ("phone", {"country": "+39"}, "39 06 698 1234", "+39066981234"),
    ("phone", {"country": "+39"}, "393 123 4567", "+393931234567"),
    ("phone", {"country": "+55"}, "55 99123-4567", "+5555991234567"),
)

REFUSED: tuple[tuple[str, dict[str, object], str, str], ...] = (
    ("text", {}, "", "no_words"),
    ("text", {"shortest": 3}, "字字", "too_short"),
    ("text", {"longest": 3}, "four", "too_long"),
    ("text", {}, "x" * 1001, "too_long"),
    ("number", {}, "many", "not_a_number"),
    ("number", {}, "1e5", "not_a_number"),
    ("number", {}, "1,5,0", "not_a_number"),
    ("number", {}, "1" * 16, "not_a_number"),
    ("number", {"whole": True}, "2.5", "not_whole"),
    ("number", {"least": 1}, "0", "too_small"),
    ("number", {"most": 5}, "5.1", "too_large"),
    ("choice", {}, "bread", "no_such_choice"),
    ("yes_no", {}, "perhaps", "not_yes_or_no"),
    ("date", {}, "soon", "not_a_day"),
    ("date", {}, "30 feb 2000", "not_a_day"),
    ("date", {}, "1899-12-31", "not_a_day"),
    ("date", {}, "17 may", "no_year"),
    ("date", {}, "17.5.90", "no_year"),
    ("date", {}, "5月17日", "no_year"),
    ("date", {}, "3/4/1990", "two_days"),
    ("date", {"earliest": "today"}, "2026-11-23", "too_early"),
    ("date", {"latest": "today"}, "2026-11-25", "too_late"),
    ("email", {}, "anna", "not_an_email"),
    ("email", {}, "anna@example", "not_an_email"),
    ("email", {}, "a..b@example.com", "not_an_email"),
    ("email", {}, "anna @example.com", "not_an_email"),
    ("email", {}, "a@" + "b" * 63 + "." + ("c" * 63 + ".") * 3 + "com", "not_an_email"),
    ("phone", {}, "030 123456", "no_country"),
    ("phone", {}, "call me", "not_a_phone_number"),
    ("phone", {}, "+49 1", "not_a_phone_number"),
    ("phone", {}, "+1234567890123456", "not_a_phone_number"),
    ("phone", {}, "+0 123 4567", "not_a_phone_number"),
)


@pytest.mark.parametrize(("ask", "keys", "text", "value"), KEPT, ids=[f"{row[0]} {row[2]!r}" for row in KEPT])
def test_an_answer_is_kept_as(ask: str, keys: dict[str, object], text: str, value: Value) -> None:
    read = read_answer(question(ask, **keys), text, TODAY)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(("ask", "keys", "text", "code"), REFUSED, ids=[f"{row[0]} {row[2][:20]!r}" for row in REFUSED])
def test_an_answer_is_refused_in_a_whole_sentence(ask: str, keys: dict[str, object], text: str, code: str) -> None:
    read = read_answer(question(ask, **keys), text, TODAY)
    assert isinstance(read, Problem)
    assert read.code == code
    assert "{" not in read.sentence.format(**read.facts)


@given(text=st.text(), ask=st.sampled_from(["text", "number", "choice", "yes_no", "date", "email", "phone"]))
def test_whatever_is_written_is_kept_or_refused(text: str, ask: str) -> None:
    read = read_answer(question(ask), text, TODAY)
    assert isinstance(read, Problem | str | int | float)
    if isinstance(read, Problem):
        assert len(read.sentence.format(**read.facts).encode()) < 640  # under buttons, and on WeChat


@given(day=st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_day_is_read_however_it_is_written(day: date) -> None:
    for written in (
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.day} {day:%b} {day.year}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day:%Y%m%d}",
    ):
        assert read_answer(question("date"), written, TODAY) == day.isoformat(), written


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("soup", 0), (" SALAD! ", 1), ("沙拉", 1), ("1", 0), ("２", 1), ("2.", 1), ("3", None), ("0", None),
        ("", None), ("soup please", None), ("٢", 1),
    ],
)  # fmt: skip
def test_a_choice_is_named_by_title_or_number(text: str, place: int | None) -> None:
    assert chosen(text, [["Soup", "汤"], ["Salad", "沙拉"]]) == place


def test_a_title_goes_before_a_number() -> None:
    assert chosen("2", [["2"], ["1"]]) == 0
