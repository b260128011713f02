"""The one place that reads an answer of the Graph API: what a send came to, and what a refusal means."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handlers.messenger.failures import OTHER_STATUS, failure, status_failure
from handlers.messenger.usage import read_usage
from handlers.outcomes import Accepted, Failure, Fate, Outcome, Refused, Uncertain, Usage


def read_json(body: bytes) -> dict[str, Any] | None:
    """Return the JSON object in `body`, or None where there is something else: a proxy's HTML, a torn answer."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def read_outcome(status: int, headers: Mapping[str, str], body: bytes) -> Outcome:
    """Return what a send came to. Only a message id is a yes, and only a stated error is a no."""
    answer = read_json(body)
    if answer is not None and isinstance(answer.get("error"), dict):
        return _refusal(answer["error"], read_usage(headers))
    if status < 300:
        message_id = answer.get("message_id") if answer is not None else None
        if isinstance(message_id, str) and message_id:
            return Accepted(message_id, read_usage(headers))
        return Uncertain("an answer without a message id")
    if status < 500:
        return Refused(status_failure(status), f"HTTP {status}", usage=read_usage(headers))
    return Uncertain(f"HTTP {status} without a reason")


def read_refusal(status: int, headers: Mapping[str, str], body: bytes) -> Refused | None:
    """Return the refusal in the answer to a call that sends nothing, or None where it went well.

    Without a reason given, a 5xx is trouble to try again: nothing was sent that could come twice.
    """
    answer = read_json(body)
    if answer is not None and isinstance(answer.get("error"), dict):
        outcome = _refusal(answer["error"], read_usage(headers))
        return outcome if isinstance(outcome, Refused) else Refused(failure(1), "1/1357046")
    if status >= 500:
        return Refused(failure(2), f"HTTP {status}")
    if status >= 300:
        return Refused(status_failure(status), f"HTTP {status}")
    return Refused(OTHER_STATUS, f"HTTP {status}") if answer is None else None


def _refusal(error: dict[str, Any], usage: Usage | None) -> Refused | Uncertain:
    code, subcode = _number(error.get("code")) or 0, _number(error.get("error_subcode"))
    row = failure(code, subcode, str(error.get("message", "")), transient=error.get("is_transient") is True)
    named = f"{code}/{subcode}" if subcode else str(code)
    if row.fate is Fate.UNKNOWN:
        return Uncertain(named)
    return Refused(_with_wait(row, usage), named, str(error.get("fbtrace_id", "")), usage)


def _with_wait(row: Failure, usage: Usage | None) -> Failure:
    """Return `row` with the platform's own waiting time, where it is a throttle and the time was given."""
    if row.fate is Fate.PAUSE and row.wait_seconds is not None and usage and usage.regain_seconds:
        return replace(row, wait_seconds=max(row.wait_seconds, usage.regain_seconds))
    return row


def _number(value: object) -> int | None:
    """Return a code as a number; Meta writes numbers, and digits in a string are read too."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12 else None
