"""All flows of an installation: read from their folder, checked against each other, found by what enters them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.conversation.words import plain
from bot.flows.check import Around, check
from bot.flows.definition import Flow
from bot.flows.fits import Check
from bot.flows.leads import endless
from bot.flows.lines import Place
from bot.flows.mistakes import BadFlows, Mistake, Wrong
from bot.flows.read import Written, read
from bot.flows.together import clashes, kinds_together
from bot.flows.variables import reads
from bot.flows.words import said
from broadcast.audience.fields import Vocabulary, nearest
from broadcast.audience.nodes import Kind
from handlers.contract import Capabilities, Problem


@dataclass(frozen=True)
class Flows:
    """The flows there are. `variables` are all that they write, with their kinds."""

    by_name: Mapping[str, Flow] = field(default_factory=dict)
    variables: Mapping[str, Kind] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Flow]:
        return iter(self.by_name.values())

    def find(self, name: str) -> Flow | None:
        """Return the flow of this name, whatever its case and width."""
        return next((flow for flow in self if plain(flow.name) == plain(name)), None)

    def by_keyword(self, text: str) -> Flow | None:
        """Return the flow that a message enters: by one of its keywords or by its name, and nothing else in it."""
        word = said(text)
        return next((flow for flow in self if word and word in map(said, (flow.name, *flow.keywords))), None)

    def by_ref(self, ref: str) -> Flow | None:
        """Return the flow that a link's `ref` or a QR code's scene enters; refs are compared as they are."""
        return next((flow for flow in self if ref and ref in flow.refs), None)

    def by_event(self, event: str) -> Flow | None:
        """Return the flow that `follow` or `get_started` enters."""
        return next((flow for flow in self if event in flow.on), None)

    def problems_for(self, names: Iterable[str]) -> list[Problem]:
        """Return a problem for each of these names that is no flow: what a broadcast's buttons may not lead to."""
        missing = [name for name in dict.fromkeys(names) if self.find(name) is None]
        return [self._missing(name) for name in missing]

    def _missing(self, name: str) -> Problem:
        if not self.by_name:
            return Problem(
                "no_such_flow", "There is no flow called “{flow}”; there are no flows at all yet.", {"flow": name}
            )
        likely = nearest(name, list(self.by_name))
        if likely:
            return Problem(
                "no_such_flow", "There is no flow called “{flow}”. Did you mean “{nearest}”?",
                {"flow": name, "nearest": likely},
            )  # fmt: skip
        known = ", ".join(sorted(self.by_name))
        return Problem(
            "no_such_flow", "There is no flow called “{flow}”. There are: {flows}.", {"flow": name, "flows": known}
        )


NO_FLOWS = Flows()
"""Where there is no flow file."""


def load(
    folder: Path,
    *,
    platforms: Sequence[Capabilities],
    checks: Sequence[Check] = (),
    variables: Mapping[str, Kind] | None = None,
) -> Flows:
    """Read every `*.toml` of a folder; a folder that is not there holds no flows.

    `platforms` are those the flows will be said on, `checks` what their channels say of a content, `variables` those
    that are known from elsewhere (an import, a host bot). Raises `BadFlows` with every mistake in every file.
    """
    written = [_read(path) for path in sorted(folder.glob("*.toml"))]
    return assemble(written, platforms=platforms, checks=checks, variables=variables)


def _read(path: Path) -> Written:
    try:
        source = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return Written(str(path), path.stem, None, mistakes=(Mistake(str(path), line, "this is not UTF-8 text"),))
    except OSError as error:
        return Written(
            str(path), path.stem, None, mistakes=(Mistake(str(path), 1, f"this cannot be read: {error.strerror}"),)
        )
    return read(str(path), source)


def assemble(
    files: Sequence[Written],
    *,
    platforms: Sequence[Capabilities],
    checks: Sequence[Check] = (),
    variables: Mapping[str, Kind] | None = None,
) -> Flows:
    """Put flows together that have been read. Raises `BadFlows`. No I/O."""
    mistakes = [mistake for file in files for mistake in file.mistakes]
    kinds, conflicts = kinds_together(files, variables or {})
    mistakes += [*conflicts, *clashes(files)]
    around = Around(
        Vocabulary(kinds, flows={file.name for file in files}), {file.name for file in files}, platforms, checks
    )
    for file in files:
        if file.flow is not None:
            mistakes += [file.mistake(wrong) for wrong in check(file.flow, around)]
    mistakes += _rounds(files)
    if mistakes:
        raise BadFlows(mistakes)
    flows = [file.flow for file in files if file.flow is not None]
    ready = [flow.model_copy(update={"kinds": reads(flow, around.vocabulary)}) for flow in flows]
    return Flows({flow.name: flow for flow in ready}, kinds)


def _rounds(files: Sequence[Written]) -> list[Mistake]:
    by_name = {file.flow.name: file for file in files if file.flow is not None}
    way = endless({name: file.flow for name, file in by_name.items() if file.flow is not None})
    if not way:
        return []
    flow, step_id = way[0]
    file = by_name[flow]
    place: Place = ("steps",)
    if file.flow is not None:
        place = ("steps", [step.id for step in file.flow.steps].index(step_id))
    shown = " → ".join(f"{name}/{step}" if len({name for name, _ in way}) > 1 else step for name, step in way)
    return [file.mistake(Wrong(place, f"this goes round and round without asking anything: {shown}"))]
