"""Every reason the ledger may name is a sentence for an admin."""

import re
from pathlib import Path

import pytest

from bot.commands.reasons import OURS, say_reason_in
from bot.texts import texts
from broadcast import because, sendable
from handlers.contract import PlatformError
from tests.handlers.wechat.account import make_account


def test_whoever_may_not_be_written_to_is_told_of_in_a_sentence():
    reasons = re.findall(r'return "(\w+)"', Path(sendable.__file__).read_text("utf-8"))
    assert len(reasons) > 3
    assert [reason for reason in reasons if reason not in OURS] == []


@pytest.mark.parametrize(
    ("language", "code", "said"),
    [
        ("en", "45028", "send this in this way (code 45028)."),
        ("en", "", "send this in this way."),
        ("zh_CN", "", "。"),
    ],
)
def test_a_reason_without_a_code_has_no_empty_bracket(clock, language, code, said):
    sentence = say_reason_in(texts(language), make_account(clock=clock).capabilities, "not_allowed", code)
    assert said in sentence
    assert ("(" in sentence or "（" in sentence) is bool(code)


def test_nor_has_a_kept_one():
    kept = because.error(PlatformError("WeChat found something wrong in what is to be sent (code {code})."))
    assert because.say(kept, texts("en")) == "WeChat found something wrong in what is to be sent."
