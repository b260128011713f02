"""Reads the short orders about a draft: `remove 2`, `move 2 up`, `edit 2.1`, `way out: …`, `template …`."""

import re
from dataclasses import dataclass
from typing import Literal

from bot.conversation.words import plain

_PLACE = r"#?(\d{1,2})(?:\.(\d{1,2}))?"
Verb = Literal["remove", "replace", "up", "down", "to", "copy", "button", "bare"]
_ORDERS: tuple[tuple[Verb, re.Pattern[str]], ...] = (
    ("bare", re.compile(rf"(?:remove|delete) buttons {_PLACE}")),
    ("bare", re.compile(rf"删除按钮 ?{_PLACE}")),
    ("remove", re.compile(rf"(?:remove|delete) {_PLACE}")),
    ("remove", re.compile(rf"删除 ?{_PLACE}")),
    ("replace", re.compile(rf"(?:edit|replace|change) {_PLACE}")),
    ("replace", re.compile(rf"(?:修改|替换) ?{_PLACE}")),
    ("up", re.compile(rf"move {_PLACE} up")),
    ("up", re.compile(rf"上移 ?{_PLACE}")),
    ("down", re.compile(rf"move {_PLACE} down")),
    ("down", re.compile(rf"下移 ?{_PLACE}")),
    ("to", re.compile(rf"move {_PLACE} to (\d{{1,2}})")),
    ("to", re.compile(rf"把? ?{_PLACE} ?移到 ?(\d{{1,2}})")),
    ("copy", re.compile(rf"(?:copy|duplicate) {_PLACE}")),
    ("copy", re.compile(rf"复制 ?{_PLACE}")),
    ("button", re.compile(rf"button {_PLACE}")),
    ("button", re.compile(rf"按钮 ?{_PLACE}")),
)
_WAY_OUT = re.compile(r"\s*(?:way out|退订方式)\s*[:：](.*)", re.IGNORECASE | re.DOTALL)

_CANARY = re.compile(
    r"(?:canary\b|先发) ?(?P<people>.*?)(?: ?(?:people|person|人))?"
    r"(?:[ ,]*(?P<go>then go(?: on)?|(?:然后|自动|再)继续))?"
)
_NO_CANARY = frozenset({"canary off", "no canary", "取消先发", "不先发", "先发关"})

_SAVE = re.compile(r"\s*(?:save (?:the )?audience(?: as)?|保存受众)\s+(\S.*)", re.IGNORECASE | re.DOTALL)


_ALSO = re.compile(r"\s*(also|not) on\s+(\S.*)", re.IGNORECASE | re.DOTALL)
_ALSO_CHINESE = re.compile(r"\s*(同时发到|不发到)\s*(\S.*)", re.DOTALL)


_TEMPLATE = re.compile(
    r"\s*(?:template(?:\s+(?P<name>\w\S*)(?:\s+(?P<language>[a-z]{2,3}(?:_[a-z]{2,4})?))?)?|templates"
    r"|模板\s*(?P<named>[A-Za-z0-9]\w*|不用)?(?:\s+(?P<spoken>[a-z]{2,3}(?:_[a-z]{2,4})?))?|模板列表)\s*",
    re.IGNORECASE | re.ASCII,
)
_NO_TEMPLATE = frozenset({"off", "none", "不用"})


@dataclass(frozen=True, slots=True)
class TemplateOrder:
    """An order about the template: take the one of this name, take none (`off`), or, without a name, list them."""

    name: str = ""
    language: str = ""
    off: bool = False


@dataclass(frozen=True, slots=True)
class Also:
    """An order about a further channel, by its name: the draft is to go out there too, or not after all."""

    channel: str
    wanted: bool


@dataclass(frozen=True, slots=True)
class Canary:
    """An order to send to a few people first; `people` is what was said for their number, `off` takes it back."""

    people: str = ""
    goes_on: bool = False
    off: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """An order about a message, or a `part` of it (0: the whole), counted from 1; `to` is the number it moves to."""

    verb: Verb
    number: int
    part: int = 0
    to: int = 0


def read_edit(text: str) -> Edit | None:
    """Return the order that `text` is exactly, or None."""
    for verb, pattern in _ORDERS:
        if match := pattern.fullmatch(plain(text)):
            number, part, *to = (int(group or 0) for group in match.groups())
            return Edit(verb, number, part, *to)
    return None


def read_save(text: str) -> str | None:
    """Return the name in `save audience NAME`; None when `text` is no such order."""
    match = _SAVE.fullmatch(text)
    return " ".join(match[1].split()) if match else None


def read_also(text: str) -> Also | None:
    """Return the channel in `also on NAME` or `not on NAME`; None when `text` is no such order."""
    match = _ALSO.fullmatch(text) or _ALSO_CHINESE.fullmatch(text)
    return Also(" ".join(match[2].split()), match[1].casefold() in {"also", "同时发到"}) if match else None


def read_canary(text: str) -> Canary | None:
    """Return the order `canary 50`, `canary 50 then go` or `canary off`; None when `text` is no such order."""
    said = plain(text)
    if said in _NO_CANARY:
        return Canary(off=True)
    match = _CANARY.fullmatch(said)
    return Canary(match["people"], goes_on=match["go"] is not None) if match else None


def read_template(text: str) -> TemplateOrder | None:
    """Return the order in `template NAME`, `template NAME LANGUAGE`, `template off` or `templates`, or None."""
    match = _TEMPLATE.fullmatch(text)
    if match is None:
        return None
    name = match["name"] or match["named"] or ""
    if name.casefold() in _NO_TEMPLATE:
        return TemplateOrder(off=True)
    return TemplateOrder(name, match["language"] or match["spoken"] or "")


def read_way_out(text: str) -> str | None:
    """Return the wording in `way out: …`; None when `text` is no such order."""
    match = _WAY_OUT.fullmatch(text)
    return " ".join(match[1].split()) if match else None
