"""Everything that is wrong with one flow beyond its shape: what only the whole of it can tell."""

import gettext
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.flows.definition import AskChoice, AskDate, AskNumber, AskText, Branch, Flow, Jump, Message, Question, Step
from bot.flows.fits import Check, unfit
from bot.flows.leads import leads, reached, resolve, rests
from bot.flows.lines import Place
from bot.flows.mistakes import Wrong
from bot.flows.parts import ENDS, HUMAN, LONGEST_WAIT, length
from bot.flows.personal import PROFILE
from bot.flows.shown import languages_of, texts_of
from bot.flows.variables import sets
from broadcast.audience.fields import Vocabulary, nearest
from broadcast.audience.parse import parse
from broadcast.audience.problems import FilterProblem
from broadcast.personalise import places
from handlers.contract import Capabilities

ENGLISH = gettext.NullTranslations()


@dataclass(frozen=True, slots=True)
class Around:
    """What a flow is checked against: the flows and variables there are, and the platforms it will be said on."""

    vocabulary: Vocabulary
    flows: Collection[str]
    platforms: Sequence[Capabilities]
    checks: Sequence[Check] = ()


def check(flow: Flow, around: Around) -> list[Wrong]:
    """Return what is wrong with a flow, for whoever wrote it."""
    found = chain(
        _ids(flow),
        _targets(flow),
        _never_reached(flow),
        _languages(flow),
        _too_late(flow),
        _missing_flows(flow, around.flows),
    )
    mine = {name for _, name, _ in sets(flow)}
    return [
        *found,
        *(wrong for number, step in enumerate(flow.steps) for wrong in _in_step(step, ("steps", number), around, mine)),
        *unfit(flow, around.platforms, around.checks),
    ]


def _in_step(step: Step, place: Place, around: Around, mine: Collection[str]) -> Iterator[Wrong]:
    for where, words in texts_of(step).items():
        for text in words.values():
            yield from _placeholders(text, (*place, *where), around.vocabulary, mine)
    if isinstance(step, Branch):
        yield from _rules(step, place, around.vocabulary)
    if isinstance(step, AskChoice):
        yield from _options(step, place)
    yield from _bounds(step, place)


def _ids(flow: Flow) -> Iterator[Wrong]:
    counted = Counter(step.id for step in flow.steps)
    for number, step in enumerate(flow.steps):
        if counted[step.id] > 1:
            yield Wrong(
                ("steps", number, "id"), f"{counted[step.id]} steps have the id “{step.id}”; each needs its own"
            )


def _targets(flow: Flow) -> Iterator[Wrong]:
    known = [*(step.id for step in flow.steps), *ENDS]
    for number, step in enumerate(flow.steps):
        for where, target in leads(step):
            if target not in known:
                yield Wrong(
                    ("steps", number, *where),
                    f"there is no step “{target}” to go to{_did_you_mean(target, known)}",
                )


def _never_reached(flow: Flow) -> Iterator[Wrong]:
    found = reached(flow)
    for number, step in enumerate(flow.steps):
        if step.id not in found:
            yield Wrong(("steps", number), f"nothing leads to the step “{step.id}”; remove it, or go to it from a step")


def _languages(flow: Flow) -> Iterator[Wrong]:
    """Ask of a text in some languages for all that the flow speaks; one written once is meant for everybody."""
    spoken = set().union(*map(languages_of, flow.steps))
    for number, step in enumerate(flow.steps):
        for where, words in texts_of(step).items():
            missing = spoken - set(words)
            if missing and "" not in words:
                yield Wrong(
                    ("steps", number, *where),
                    f"{where[0]} of step “{step.id}” is not there in {', '.join(sorted(missing))}, "
                    "which other texts of this flow are",
                )


def _too_late(flow: Flow) -> Iterator[Wrong]:
    for number, step in enumerate(flow.steps):
        if not isinstance(step, Question) or length(step.time_out or flow.time_out) <= LONGEST_WAIT:
            continue
        if _says(flow, resolve(flow, step.id, step.on_time_out)):
            yield Wrong(
                ("steps", number, "on_time_out"),
                f"what is said {step.time_out or flow.time_out} after step “{step.id}” would not arrive: Messenger "
                "closes a conversation 24 hours after the person wrote. Give it a time_out of up to 23 hours",
            )


def _says(flow: Flow, target: str) -> bool:
    """Say whether anything is said from here to the next rest."""
    ahead, seen = [target], set()
    while ahead:
        step_id = ahead.pop()
        step = flow.step(step_id)
        if step_id == HUMAN or (step is not None and texts_of(step)) or (isinstance(step, Message) and step.image):
            return True
        if step is None or rests(step) or step_id in seen:
            continue
        seen.add(step_id)
        ahead += [resolve(flow, step_id, onward) for _, onward in leads(step)]
    return False


def _missing_flows(flow: Flow, known: Collection[str]) -> Iterator[Wrong]:
    for number, step in enumerate(flow.steps):
        named: dict[Place, str | None] = {}
        if isinstance(step, Jump):
            named = {("flow",): step.flow}
        elif isinstance(step, Message):
            named = {("buttons", place, "flow"): button.flow for place, button in enumerate(step.buttons)}
        for where, name in named.items():
            if name is not None and name not in known:
                yield Wrong(("steps", number, *where), f"there is no flow called “{name}”{_did_you_mean(name, known)}")


def _placeholders(text: str, place: Place, vocabulary: Vocabulary, mine: Collection[str]) -> Iterator[Wrong]:
    known = [*PROFILE, *vocabulary.variables]
    for found in places(text):
        name = found.name.removeprefix("var.")
        if name not in known:
            yield Wrong(place, f"“{{{found.name}}}” is no field or variable that is known{_did_you_mean(name, known)}")
        elif found.fallback is None and name not in mine:
            yield Wrong(
                place,
                f"not everybody has a {name}: write “{{{found.name}|…}}” with what to say to those who have none",
            )


def _rules(step: Branch, place: Place, vocabulary: Vocabulary) -> Iterator[Wrong]:
    for number, rule in enumerate(step.rules):
        try:
            parse(rule.when, vocabulary)
        except FilterProblem as problem:
            yield Wrong((*place, "rules", number, "when"), problem.sentence(ENGLISH))


def _options(step: AskChoice, place: Place) -> Iterator[Wrong]:
    values = [option.value for option in step.options]
    if len({type(value) for value in values}) > 1:
        yield Wrong((*place, "options"), f"the values of step “{step.id}” are texts and numbers; make them all one")
    twice = Counter(map(str, values))
    titles = Counter((language, title) for option in step.options for language, title in option.title.items())
    for number, option in enumerate(step.options):
        where = (*place, "options", number)
        if twice[str(option.value)] > 1:
            yield Wrong((*where, "value"), f"two options of step “{step.id}” have the value “{option.value}”")
        for language, title in option.title.items():
            if titles[language, title] > 1:
                yield Wrong((*where, "title"), f"two options of step “{step.id}” are called “{title}”")
            if title.isdecimal() and int(title) != number + 1 and int(title) <= len(step.options):
                yield Wrong(
                    (*where, "title"),
                    f"“{title}” stands at place {number + 1} of step “{step.id}”, while a typed {title} also means the "
                    f"answer at place {title}; put it there, or call it something else",
                )


def _bounds(step: Step, place: Place) -> Iterator[Wrong]:
    match step:
        case AskText(shortest=low, longest=high) if low > high:
            yield Wrong((*place, "shortest"), f"nothing is at least {low} and at most {high} characters long")
        case AskNumber(least=float(low), most=float(high)) if low > high:
            yield Wrong((*place, "least"), f"no number is at least {low:g} and at most {high:g}")
        case AskDate(earliest=str(first), latest=str(last)) if "today" not in {first, last} and first > last:
            yield Wrong((*place, "earliest"), f"no day is {first} or later and {last} or earlier")


def _did_you_mean(word: str, known: Collection[str]) -> str:
    likely = nearest(word, known)
    return f". Did you mean “{likely}”?" if likely else ""
