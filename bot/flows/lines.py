"""Where things stand in a TOML file: the line of every key, table and list item, which `tomllib` does not tell.

Only for text that `tomllib` has read without complaint: this walks over it and checks nothing again.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping

Place = tuple[str | int, ...]
"""The way to a value from the top of a file: keys by name, items of lists and of `[[tables]]` from 0."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' + r"|'''.*?'{3,5}" + r'|"(?:\\.|[^"\\\n])*"' + r"|'[^'\n]*'", re.DOTALL
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\n#]+")  # a number, a date, true or false


def locate(source: str) -> Mapping[Place, int]:
    """Return the line, counted from 1, on which each value's key or item begins."""
    return _Walk(source).document()


def line_of(place: Place, lines: Mapping[Place, int]) -> int:
    """Return the line of a place; of what is around it when it is not written, and 1 for the whole file."""
    for length in range(len(place), 0, -1):
        if place[:length] in lines:
            return lines[place[:length]]
    return 1


class _Walk:
    """Goes over one file from its beginning to its end."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.breaks = [match.start() for match in re.finditer("\n", source)]
        self.lines: dict[Place, int] = {}
        self.tables: dict[Place, int] = {}  # how many `[[tables]]` of each name have begun

    def document(self) -> dict[Place, int]:
        table: Place = ()
        while self.skip_blank() < len(self.source):
            if self.source[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
        return self.lines

    def skip_blank(self) -> int:
        self.at = self.take(_BLANK).end()
        return self.at

    def take(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = pattern.match(self.source, self.at)
        assert found is not None, "locate() is only for TOML that tomllib has read"
        self.at = found.end()
        return found

    def opens(self, sign: str) -> bool:
        """Say whether `sign` comes next, blanks aside, and step over it."""
        self.skip_blank()
        if not self.source.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def note(self, place: Place, start: int) -> None:
        """Keep the line of a place, and of the places around it that are not written otherwise."""
        line = bisect_right(self.breaks, start - 1) + 1
        for length in range(1, len(place) + 1):
            self.lines.setdefault(place[:length], line)

    def header(self) -> Place:
        start = self.at
        many = self.opens("[[") or not self.opens("[")
        keys = self.keys()
        self.opens("]]" if many else "]")
        place: Place = ()
        for key in keys[:-1]:
            place = self.current((*place, key))
        place = (*place, keys[-1])
        if many:
            self.tables[place] = self.tables.get(place, 0) + 1
        place = self.current(place)
        self.note(place, start)
        return place

    def current(self, place: Place) -> Place:
        """Return the place of the last table begun, where there are many of that name."""
        return (*place, self.tables[place] - 1) if place in self.tables else place

    def keys(self) -> list[str]:
        keys = [self.key()]
        while self.opens("."):
            keys.append(self.key())
        return keys

    def key(self) -> str:
        self.skip_blank()
        if self.source[self.at] in "\"'":
            quoted = self.take(_STRING)[0]
            return str(tomllib.loads(f"key = {quoted}")["key"])
        return self.take(_BARE_KEY)[0]

    def pair(self, table: Place) -> None:
        start = self.skip_blank()
        place = (*table, *self.keys())
        self.note(place, start)
        self.opens("=")
        self.value(place)

    def value(self, place: Place) -> None:
        self.skip_blank()
        if self.opens("["):
            number = 0
            while not self.opens("]"):
                self.note((*place, number), self.at)
                self.value((*place, number))
                self.opens(",")
                number += 1
        elif self.opens("{"):
            while not self.opens("}"):
                self.pair(place)
                self.opens(",")
        else:
            self.take(_STRING if self.source[self.at] in "\"'" else _SCALAR)
