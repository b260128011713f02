"""The words that mean something in every flow, in both languages: leave, skip, ask for a person, yes and no."""

from collections.abc import Mapping
from typing import Final

from bot.conversation.words import plain

LEAVE: Final = frozenset({"cancel", "quit", "exit", "leave", "取消", "退出", "结束"})
"""End the conversation here. To leave for good there is STOP, which is heard before any flow."""

SKIP: Final = frozenset({"skip", "跳过"})
"""Leave this question out, where that is allowed."""

HUMAN: Final = frozenset(
    {"human", "agent", "operator", "a human", "talk to a human", "人工", "人工客服", "客服", "转人工"}
)
"""Bring a person in; the bot keeps quiet from then on."""

YES: Final = frozenset(
    {"yes", "y", "yeah", "yep", "sure", "ok", "okay", "是", "是的", "对", "好", "好的", "可以", "要"}
)
NO: Final = frozenset({"no", "n", "nope", "no thanks", "否", "不", "不是", "不要", "不用", "不可以", "没有"})

COMMON: Final[Mapping[str, frozenset[str]]] = {"leave": LEAVE, "skip": SKIP, "human": HUMAN, "yes": YES, "no": NO}
"""By what the word does. None of them may be the keyword of a flow."""


def said(text: str) -> str:
    """Return a whole message as it is compared with a word: without the dot or the exclamation mark at its end."""
    return plain(text).strip(" .!?。")
