"""The one place that reads an answer of WeChat's API: what it says, and what a refusal means. Pure."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from handlers.contract import PlatformError
from handlers.outcomes import Failure, Fate, Refused, Uncertain
from handlers.wechat.failures import NO_ANSWER, OK, QUOTA_SPENT, failure, status_failure, until_midnight

Result = dict[str, Any] | Refused | Uncertain
"""What a call came to: the answer's object, an explicit no, or nothing that can be understood."""

# In every refusal's errmsg; tells Tencent's support, and `openapi/rid/get` for 7 days, which call it was.
_RID = re.compile(r"\brid: ([0-9a-f]+(?:-[0-9a-f]+)+)")


def read_answer(
    status: int,
    body: bytes,
    *,
    now: datetime,
    row: Callable[[int], Failure] = failure,
    taken: frozenset[int] = frozenset(),
) -> Result:
    """Return what an answer says. A refusal comes with status 200, and its `errcode` alone counts.

    `row` finds the failure for a code; a code in `taken` is an answer like any other. Without anything to
    read, 3xx and 4xx are a no, and everything else leaves open what was done.
    """
    answer = read_json(body)
    code = _code(answer)
    if answer is not None and code in taken:
        return answer
    if answer is not None and code != OK:
        return _refusal(code, str(answer.get("errmsg", "")), row(code), now)
    if 300 <= status < 500:
        return Refused(status_failure(status), f"HTTP {status}")
    if answer is None or status >= 500:
        return Uncertain(f"HTTP {status} without a reason")
    return answer


def read_json(body: bytes) -> dict[str, Any] | None:
    """Return the JSON object in `body`, or None where there is something else: a proxy's HTML, a torn answer."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def told(result: Result) -> dict[str, Any]:
    """Return the answer to a call that sends nothing. Raises `PlatformError` where there is none."""
    if isinstance(result, Uncertain):
        raise PlatformError(NO_ANSWER.sentence, NO_ANSWER)
    if isinstance(result, Refused):
        raise PlatformError(result.failure.sentence, result.failure, result.code)
    return result


def sentence(refused: Refused) -> str:
    """Return what a refusal says to people."""
    return refused.failure.sentence.format(code=refused.code)


def whole_number(value: object) -> int:
    """Return a number that may come as digits in a string; 0 for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value) else 0


def _code(answer: dict[str, Any] | None) -> int:
    """Return the `errcode`; answers to questions often have none, which means 0."""
    return whole_number(answer.get("errcode", OK)) if answer is not None else OK


def _refusal(code: int, message: str, row: Failure, now: datetime) -> Refused | Uncertain:
    if row.fate is Fate.UNKNOWN:
        return Uncertain(row.reason)
    if code == QUOTA_SPENT:
        row = replace(row, wait_seconds=until_midnight(now))
    rid = _RID.search(message)
    return Refused(row, str(code), rid[1] if rid else "", said=message)
