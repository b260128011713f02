"""Why something stands still, as it is stored: a sentence in English with its facts, said in any language later.

Only these functions make a `Reason`, and all of them take sentences that are collected for translation, so that
whoever pauses or ends a broadcast with bare words hears of it from the type checker.
"""

import json
import re
from typing import NewType

from broadcast.audience.problems import Catalogue, Code, FilterProblem
from handlers.contract import PlatformError, Problem
from handlers.outcomes import Refused

Reason = NewType("Reason", str)
"""A sentence, or JSON where more belongs to it: `sentence` and `facts`, or the fields of a `filter` problem."""

_CODE_IN_BRACKETS = re.compile(r"\s*[(（][^()（）]*\{code\}[^()（）]*[)）]")

NO_REASON = Reason("")


def problem(found: Problem) -> Reason:
    """Keep a problem."""
    return _kept(found.sentence, dict(found.facts))


def refusal(refused: Refused) -> Reason:
    """Keep a platform's no."""
    return _with_code(refused.failure.sentence, refused.code)


def error(raised: PlatformError) -> Reason:
    """Keep the no to a call outside the sending of messages."""
    return _with_code(raised.sentence, raised.code)


def filter_problem(raised: FilterProblem) -> Reason:
    """Keep why a filter cannot be used any more."""
    fields = {name: getattr(raised, name) for name in ("code", "at", "word", "expected", "subject", "nearest")}
    return Reason(json.dumps({"filter": fields}, ensure_ascii=False))


def say(reason: str, texts: Catalogue) -> str:
    """Return a kept reason in the catalogue's language; '' for none."""
    if not reason.startswith("{"):
        return texts.gettext(reason) if reason else ""
    kept = json.loads(reason)
    if "filter" in kept:
        fields = kept["filter"]
        return FilterProblem(Code(fields.pop("code")), **fields).sentence(texts)
    said = bracketless(texts.gettext(kept["sentence"]), str(kept["facts"].get("code", "-")))
    return said.format(**kept["facts"])


def bracketless(sentence: str, code: str) -> str:
    """Return a sentence, its places still open, without the bracket around `{code}` where there is no code."""
    return sentence if code else _CODE_IN_BRACKETS.sub("", sentence)


def _with_code(sentence: str, code: str) -> Reason:
    return _kept(sentence, {"code": code} if "{code}" in sentence else {})


def _kept(sentence: str, facts: dict[str, str | int]) -> Reason:
    if not facts:
        return Reason(sentence)
    return Reason(json.dumps({"sentence": sentence, "facts": facts}, ensure_ascii=False))
