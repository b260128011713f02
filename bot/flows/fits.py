"""What a platform would refuse of a flow: every text in every language, against the platforms' own tables."""

import gettext
from collections.abc import Callable, Iterator, Sequence

from bot.flows.definition import Flow, Step
from bot.flows.mistakes import Wrong
from bot.flows.parts import in_language
from bot.flows.run import Say
from bot.flows.shown import languages_of, shown, texts_of
from handlers.content import Choice, Content, Text
from handlers.contract import Capabilities, Problem
from handlers.fit import fit_message

_ENGLISH = gettext.NullTranslations()


Check = Callable[[Content], list[Problem]]
"""A platform's own `check`: its table, and what no table can say."""


def unfit(flow: Flow, platforms: Sequence[Capabilities], checks: Sequence[Check] = ()) -> Iterator[Wrong]:
    """Yield what each platform would refuse, once for each sentence. Personal values are counted as written.

    `checks` are those of the channels that the flow is said on, which know more than a table.
    """
    languages = sorted(set().union(*map(languages_of, flow.steps))) or [""]
    for number, step in enumerate(flow.steps):
        found = {
            f"step “{step.id}”: {_sentence(problem)}"
            for language in languages
            for say in _said(flow.name, step, language)
            for problem in _found(say, platforms, checks)
        }
        yield from (Wrong(("steps", number), sentence) for sentence in sorted(found))


def _said(flow: str, step: Step, language: str) -> Iterator[Say]:
    says = shown(flow, step, language, _ENGLISH)
    yield from says
    again = texts_of(step).get(("again",))
    if again is not None:
        text = in_language(again, language)
        yield Say(Text(text=text), says[0].choices)


def _found(say: Say, platforms: Sequence[Capabilities], checks: Sequence[Check]) -> Iterator[Problem]:
    by_table = [problem for platform in platforms for problem in _problems(say, platform)]
    yield from by_table
    told = {problem.code for problem in by_table}
    for check in checks:
        # What stands in the table is said of the whole of it, with the answers under it; once is enough.
        yield from (problem for problem in check(Content(messages=(say.message,))) if problem.code not in told)


def _problems(say: Say, platform: Capabilities) -> list[Problem]:
    message, choices = say.message, say.choices
    if isinstance(message, Text) and not platform.choices:
        # There the ready answers and the buttons are lines of the text.
        lines = [*(choice.title for choice in choices), *(f"{each.title} {each.value}" for each in message.buttons)]
        numbered = [f"{place}. {line}" for place, line in enumerate(lines, 1)]
        message, choices = Text(text="\n".join([message.text, *numbered])), tuple[Choice, ...]()
    return fit_message(message, choices, platform)


def _sentence(problem: Problem) -> str:
    return problem.sentence.format(**problem.facts)
