"""A tree is said back in words, in English and in Chinese."""

from gettext import NullTranslations

import pytest

from broadcast.audience.nodes import Node
from broadcast.audience.parse import parse
from broadcast.audience.words import words
from tests.broadcast.audience.strategies import VOCABULARY

CHINESE_MESSAGES = {
    "{field} is {value}": "{field}是{value}",
    "{field} is not {value} (or is missing)": "{field}不是{value}（或未填写）",
    "{field} is above {value}": "{field}大于{value}",
    "{field} before {value}": "{field}早于{value}",
    "{field} {value}": "{value}{field}",
    "{field} is missing": "{field}未填写",
    "{span} ago": "{span}前",
    "in the last {span}": "最近{span}内",
    "{n} days": "{n}天",
    "{clause} {span}": "{span}{clause}",
    "completed {flow}": "完成了{flow}",
    "did not complete {flow}": "没有完成{flow}",
    "got {broadcast}": "收到过{broadcast}",
    "any broadcast": "任意群发",
    "{first} and {second}": "{first}，并且{second}",
    "{first} or {second}": "{first}，或者{second}",
    "({inner})": "（{inner}）",
    "everyone": "所有人",
    "language": "语言",
    "last seen": "最后来访",
    "followed": "关注",
    "city": "城市",
}


class Chinese(NullTranslations):
    """A small catalogue, enough for these sentences."""

    def gettext(self, message: str) -> str:
        return CHINESE_MESSAGES.get(message, message)

    def ngettext(self, _one: str, many: str, _n: int) -> str:
        return CHINESE_MESSAGES[many]


ENGLISH = (
    ("", "everyone"),
    ("plan = pro and not completed onboarding", "plan is “pro” and did not complete “onboarding”"),
    ("lang != zh", "language is not “zh” (or is missing)"),
    ("lang = zh or (points >= 10 and vip = yes)", "language is “zh” or (points is at least 10 and vip: yes)"),
    ("not (lang = zh and vip = no)", "not (language is “zh” and vip: no)"),
    ("not vip = yes", "vip: no, or missing"),
    ("plan in (free, pro)", "plan is one of “free”, “pro”"),
    ("plan not in (free, pro)", "plan is none of “free”, “pro” (or is missing)"),
    ("city is set and plan is not set", "city is known and plan is missing"),
    ("points between 1 and 2.5", "points is from 1 to 2.5"),
    ("last_seen < 7 days ago", "last seen before 7 days ago"),
    ("last_seen < 1 day ago", "last seen before 1 day ago"),
    ("followed in the last 30 days", "followed in the last 30 days"),
    ("not followed in the last 30 days", "followed not in the last 30 days (or missing)"),
    ("window in the next 2 hours", "window ends in the next 2 hours"),
    ("birthday = 2026-01-01", "birthday on 2026-01-01"),
    ("birthday >= tomorrow", "birthday on or after tomorrow"),
    ("last_seen <= now", "last seen on or before now"),
    ("birthday is not set", "birthday is missing"),
    ("tag = vip and tag is set", "has the tag “vip” and has a tag"),
    ("tag not in (a, b)", "has none of the tags “a”, “b”"),
    ("got any in the last 7 days", "got any broadcast in the last 7 days"),
    ("did not click Sale", "got “Sale” and did not click in “Sale”"),
    ("in onboarding or dropped out of x", "is in “onboarding” now or dropped out of “x”"),
    ("not everyone", "not (everyone)"),
)

CHINESE = (
    ("everyone", "所有人"),
    ("lang = zh and not completed onboarding", "语言是“zh”，并且没有完成“onboarding”"),
    ("lang != zh", "语言不是“zh”（或未填写）"),
    ("points > 5 and (lang = zh or city is not set)", "points大于5，并且（语言是“zh”，或者城市未填写）"),
    ("last_seen < 7 days ago", "最后来访早于7天前"),
    ("followed in the last 30 days", "最近30天内关注"),
    ("completed onboarding in the last 30 days", "最近30天内完成了“onboarding”"),
    ("got any in the last 7 days", "最近7天内收到过任意群发"),
)


def tree(typed: str) -> Node:
    return parse(typed, VOCABULARY)


@pytest.mark.parametrize(("typed", "said"), ENGLISH, ids=[typed for typed, _ in ENGLISH])
def test_a_filter_is_said_in_english(typed: str, said: str) -> None:
    assert words(tree(typed), NullTranslations()) == said


@pytest.mark.parametrize(("typed", "said"), CHINESE, ids=[typed for typed, _ in CHINESE])
def test_a_filter_is_said_in_chinese(typed: str, said: str) -> None:
    assert words(tree(typed), Chinese()) == said
