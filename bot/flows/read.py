"""One flow file → a flow, or everything that is wrong with its shape."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from pydantic import ValidationError

from bot.flows.definition import Flow
from bot.flows.lines import Place, line_of, locate
from bot.flows.mistakes import Mistake, Wrong, of_validation

_TOML_LINE = re.compile(r" \(at line (\d+), column (\d+)\)$")


@dataclass(frozen=True, slots=True)
class Written:
    """A flow as it stands in a file. `name` is known also where the flow itself could not be read."""

    file: str
    name: str
    flow: Flow | None
    lines: Mapping[Place, int] = field(default_factory=dict)
    mistakes: tuple[Mistake, ...] = ()

    def mistake(self, wrong: Wrong) -> Mistake:
        """Return the mistake with the file and line it is in."""
        return Mistake(self.file, line_of(wrong.place, self.lines), wrong.sentence)


def read(file: str, source: str) -> Written:
    """Read one file. A flow that names itself nothing is called like its file."""
    stem = PurePath(file).stem
    try:
        written = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        return Written(file, stem, None, mistakes=(_not_toml(file, source, str(error)),))
    given = written.get("name", stem)
    name = given if isinstance(given, str) else stem
    lines = locate(source.replace("\r\n", "\n"))
    if "kinds" in written:  # ours to fill in, not the author's
        wrong = Wrong(("kinds",), "“kinds” is not known; look for a slip, or see docs/flows.md")
        return _refused(file, name, lines, [wrong])
    try:
        flow = Flow.model_validate({"name": stem, **written})
    except ValidationError as error:
        return _refused(file, name, lines, of_validation(error, written))
    return Written(file, flow.name, flow, lines)


def _refused(file: str, name: str, lines: Mapping[Place, int], wrongs: list[Wrong]) -> Written:
    mistakes = tuple(Mistake(file, line_of(wrong.place, lines), wrong.sentence) for wrong in wrongs)
    return Written(file, name, None, lines, mistakes)


def _not_toml(file: str, source: str, error: str) -> Mistake:
    found = _TOML_LINE.search(error)
    line = int(found[1]) if found else source.count("\n") + 1
    return Mistake(file, line, f"this is not TOML: {_TOML_LINE.sub('', error)}")
