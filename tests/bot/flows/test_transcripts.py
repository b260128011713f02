"""Every conversation in `transcripts` goes as it is written down.

A transcript begins with `-- <flow> in <language>`; then the person writes (`anna> …`, `[…]` taps what was offered) or
time passes (`-- 3 hours pass`), the bot answers (`bot> …`, further lines begin with `   |`, what it offers stands in
brackets), and what is written down about the person follows `   =`.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.flows.definition import Flow
from bot.flows.engine import resume, start, timed_out
from bot.flows.load import load
from bot.flows.run import Effect, Result, Say, SetTag, SetVariable
from bot.flows.walk import Heard, Walker
from broadcast.audience.matches import Person
from handlers.content import Choice, Image, Text
from tests.bot.flows.people import NOW, PLATFORMS, ROOT, walker

CHATS = sorted((Path(__file__).parent / "transcripts").glob("*.chat"))
FLOWS = load(ROOT / "flows", platforms=PLATFORMS)


class Stage:
    """A person and the run they are in."""

    def __init__(self, flow: Flow, who: Walker) -> None:
        self.flow = flow
        self.who = who
        self.now = NOW
        self.offered: tuple[Choice, ...] = ()
        self.run = start(flow, who, NOW).run

    def begin(self) -> Iterator[str]:
        return self.shown(start(self.flow, self.who, self.now))

    def hear(self, line: str) -> Iterator[str]:
        tapped = [choice.value for choice in self.offered if f"[{choice.title}]" == line]
        heard = Heard(line.strip("[]"), tapped[0]) if tapped else Heard(line)
        return self.shown(resume(self.run, self.flow, self.who, heard, self.now))

    def wait(self, hours: int) -> Iterator[str]:
        self.now += timedelta(hours=hours)
        return self.shown(timed_out(self.run, self.flow, self.who, self.now))

    def shown(self, result: Result) -> Iterator[str]:
        self.run = result.run
        for effect in result.effects:
            yield from self.line(effect)

    def line(self, effect: Effect) -> Iterator[str]:
        match effect:
            case Say(message=Text(text=text) | Image(url=text), choices=choices):
                first, *rest = text.split("\n")
                yield from (f"bot> {first}", *(f"   | {line}" for line in rest))
                if choices:
                    yield "   " + " ".join(f"[{choice.title}]" for choice in choices)
                self.offered = choices
            case SetVariable(name, value):
                person = self.who.person
                variables = {**person.variables, name: value}
                self.who = Walker(
                    Person(profile=person.profile, variables=variables), self.who.language, self.who.texts
                )
                yield f"   = {name}: {value}"
            case SetTag(name, on):
                yield f"   = {'+' if on else '-'}{name}"
            case _:
                yield f"   = {type(effect).__name__.lower()}"


def play(transcript: str) -> str:
    """Return the transcript as it really goes."""
    flow, language = re.findall(r"-- (\w+) in (\w+)", transcript)[0]
    found = FLOWS.find(flow)
    assert found is not None
    stage = Stage(found, walker(language, first_name="Anna") if language == "en" else walker(language))
    lines: list[str] = []
    for line in transcript.splitlines():
        if line.startswith(("bot>", "   ")):
            continue
        lines.append(line)
        if passed := re.fullmatch(r"-- (\d+) hours pass", line):
            lines += stage.wait(int(passed[1]))
        elif line.startswith("-- "):
            lines += stage.begin()
        elif line.startswith("anna> "):
            lines += stage.hear(line.removeprefix("anna> "))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("chat", CHATS, ids=[chat.stem for chat in CHATS])
def test_the_conversation_goes_as_written(chat: Path) -> None:
    written = chat.read_text("utf-8")
    assert play(written) == written


def test_every_flow_to_begin_with_is_played_in_both_languages() -> None:
    assert {chat.stem.rsplit(".")[0] for chat in CHATS} >= {
        f"{flow.name}_{lang}" for flow in FLOWS for lang in ("en", "zh")
    }
