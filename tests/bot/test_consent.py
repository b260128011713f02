"""Stop and start are understood in both languages, and nothing else is taken for them."""

import pytest

from bot.consent import confirmation, wish
from handlers.events import ButtonPressed, MessageReceived, Read
from storage.lifecycle import Consent
from tests.conftest import START


def said(text: str, payload: str = "") -> MessageReceived:
    return MessageReceived(key="k", person="p", at=START, text=text, payload=payload)


def test_the_confirmation_is_in_the_persons_language():
    assert "START" in confirmation(Consent.OPTED_OUT, "en_US")
    assert confirmation(Consent.OPTED_OUT, "zh_CN") != confirmation(Consent.OPTED_OUT, "en_US")


AROUND = (
    "STOP !", "STOP .", "ＳＴＯＰ", "“STOP”", "'stop'", "Stop，", "stop?", "stop…", "«STOP»", "¡Stop!", "STOP\u200b",
    "/stop", "\u3000STOP\n", "(stop)", "🛑 STOP ❤️", "*stop*", "「停止」", "退订。。", "Stop Messages!",
    "stop  messages", "T", "td", "ＴＤ", "TD。", "回TD退订", "回复 TD 退订", "回复退订", "不再接收", "退 订",
    "退　订！",
)  # fmt: skip


@pytest.mark.parametrize("text", ["STOP", "stop", " Stop. ", "unsubscribe", "退订", "退订！", "取消订阅", *AROUND])
def test_these_words_end_broadcasts(text):
    assert wish(said(text)) is Consent.OPTED_OUT


@pytest.mark.parametrize("text", ["START", "subscribe", "恢复订阅", "ＳＴＡＲＴ", "Start !", "“订阅”", "start…"])
def test_these_words_bring_them_back(text):
    assert wish(said(text)) is Consent.SUBSCRIBED


@pytest.mark.parametrize(
    "text",
    ["please don't stop", "stop it now", "restart", "", "/broadcast", "…", "stop. it", "non-stop", "stop 1",
     "STOP HERE", "s t o p", "t d", "TDs", "T_T", "t-shirt", "不再", "想退订", "❤️", "先停止一下"],
)  # fmt: skip
def test_nothing_else_is_taken_for_them(text):
    assert wish(said(text)) is None


def test_a_tapped_way_out_counts_whatever_its_title_says():
    assert wish(said("No more of this", payload="STOP")) is Consent.OPTED_OUT
    assert wish(ButtonPressed(key="k", person="p", at=START, payload="STOP")) is Consent.OPTED_OUT


def test_a_receipt_is_no_wish():
    assert wish(Read(key="k", person="p", at=START, watermark=START)) is None
