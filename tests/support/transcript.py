"""Plays a conversation that is written down as text, against the real runner and a real database.

A transcript holds lines of three kinds:

    -- 3 people can get it        something that is so, or happens (see `DEEDS`)
    anna> /broadcast new Sale     an admin writes; `[Send to 3]` taps what was offered, `[Send to 3]@1` the first
                                  such button there was, `(picture https://…)` sends one
    bot> “Sale” it is.            one message in answer; further lines of it begin with `   |`, and
       [Now] [Later]              what it offers stands in brackets below

`…` in a line of the bot stands for anything. A line that begins with # is a remark.
"""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import count

from bot.commands.claim import claim
from bot.conversation.runner import converse
from broadcast.service import Desk
from handlers.content import Choice, Image, Outgoing, Text
from handlers.events import MessageReceived
from storage import admins, subscribers, variables
from storage.lifecycle import Consent
from storage.models import Admin, Invite, Subscriber
from tests.support.clock import Clock

_LINE = re.compile(r"(\w+)> ?(.*)")
_TAP = re.compile(r"\[(.+)\](?:@(\d+))?")
_PICTURE = re.compile(r"\(picture (\S+)\)")


class Stage:
    """A channel with its admins, its subscribers and a clock."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self.desk = desk
        self.clock = clock
        self.seen: dict[str, list[Choice]] = {}
        self._numbers = count(1)

    def play(self, transcript: str) -> str:
        """Return the transcript as it really goes: the same deeds and lines of admins, and what was answered."""
        lines: list[str] = []
        for line in transcript.splitlines():
            if line.startswith("-- "):
                self._happens(line.removeprefix("-- "))
            elif line.startswith(("bot>", "   ")):
                continue
            elif (said := _LINE.fullmatch(line)) is not None:
                lines += [line, *(shown for out in self._say(said[1], said[2]) for shown in _shown(out))]
                continue
            lines.append(line)
        return "\n".join(lines) + "\n"

    def _say(self, who: str, line: str) -> tuple[Outgoing, ...]:
        text, payload, images = line.replace("⏎", "\n"), "", ()
        if tap := _TAP.fullmatch(line):
            offered = [choice for choice in self.seen.get(who, []) if choice.title == tap[1]]
            assert offered, f"{who} was never offered [{tap[1]}]"
            choice = offered[int(tap[2]) - 1 if tap[2] else -1]
            text, payload = choice.title, choice.value
        elif picture := _PICTURE.fullmatch(line):
            text, images = "", (picture[1],)
        event = MessageReceived(
            key=f"m{next(self._numbers)}",
            person=who,
            at=self.clock.now(),
            text=text,
            payload=payload,
            image_urls=images,
        )
        answers = self._answer(who, event)
        self.seen.setdefault(who, []).extend(choice for out in answers for choice in out.choices)
        return answers

    def _answer(self, who: str, event: MessageReceived) -> tuple[Outgoing, ...]:
        """Answer as the router does: a claim first, then an admin's conversation."""
        welcome = claim(self.desk, who, event.text, self.clock.now())
        if welcome is not None:
            return (Outgoing(to=who, message=Text(text=welcome)),)
        admin = admins.find(self.desk.channel_id, who)
        return converse(self.desk, admin, event, self.clock.now()) if admin is not None else ()

    def _happens(self, deed: str) -> None:
        for pattern, happen in DEEDS.items():
            if found := re.fullmatch(pattern, deed):
                happen(self, *found.groups())
                return
        raise AssertionError(f"nobody knows how this happens: {deed}")

    def _admin(self, who: str, role: str) -> None:
        Admin.create(channel=self.desk.channel_id, platform_user_id=who, role=role, added_at=self.clock.now())

    def _people(self, number: str, state: str) -> None:
        for _ in range(int(number)):
            person = f"p{next(self._numbers)}"
            until = None if state == "a closed window" else self.clock.now() + timedelta(hours=20)
            subscribers.saw(self.desk.channel_id, person, self.clock.now(), until)
            if state == "opted out":
                subscribers.set_consent(self.desk.channel_id, person, Consent.OPTED_OUT, self.clock.now())

    def _people_with(self, number: str, name: str, value: str) -> None:
        for _ in range(int(number)):
            person = f"p{next(self._numbers)}"
            subscribers.saw(self.desk.channel_id, person, self.clock.now(), self.clock.now() + timedelta(hours=20))
            Subscriber.update(variables={name: value}).where(Subscriber.platform_user_id == person).execute()

    def _value(self, name: str, kind: str) -> None:
        variables.declare(self.desk.channel_id, name, kind)

    def _pass(self, number: str, unit: str) -> None:
        self.clock.advance(**{unit.rstrip("s") + "s": float(number)})

    def _plain(self) -> None:
        platform = self.desk.platform
        self.desk = replace(self.desk, platform=_WithoutChoices(platform))  # type: ignore[arg-type]

    def _confirm_above(self, number: str) -> None:
        self.desk = replace(self.desk, confirm_above=int(number))

    def _code(self, code: str, role: str) -> None:
        until = self.clock.now() + timedelta(hours=24)
        Invite.create(channel=self.desk.channel_id, code_hash=admins._hash(code), role=role, expires_at=until)


class _WithoutChoices:
    """A platform like the one given that has no quick replies."""

    def __init__(self, platform: object) -> None:
        self._platform = platform

    @property
    def capabilities(self) -> object:
        return replace(self._platform.capabilities, choices=False)  # type: ignore[attr-defined]

    def __getattr__(self, name: str) -> object:
        return getattr(self._platform, name)


DEEDS = {
    r"(\w+) is (?:an? )(owner|sender|writer)": Stage._admin,
    r"(\d+) (?:people|person) (?:has |have )?(can get it|a closed window|opted out)": Stage._people,
    r"(\d+) (?:people|person) with (\w+) (\w+) can get it": Stage._people_with,
    r"the value (\w+) is a (\w+)": Stage._value,
    r"(\d+) (seconds?|minutes?|hours?|days?) pass": Stage._pass,
    r"there are no quick replies": Stage._plain,
    r"a number is asked for above (\d+)": Stage._confirm_above,
    r"the code (\w+) makes an? (\w+)": Stage._code,
}
"""What may be so or happen, by how it is written."""


def _shown(out: Outgoing) -> list[str]:
    match out.message:
        case Text(text=text):
            said = text
        case Image(url=url):
            said = f"(picture {url})"
        case other:
            said = f"({other.kind})"
    first, *rest = said.split("\n")
    lines = [f"bot> {first}".rstrip(), *(f"   | {line}".rstrip() for line in rest)]
    if out.choices:
        lines.append("   " + " ".join(f"[{choice.title}]" for choice in out.choices))
    return lines


def agrees(expected: str, actual: str) -> bool:
    """Say whether two transcripts are the same, `…` in the expected one standing for anything in its line."""
    wanted, got = expected.splitlines(), actual.splitlines()
    return len(wanted) == len(got) and all(_agrees(*pair) for pair in zip(wanted, got, strict=True))


def _agrees(wanted: str, got: str) -> bool:
    if not wanted.startswith(("bot>", "   ")):
        return wanted == got
    return re.fullmatch(".*".join(re.escape(part) for part in wanted.split("…")), got) is not None
