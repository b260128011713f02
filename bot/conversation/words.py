"""The words with which the builder is answered, in English and Chinese: always both, whatever is spoken."""

import re
import unicodedata
from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, ...]] = {
    "everyone": ("everyone", "everybody", "all", "所有人", "全部", "全体", "大家"),
    "done": ("done", "完成", "好了"),
    "send": ("send", "send it", "发送", "现在发送", "群发"),
    "send now": ("send now", "立即发送"),
    "schedule": ("schedule", "schedule it", "定时", "定时发送"),
    "save": ("save", "save draft", "保存", "保存草稿", "存草稿"),
    "discard": ("discard", "delete it", "放弃", "丢弃"),
    "go on": ("go on", "continue", "继续"),
    "keep": ("keep", "keep it", "不变", "保留"),
    "back": ("back", "返回", "上一步"),
    "cancel": ("cancel", "取消"),
    "preview": ("preview", "预览"),
    "test": ("test", "测试"),
    "help": ("help", "帮助"),
    "undo": ("undo", "撤销", "撤回"),
    "edit": ("edit", "change", "修改", "编辑"),
    "name": ("name", "名称", "名字"),
    "when": ("when", "time", "时间"),
    "who": ("who", "audience", "对象", "受众"),
    "messages": ("messages", "message", "内容", "消息"),
    "button": ("button", "add a button", "按钮", "加按钮"),
    "card": ("card", "add a card", "卡片", "加卡片"),
    "article": ("article", "add an article", "文章", "图文", "加文章"),
    "another": ("another", "another card", "another article", "再加一张", "再加一篇"),
    "skip": ("skip", "跳过"),
    "pick": ("pick", "pick them", "choose", "挑选", "选择"),
    "and": ("and", "and also", "并且", "且", "而且"),
    "or": ("or", "or else", "或者", "或"),
    "use it": ("use it", "use this", "就用它", "使用"),
    "more": ("more", "更多"),
    "road mass": ("road mass", "mass road", "走群发", "群发通道"),
    "road one by one": ("road one by one", "one by one road", "逐个发送", "走客服消息"),
    "leave out": ("leave out", "leave them out", "leave out recent", "排除", "排除最近", "排除他们"),
}
"""By the word the rules speak of."""

_YES = frozenset(
    {"yes", "yes please", "y", "ok", "okay", "sure", "right", "是", "是的", "对", "对的", "好", "好的", "嗯", "可以"}
)
"""What takes a proposal."""

_NUMBER = re.compile(r"[(（]?\s*(\d{1,2})\s*[.)）、。．]?", re.ASCII)
"""A number as a list has it, with the mark that stands behind it or around it there."""

_MEANINGS = {word: meaning for meaning, words in WORDS.items() for word in words}


def plain(text: str) -> str:
    """Return `text` as it is compared: one width, one case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def meaning(text: str) -> str:
    """Return the word that `text` stands for; '' when it is anything but exactly one of them."""
    return _MEANINGS.get(plain(text), "")


def number(text: str) -> int | None:
    """Return the number of a choice that `text` is, as `2`, `2.`, `２、` or `（2）`; None for anything else."""
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return int(found[1]) if found else None


def agrees(text: str) -> bool:
    """Say whether `text` takes what was proposed; signs around it do not count."""
    return plain(text).strip(" .!。！,，") in _YES
