"""What is wrong in flow files, said to the person who wrote them: file, line, and a sentence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from bot.flows.lines import Place
from broadcast.audience.fields import nearest

QUESTION = "question"

SHAPES: Final[Mapping[str, str]] = {
    "string_": "is no text; put it in quotes",
    "tuple_": "is no list; put it in [ ]",
    "dict_": 'is no table; write it like {{ en = "…" }}',
    "model_": "is no table; put it in {{ }}",
    "bool_": "is neither true nor false",
    "int_": "is no whole number",
    "float_": "is no number",
    "finite_number": "is no number",
    "too_short": "there must be at least {min_length}",
    "too_long": "there may be at most {max_length}",
    "greater_than_equal": "is less than {ge}",
    "less_than_equal": "is more than {le}",
}
"""What is said of a value of the wrong shape, by how pydantic's name for it begins."""


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake; `line` counts from 1."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


class BadFlows(Exception):
    """The flows cannot be used. Its text lists every mistake, one a line, in the order of files and lines."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


@dataclass(frozen=True, slots=True)
class Wrong:
    """A mistake before its line is known: where in the file it stands, and the sentence."""

    place: Place
    sentence: str


def of_validation(error: ValidationError, written: Mapping[str, Any]) -> list[Wrong]:
    """Return what a file's shape has wrong, in our words, in the order of the fields."""
    found = [Wrong(_place(mistake["loc"]), _sentence(mistake, written)) for mistake in error.errors()]
    # When no step can be read, pydantic also finds that there are none; that is no news.
    inside = [wrong for wrong in found if wrong.place != ("steps",)]
    return inside if "steps" in written and written["steps"] and inside else found


def _place(loc: tuple[str | int, ...]) -> Place:
    """Return the place in the file: without the words by which pydantic tells the kinds of steps apart."""
    place = tuple(part for part in loc if part != "[key]")
    if place[:1] != ("steps",) or len(place) < 3:
        return place
    kind, *rest = place[2:]
    return place[:2] + tuple(rest[1:] if kind == QUESTION else rest)


def _sentence(mistake: Any, written: Mapping[str, Any]) -> str:
    kind, ctx = mistake["type"], mistake.get("ctx", {})
    place = _place(mistake["loc"])
    key = next((part for part in reversed(place) if isinstance(part, str) and part), "")
    match kind:
        case "missing":
            return f"“{key}” is missing{_in(place[:-1], written)}"
        case "extra_forbidden":
            return f"“{key}” is not known{_in(place[:-1], written)}; look for a slip, or see docs/flows.md"
        case "union_tag_not_found":
            return f"“{_bare(ctx['discriminator'])}” is missing{_in(place, written)}"
        case "union_tag_invalid":
            known = _bare(ctx["expected_tags"])
            return (
                f"{_bare(ctx['discriminator'])} “{ctx['tag']}” does not exist; there are {known}"
                f"{_did_you_mean(ctx['tag'], known.split(', '))}"
            )
        case "literal_error":
            return f"“{mistake['input']}” is not one of {_bare(ctx['expected']).removeprefix(', ')}"
        case "value_error":
            said = str(ctx["error"])
        case _:
            said = next((sentence for start, sentence in SHAPES.items() if kind.startswith(start)), "")
            said = said.format(**ctx) if said else mistake["msg"].removeprefix("Input ")
    if len(place) == 2 and place[0] == "steps":
        return f"{_in(place, written).removeprefix(' in ')} {said}"
    return f"{key}{_in(place[:-1], written)}: {said}"


def _bare(listed: str) -> str:
    """Return pydantic's list of words without its quotes."""
    return listed.replace("'", "").replace(" or ", ", ")


def _in(place: Place, written: Mapping[str, Any]) -> str:
    """Name the step that a place is in, by its id where it has one."""
    match place:
        case ("steps", int(number), *_):
            step = written["steps"][number]
            name = step.get("id") if isinstance(step, dict) else None
            return f" in step “{name}”" if name and isinstance(name, str) else f" in step {number + 1}"
        case _:
            return ""


def _did_you_mean(word: str, known: list[str]) -> str:
    likely = nearest(word, known)
    return f". Did you mean “{likely}”?" if likely else ""
