"""Lengths of time as settings asked for in chat: "1 h", "30 min", "2小时"."""

from datetime import timedelta

from broadcast.when.normal import quoted
from broadcast.when.tree import NotUnderstood, read_duration
from handlers.contract import Problem


def parse_duration(text: str) -> timedelta | Problem:
    """Return the length of time that `text` says, or a `Problem` showing how to write one."""
    try:
        return read_duration(text)
    except NotUnderstood:
        return Problem(
            "not_a_duration",
            "I do not understand “{text}” as a length of time. Send a number with its unit, like {examples}.",
            {"text": quoted(text), "examples": "30 min, 1 h, 2 d, 30分钟, 2小时"},
        )
