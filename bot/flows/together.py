"""What flows may not have in common: names, keywords, refs and events; and what they must: a variable's kind."""

from collections.abc import Iterator, Mapping, Sequence

from bot.consent import SHORT_STOP_WORDS, START_WORDS, STOP_WORDS
from bot.flows.definition import Flow
from bot.flows.lines import Place, line_of
from bot.flows.mistakes import Mistake, Wrong
from bot.flows.read import Written
from bot.flows.variables import sets
from bot.flows.words import COMMON, said
from broadcast.audience.nodes import Kind

_RESERVED = dict.fromkeys(STOP_WORDS | SHORT_STOP_WORDS | START_WORDS, "stops or starts all messages") | {
    word: f"means “{meaning}” in every flow" for meaning, words in COMMON.items() for word in words
}


def clashes(files: Sequence[Written]) -> list[Mistake]:
    """Return a mistake for each second use of what only one flow can have; it names the place of the first."""
    first: dict[tuple[str, str], tuple[Written, Place]] = {}
    mistakes: list[Mistake] = []
    for file in files:
        if file.flow is None:
            continue
        for place, sort, word in _enters(file.flow):
            if sort == "keyword" and word in _RESERVED:
                mistakes.append(file.mistake(Wrong(place, f"“{word}” cannot enter a flow: it {_RESERVED[word]}")))
            other, where = first.setdefault((sort, word), (file, place))
            if (other, where) != (file, place):
                there = f"{other.file}:{line_of(where, other.lines)}"
                mistakes.append(file.mistake(Wrong(place, f"the {sort} “{word}” enters two flows: see {there}")))
    return mistakes


def _enters(flow: Flow) -> Iterator[tuple[Place, str, str]]:
    """Yield everything that enters a flow: where it is written, what sort it is, and how it is compared."""
    name = said(flow.name)
    yield ("name",), "keyword", name
    for number, keyword in enumerate(flow.keywords):
        if said(keyword) != name:  # a flow's name is a keyword of its own, and may be written down as one
            yield ("keywords", number), "keyword", said(keyword)
    yield from ((("refs", number), "ref", ref) for number, ref in enumerate(flow.refs))
    yield from ((("on", number), "event", event) for number, event in enumerate(flow.on))


def kinds_together(files: Sequence[Written], known: Mapping[str, Kind]) -> tuple[dict[str, Kind], list[Mistake]]:
    """Return the kind of every variable, and a mistake wherever one is written as another kind than before."""
    kinds = dict(known)
    first: dict[str, str] = {}
    mistakes: list[Mistake] = []
    for file in files:
        for place, name, kind in sets(file.flow) if file.flow is not None else ():
            if kinds.setdefault(name, kind) is not kind:
                there = f" ({first[name]})" if name in first else ""
                sentence = f"“{name}” is a {kind.value} here, and a {kinds[name].value} elsewhere{there}; choose one"
                mistakes.append(file.mistake(Wrong(place, sentence)))
            first.setdefault(name, f"{file.file}:{line_of(place, file.lines)}")
    return kinds, mistakes
