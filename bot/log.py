"""Structured log lines: what kind of thing happened, never a secret and never a person's words."""

import contextlib
import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable, MutableMapping
from datetime import UTC, datetime
from typing import Any

import structlog

LEAST_SECRET = 4
"""Shorter strings are too common to be struck; no platform gives out secrets so short."""

_TOKENS = re.compile(r"(access_token|appsecret_proof|secret|Bearer)([=: ]+)[^&\s\"']+")


def configure(level: str, secrets: Iterable[str]) -> None:
    """Write one JSON object a line to standard error; the given secrets are struck wherever they turn up.

    The libraries' own lines go the same way, unless a host has set up logging before: then they are the host's.
    """
    known = [secret for secret in secrets if len(secret) >= LEAST_SECRET]

    def strike(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        for key in line:
            line[key] = _struck_deeply(line[key], known)
        return line

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            strike,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=_Unfailing,
        cache_logger_on_first_use=False,  # a rehearsal or a test may want to listen in later
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line(known))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    # urllib3 writes whole addresses at DEBUG, and those carry the proof of the app secret.
    logging.getLogger("urllib3").setLevel(logging.INFO)


class _Unfailing(structlog.WriteLogger):
    """Writes to standard error; on a full disk the line is lost, and what it was about goes on."""

    def __init__(self, *_names: str) -> None:
        super().__init__(sys.stderr)

    def msg(self, message: str) -> None:
        """Write a line."""
        with contextlib.suppress(OSError):
            super().msg(message)

    log = debug = info = warn = warning = critical = error = fatal = exception = failure = err = msg


class _Line(logging.Formatter):
    """A library's line in the form of ours."""

    def __init__(self, secrets: list[str]) -> None:
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "event": struck(record.getMessage(), self._secrets),
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
            "library": record.name,
        }
        if record.exc_info:
            line["exception"] = struck(self.formatException(record.exc_info), self._secrets)
        return json.dumps(line, ensure_ascii=False)


def _struck_deeply(value: Any, secrets: list[str]) -> Any:
    match value:
        case str():
            return struck(value, secrets)
        case dict():
            return {key: _struck_deeply(item, secrets) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_struck_deeply(item, secrets) for item in value]
        case None | bool() | int() | float():
            return value
        case _:
            return struck(repr(value), secrets)


def struck(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text without secrets: the known ones, and whatever follows a word that announces one."""
    for secret in secrets:
        text = text.replace(secret, "•••")
    return _TOKENS.sub(r"\1\2•••", text)


def trace(error: BaseException) -> str:
    """Return the calls that led to an error and to those before it, each with its kind but without what it says.

    What an error says may quote the message it failed on; where it arose never does.
    """
    parts: list[str] = []
    while True:
        parts.append("".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__)
        before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if before is None:
            return "\nafter\n".join(parts)
        error = before
