"""The fields of a webhook's XML, and how its loosely typed values are read without ever failing."""

from collections.abc import Mapping
from datetime import MAXYEAR, UTC, datetime
from typing import Any
from xml.parsers.expat import ExpatError

from wechatpy import parse_message

from handlers.contract import Unreadable

Fields = Mapping[str, Any]


def read_fields(xml: str) -> Fields:
    """Return the elements below `<xml>`, by name. Raises `Unreadable`, never anything else.

    wechatpy parses, refuses entities, and finds out what a subscribe event is; the fields are taken from its
    `_data`, for it has no names for several of them and turns the others into numbers only when looked at.
    """
    try:
        message = parse_message(xml)
        fields = getattr(message, "_data", None)
    except (ExpatError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unreadable(type(error).__name__) from None
    if not isinstance(fields, dict):
        raise Unreadable("no message")
    return fields


def text(fields: Fields, name: str) -> str:
    """Return the words in an element; "" where it is absent, empty, or holds something else."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def number(fields: Fields, name: str) -> int:
    """Return an element's whole number; 0 where there is none."""
    value = text(fields, name)
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else 0


def moment(fields: Fields) -> datetime:
    """Return `CreateTime` (Unix seconds) in UTC. Raises `Unreadable` where it is no moment."""
    try:
        at = datetime.fromtimestamp(int(text(fields, "CreateTime")), UTC)
    except (ValueError, OverflowError, OSError):  # not a number, not a year
        raise Unreadable("no CreateTime") from None
    if at.year >= MAXYEAR:
        raise Unreadable("no CreateTime")  # a window must fit behind it
    return at


def inside(fields: Fields, name: str) -> Fields:
    """Return the elements inside an element; nothing where it is absent or empty."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}
