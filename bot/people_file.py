"""Reads people from a CSV file: which columns there are, what kind of value each variable has, one person a line."""

import csv
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, TextIO

from broadcast.when.local import zone_of
from storage.subscribers import MOMENT_FIELDS, PROFILE_FIELDS

PERSON = "platform_user_id"
KNOWN = frozenset({PERSON, *PROFILE_FIELDS, *MOMENT_FIELDS})

MOST_DIGITS = 18
"""Of a whole number that both databases keep as it is."""

Line = Mapping[str | None, Any]
"""A line's cells by their columns, as the reader gives them: under None what is too many, None for what is missing."""


class BadColumns(Exception):
    """The first line of a file cannot be used; the sentence says why."""


def open_reader(file: TextIO) -> "csv.DictReader[str]":
    """Return a reader of the lines under the first one that is not blank, which names the columns.

    Raises `BadColumns`, and `csv.Error` for what is no CSV.
    """
    reader = csv.DictReader(file, strict=True)
    names: list[str] = next((row for row in reader.reader if any(cell.strip() for cell in row)), [])
    reader.fieldnames = [_column(name) for name in names]
    _check(reader.fieldnames)
    return reader


def lines(reader: "csv.DictReader[str]") -> Iterator[Line]:
    """Yield the lines that are not blank."""
    for row in reader:
        first, *others = row.values()
        if (first or "").strip() or any(other is not None for other in others):
            yield row


def _column(written: str) -> str:
    """Return a column by the name it has here; names of variables are the file's own."""
    name = written.strip()
    folded = name.casefold()
    if folded in KNOWN:
        return folded
    return f"var.{name[4:].strip()}" if folded.startswith("var.") else name


def _check(names: Any) -> None:
    if PERSON not in names:
        hint = " Commas separate the columns." if len(names) == 1 else ""
        raise BadColumns(f"has no column {PERSON} in its first line.{hint}")
    for name, times in Counter(names).items():
        if name not in KNOWN and not _is_variable(name):
            raise BadColumns(
                f"cannot be used: nothing is known of the column {name!r}. Profile fields are"
                f" {', '.join(sorted(KNOWN))}; variables are written var.NAME, with letters, digits and _ in the name."
            )
        if times > 1:
            raise BadColumns(f"has the column {name} {times} times; leave one of them.")


def _is_variable(column: str) -> bool:
    return column.startswith("var.") and column.removeprefix("var.").isidentifier()


def variables_of(reader: "csv.DictReader[str]") -> dict[str, str]:
    """Read a file through and return the kind of each variable in it: a number when every cell is one."""
    names = [name for name in reader.fieldnames or () if _is_variable(name)]
    texts: set[str] = set()
    filled: set[str] = set()
    for row in lines(reader) if names else ():
        for name in names:
            if cell := (row[name] or "").strip():
                filled.add(name)
                if name not in texts and _number(cell) is None:
                    texts.add(name)
    return {name.removeprefix("var."): "number" if name in filled - texts else "text" for name in names}


def person_of(row: Line, kinds: Mapping[str, str]) -> dict[str, Any]:
    """Return the person of a line, as `storage.subscribers.add_imported` takes them; `kinds` are the variables'.

    Raises ValueError with the reason why the line cannot be used.
    """
    if None in row or None in row.values():
        raise ValueError("it has more or fewer cells than the first line")
    person: dict[str, Any] = {PERSON: row[PERSON].strip()}
    if not person[PERSON]:
        raise ValueError(f"{PERSON} is empty")
    if any(sign.isspace() for sign in person[PERSON]):
        raise ValueError(f"{PERSON} is {person[PERSON]!r}; expected no blanks in it")
    values: dict[str, Any] = {}
    for column, cell in row.items():
        assert column is not None
        text = cell.strip()
        if "\0" in text:
            raise ValueError(f"{column} is {text!r}; a NUL byte is in it, which no text can hold")
        if not text or column == PERSON:
            continue
        if column in MOMENT_FIELDS:
            person[column] = _moment(column, text)
        elif column == "timezone":
            person[column] = _zone(text)
        elif column in PROFILE_FIELDS:
            person[column] = text
        else:
            name = column.removeprefix("var.")
            values[name] = _value(column, text, kinds[name])
    return {**person, "variables": values}


def _zone(text: str) -> str:
    if zone_of(text) is None:
        raise ValueError(f"timezone is {text!r}; expected a name like Europe/Berlin, or an offset like UTC+08:00")
    return text


def _moment(column: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter in the first and the last hours of the calendar
        raise ValueError(f"{column} is {text!r}; expected a time like 2026-11-23T10:00:00Z") from None


def _value(column: str, text: str, kind: str) -> str | int | float | bool:
    """Return a cell as the kind of value its variable holds."""
    if kind == "number":
        number = _number(text)
        if number is None:
            raise ValueError(f"{column} is {text!r}; it holds numbers")
        return number
    if kind == "yes/no":
        if text.casefold() not in _YES_NO:
            raise ValueError(f"{column} is {text!r}; it holds yes or no")
        return _YES_NO[text.casefold()]
    if kind == "date":
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise ValueError(f"{column} is {text!r}; expected a date like 2026-11-23") from None
    return text


_YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


_PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
"""What a spreadsheet writes for a number; Python would take more for one: `1_000`, `inf`.

A post code or a phone number is none: it would lose its first zeros, or its plus.
"""


def _number(text: str) -> int | float | None:
    """Return the number a cell holds, None when it holds anything else."""
    if not _PLAIN_NUMBER.fullmatch(text):
        return None
    if "." not in text:
        return int(text) if len(text) <= MOST_DIGITS else None
    number = float(text)
    return number if math.isfinite(number) else None
