"""Where things stand in a TOML file."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.flows.lines import Place, line_of, locate
from tests.bot.flows.people import ROOT

SOURCE = '''# a remark with [brackets] = "and more"
name = "x" # another

title.en = """
first [[steps]]
id = "no"
"""
title.'zh_CN' = '=]'
"quoted \\" key" = [1, 2]
keywords = [
  "one",  # with a ] here
  "two",
  [ "three", { deep = true } ],
]
when = 1979-05-27 07:32:00

[[steps]]
id = "a"
text = {en = "A", zh_CN = "B"}
options = [
  { value = 1, title.en = "One" },
  { value = 2 },
]

[[steps]]
id = "b"

[steps.text]
en = \'\'\'
Long
\'\'\'
zh_CN = ""

[other.table]
x = +1_000.5
'''

PLACES: tuple[tuple[Place, int], ...] = (
    (("name",), 2),
    (("title",), 4),
    (("title", "en"), 4),
    (("title", "zh_CN"), 8),
    (('quoted " key',), 9),
    (('quoted " key', 1), 9),
    (("keywords",), 10),
    (("keywords", 0), 11),
    (("keywords", 1), 12),
    (("keywords", 2, 1, "deep"), 13),
    (("when",), 15),
    (("steps",), 17),
    (("steps", 0), 17),
    (("steps", 0, "text", "zh_CN"), 19),
    (("steps", 0, "options", 1), 22),
    (("steps", 0, "options", 1, "value"), 22),
    (("steps", 1), 25),
    (("steps", 1, "text"), 28),
    (("steps", 1, "text", "zh_CN"), 32),
    (("other", "table", "x"), 35),
    # what is not written stands where the nearest thing around it does
    (("steps", 0, "options", 1, "title"), 22),
    (("steps", 1, "goto"), 25),
    (("nothing",), 1),
    ((), 1),
)


@pytest.mark.parametrize(("place", "line"), PLACES, ids=[".".join(map(str, place)) for place, _ in PLACES])
def test_every_place_has_its_line(place: Place, line: int) -> None:
    assert line_of(place, locate(SOURCE)) == line


@pytest.mark.parametrize(
    "path", sorted([*(ROOT / "flows").glob("*.toml"), ROOT / "pyproject.toml"]), ids=lambda p: p.name
)
def test_every_value_of_a_file_is_found(path: Path) -> None:
    source = path.read_text("utf-8")
    lines = locate(source)
    assert {place for place in _places(tomllib.loads(source)) if place not in lines} == set()


def _places(value: object, place: Place = ()) -> Iterator[Place]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield (*place, key)
        yield from _places(each, (*place, key))
