"""Structured log lines: what kind of thing happened, never a secret and never a person's words."""

import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any

import structlog

_TOKENS = re.compile(r"(access_token|appsecret_proof|secret|Bearer)([=: ]+)[^&\s\"']+")


def configure(level: str, secrets: Iterable[str]) -> None:
    """Write one JSON object a line to standard error; the given secrets are struck wherever they turn up."""
    known = [secret for secret in secrets if len(secret) > 3]

    def strike(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        for key, value in line.items():
            if isinstance(value, str):
                line[key] = struck(value, known)
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
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # urllib3 writes whole addresses at DEBUG, and those carry the proof of the app secret.
    logging.getLogger("urllib3").setLevel(logging.INFO)


def struck(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text without secrets: the known ones, and whatever follows a word that announces one."""
    for secret in secrets:
        text = text.replace(secret, "•••")
    return _TOKENS.sub(r"\1\2•••", text)
