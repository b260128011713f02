"""What is wrong in flow files, said to the person who wrote them: file, line, and a sentence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from bot.flows.lines import Place
from broadcast.audience.fields import nearest

QUESTION = "question"


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
    place = _place(mistake["loc"])
    key = next((str(part) for part in reversed(place) if isinstance(part, str)), "the file")
    match mistake["type"]:
        case "missing":
            return f"“{key}” is missing{_in(place[:-1], written)}"
        case "extra_forbidden":
            return f"“{key}” is not known{_in(place[:-1], written)}; look for a slip, or see docs/flows.md"
        case "union_tag_not_found":
            return f"{mistake['ctx']['discriminator'].strip(chr(39))} is missing{_in(place, written)}"
        case "union_tag_invalid":
            tag, known = mistake["ctx"]["tag"], mistake["ctx"]["expected_tags"].replace("'", "")
            what = mistake["ctx"]["discriminator"].strip("'")
            return f"{what} “{tag}” does not exist; there are {known}{_did_you_mean(tag, known.split(', '))}"
        case "literal_error":
            known = mistake["ctx"]["expected"].replace("'', ", "").replace("'", "").replace(" or ", ", ")
            return f"“{mistake['input']}” is not one of {known}"
        case "too_short":
            return f"{key}{_in(place[:-1], written)}: there must be at least {mistake['ctx']['min_length']}"
        case "too_long":
            return f"{key}{_in(place[:-1], written)}: there may be at most {mistake['ctx']['max_length']}"
        case "value_error":
            return f"{key}{_in(place[:-1], written)}: {mistake['ctx']['error']}"
        case _:
            return f"{key}{_in(place[:-1], written)}: {mistake['msg'].removeprefix('Input ')}"


def _in(place: Place, written: Mapping[str, Any]) -> str:
    """Name the step that a place is in, by its id where it has one."""
    match place:
        case ("steps", int(number), *_):
            step = written["steps"][number]
            name = step.get("id") if isinstance(step, dict) else None
            return f" in step “{name}”" if isinstance(name, str) else f" in step {number + 1}"
        case _:
            return ""


def _did_you_mean(word: str, known: list[str]) -> str:
    likely = nearest(word, known)
    return f". Did you mean “{likely}”?" if likely else ""
