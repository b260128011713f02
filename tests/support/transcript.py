"""Plays a conversation that is written down as text, against the real runner and a real database.

A transcript holds lines of three kinds:

    -- 3 people can get it        something that is so, or happens (see `DEEDS`)
    anna> /broadcast new Sale     an admin writes; `[Send to 3]` taps what was offered, `[Send to 3]@1` the first
                                  such button there was, `(picture https://…)` sends one, alone or behind words
    bot> “Sale” it is.            one message in answer; further lines of it begin with `   |`, buttons under it
       [Now] [Later]              with `   ▸`, and what it offers stands in brackets below
    bot to ben> Anna asks …       a message to somebody else

With several channels `anna at shop> also on page` is written on another one than the first, and a deed happens there
as `-- at shop: 3 people can get it`.

`…` in a line of the bot stands for anything. A line that begins with # is a remark.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import timedelta
from itertools import count
from pathlib import Path

from bot.commands.claim import claim
from bot.conversation.runner import converse
from bot.flows.load import NO_FLOWS, load
from bot.flows.runner import Runner
from broadcast.arrange import parts
from broadcast.service import Desk
from handlers.content import Article, Button, Card, Choice, Image, Outgoing, Template, Text
from handlers.events import MessageReceived
from handlers.templates import APPROVED, ListedTemplate
from handlers.wechat.words import choice_lines, with_lines
from storage import admins, channels, flow_runs, quotas, subscribers, templates, variables
from storage.lifecycle import Consent
from storage.models import Admin, Invite, LinkCode, OutboxMessage, Subscriber
from tests.handlers.wechat.account import make_account
from tests.support import outcomes
from tests.support.clock import Clock
from tests.support.people import saw

ROOT = Path(__file__).resolve().parents[2]
_LINE = re.compile(r"(\w+)(?: at (\w+))?> ?(.*)")
_TAP = re.compile(r"\[(.+)\](?:@(\d+))?")
_PICTURE = re.compile(r"(.*?) ?\((?:with )?picture (\S+)\)", re.DOTALL)


class Stage:
    """A channel with its admins, its subscribers and a clock; where several are spoken of, one of them at a time."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self._here = desk.channel_name
        self._desks: dict[str, Desk] = {}
        self.desk = desk
        self.clock = clock
        self.seen: dict[str, list[Choice]] = {}
        self.flows = NO_FLOWS
        self._numbers = count(1)
        self._posted = 0

    @property
    def desk(self) -> Desk:
        """The desk of the channel that is spoken of."""
        return self._desks[self._here]

    @desk.setter
    def desk(self, desk: Desk) -> None:
        name = desk.channel_name
        self._desks[name] = replace(
            desk, elsewhere=lambda: [one for other, one in self._desks.items() if other != name]
        )

    @contextmanager
    def _at(self, channel: str | None) -> Iterator[None]:
        """Speak of another channel meanwhile."""
        before, self._here = self._here, channel or self._here
        yield
        self._here = before

    def play(self, transcript: str) -> str:
        """Return the transcript as it really goes: the same deeds and lines of admins, and what was answered."""
        lines: list[str] = []
        for line in transcript.splitlines():
            if line.startswith("-- "):
                self._happens(line.removeprefix("-- "))
                lines += [line, *self._told()]
                continue
            if line.startswith(("bot>", "bot to ", "   ")):
                continue
            lines.append(line)
            if (said := _LINE.fullmatch(line)) is not None:
                with self._at(said[2]):
                    lines += [shown for out in self._say(said[1], said[3]) for shown in self._shown(out)]
                lines += self._told()
        return "\n".join(lines) + "\n"

    def _say(self, who: str, line: str) -> tuple[Outgoing, ...]:
        text, payload, images = line.replace("⏎", "\n"), "", ()
        if tap := _TAP.fullmatch(line):
            offered = [choice for choice in self.seen.get(who, []) if choice.title == tap[1]]
            assert offered, f"{who} was never offered [{tap[1]}]"
            choice = offered[int(tap[2]) - 1 if tap[2] else -1]
            text, payload = choice.title, choice.value
        elif picture := _PICTURE.fullmatch(line):
            text, images = picture[1], (picture[2],)
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
        """Answer as the router does where no flow wants it: a claim first, then an admin's conversation, twice."""
        welcome = claim(self.desk, who, event.text, self.clock.now())
        if welcome is not None:
            return (Outgoing(to=who, message=Text(text=welcome)),)
        admin = admins.find(self.desk.channel_id, who)
        if admin is None:
            return ()
        asked = (
            converse(self.desk, admin, event, self.clock.now(), flows=self.flows, unwanted=no) for no in (False, True)
        )
        return next(filter(None, asked), ())

    def _told(self) -> list[str]:
        """Return what was said to anybody besides the answers, since the last time."""
        return [shown for out in self._to_others() for shown in self._shown(out, f"bot to {out.to}")]

    def _shown(self, out: Outgoing, speaker: str = "bot") -> list[str]:
        """Return a message as its reader sees it: without quick replies the way out is a line under the words."""
        if out.choices and not self.desk.platform.capabilities.choices:
            lines = choice_lines(out.choices, out.purpose)
            if isinstance(out.message, Text):
                words = with_lines(out.message.text, lines)
                out = out.model_copy(update={"message": Text(text=words, buttons=out.message.buttons), "choices": ()})
            else:
                alone = out.model_copy(update={"choices": ()})
                return [*_shown(alone, speaker), *(f"   | {line}" for line in lines)]
        return _shown(out, speaker)

    def _to_others(self) -> list[Outgoing]:
        rows = OutboxMessage.select().where(OutboxMessage.id > self._posted).order_by(OutboxMessage.id)
        found = [(row.id, Outgoing.model_validate(row.payload)) for row in rows]
        for number, out in found:
            self._posted = number
            self.seen.setdefault(out.to, []).extend(out.choices)
        return [out for _, out in found]

    def _happens(self, deed: str) -> None:
        for pattern, happen in DEEDS.items():
            if found := re.fullmatch(pattern, deed):
                happen(self, *found.groups())
                return
        raise AssertionError(f"nobody knows how this happens: {deed}")

    def _happens_at(self, channel: str, deed: str) -> None:
        with self._at(channel):
            self._happens(deed)

    def _another(self, name: str) -> None:
        platform = self.desk.platform.capabilities.name
        self.desk = replace(self.desk, channel_name=name, channel_id=channels.ensure(name, platform))

    def _admin(self, who: str, role: str) -> None:
        Admin.create(channel=self.desk.channel_id, platform_user_id=who, role=role, added_at=self.clock.now())

    def _people(self, number: str, state: str) -> None:
        for _ in range(int(number)):
            person = f"p{next(self._numbers)}"
            until = None if state == "a closed window" else self.clock.now() + timedelta(hours=20)
            saw(self.desk.channel_id, person, self.clock.now(), until)
            if state == "opted out":
                subscribers.set_consent(self.desk.channel_id, person, Consent.OPTED_OUT, self.clock.now())

    def _people_with(self, number: str, name: str, value: str) -> None:
        for _ in range(int(number)):
            person = f"p{next(self._numbers)}"
            saw(self.desk.channel_id, person, self.clock.now(), self.clock.now() + timedelta(hours=20))
            typed = int(value) if self.desk.variables.get(name) == "number" else value
            Subscriber.update(variables={name: typed}).where(Subscriber.platform_user_id == person).execute()

    def _value(self, name: str, kind: str) -> None:
        variables.declare(self.desk.channel_id, name, kind)

    def _at_most(self, number: str, what: str, each: str, period: str) -> None:
        name = f"{what.rstrip('s')}s_per_{'person_per_' if each else ''}{period}"
        changed = replace(quotas.limits(self.desk.channel_id), **{name: int(number)}, time_zone="Europe/Berlin")
        quotas.set_limits(self.desk.channel_id, changed)

    def _pass(self, number: str, unit: str) -> None:
        self.clock.advance(**{unit.rstrip("s") + "s": float(number)})

    def _impatient(self) -> None:
        self.desk = replace(self.desk, patience=0.0)

    def _lives_in(self, person: str, zone: str) -> None:
        Subscriber.update(timezone=zone).where(Subscriber.platform_user_id == person).execute()

    def _shows_pictures(self) -> None:
        self.desk = replace(self.desk, pictures=True)

    def _plain(self) -> None:
        platform = self.desk.platform
        self.desk = replace(self.desk, platform=_WithoutChoices(platform))  # type: ignore[arg-type]

    def _person(self, first: str, last: str, person: str) -> None:
        saw(self.desk.channel_id, person, self.clock.now(), self.clock.now() + timedelta(hours=20))
        Subscriber.update(first_name=first, last_name=last).where(Subscriber.platform_user_id == person).execute()

    def _drafts(self, number: str, name: str) -> None:
        for at in range(1, int(number) + 1):
            self.desk.create(f"{name} {at}", "anna")

    def _goes_out(self) -> None:
        outcomes.go_out(self.desk.channel_id, self.clock.now())

    def _goes_as_far(self) -> None:
        outcomes.go_as_far(self.desk, self.clock.now())

    def _came_to(self, person: str, state: str, reason: str | None, code: str | None) -> None:
        outcomes.came_to(self.desk.channel_id, person, state, reason or "", code or "", self.clock.now())

    def _taps(self, person: str, place: str) -> None:
        outcomes.tap(self.desk.channel_id, person, place, self.clock.now())

    def _goes_through(self, person: str, flow: str) -> None:
        outcomes.go_through(self.desk.channel_id, person, flow, self.clock.now())

    def _opts_out(self, person: str) -> None:
        outcomes.opt_out(self.desk.channel_id, person, self.clock.now())

    def _wechat(self, account: str) -> None:
        self.desk = replace(self.desk, platform=make_account(clock=self.clock, account=account))

    def _speaks_chinese(self, who: str) -> None:
        Admin.update(language="zh_CN").where(Admin.platform_user_id == who).execute()

    def _throttled(self) -> None:
        outcomes.slow_down(self.desk, self.clock.now())

    def _refused(self) -> None:
        outcomes.too_large(self.desk, self.clock.now())

    def _template(self, name: str, language: str, body: str) -> None:
        places = [*dict.fromkeys(re.findall(r"{{(\w+)}}", body))]
        listed = ListedTemplate(
            name, language, APPROVED, body, tuple(places), named=not all(map(str.isdecimal, places)),
            way_out="STOP" in body or "退订" in body,
        )  # fmt: skip
        self._templates([*self._known_templates(), asdict(listed)])

    def _template_is(self, name: str, status: str) -> None:
        self._templates([one | ({"status": status} if one["name"] == name else {}) for one in self._known_templates()])

    def _known_templates(self) -> list[dict[str, object]]:
        row = templates.known(self.desk.channel_id)
        return row.templates if row else []

    def _templates(self, listed: list[dict[str, object]]) -> None:
        templates.want(self.desk.channel_id, self.clock.now())
        templates.write(self.desk.channel_id, listed, self.clock.now())

    def _flow(self, name: str, title: str) -> None:
        self.desk = replace(self.desk, flows={**self.desk.flows, name: title})

    def _flow_files(self) -> None:
        self.flows = load(ROOT / "flows", platforms=[self.desk.platform.capabilities])

    def _says_to_flows(self, person: str, text: str) -> None:
        runner = Runner(self.flows, self.desk.channel_id, self.desk.zone, "en")
        event = MessageReceived(key=f"m{next(self._numbers)}", person=person, at=self.clock.now(), text=text)
        assert runner.take(event, self.clock.now()), f"no flow answers {person}"

    def _reports(self, flow: str, person: str) -> None:
        subscriber = subscribers.find(self.desk.channel_id, person)
        assert subscriber is not None
        flow_runs.begin(self.desk.channel_id, subscriber.id, flow, None, self.clock.now())

    def _approve_above(self, number: str) -> None:
        self.desk = replace(self.desk, approve_above=int(number))

    def _confirm_above(self, number: str) -> None:
        self.desk = replace(self.desk, confirm_above=int(number))

    def _code(self, code: str, role: str) -> None:
        until = self.clock.now() + timedelta(hours=24)
        Invite.create(channel=self.desk.channel_id, code_hash=admins._hash(code), role=role, expires_at=until)

    def _link_code(self, code: str, who: str) -> None:
        admin = admins.find(self.desk.channel_id, who)
        LinkCode.create(admin=admin, code_hash=admins._hash(code), expires_at=self.clock.now() + admins.LINK_LIFETIME)


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
    r"there is another channel called (\w+)": Stage._another,
    r"at (\w+): (.+)": Stage._happens_at,
    r"(\w+) is (?:an? )(owner|sender|writer)": Stage._admin,
    r"(\d+) (?:people|person) (?:has |have )?(can get it|a closed window|opted out)": Stage._people,
    r"(\d+) (?:people|person) with (\w+) (\w+) can get it": Stage._people_with,
    r"the value (\w+) is a (\w+)": Stage._value,
    r"(\d+) (seconds?|minutes?|hours?|days?) pass": Stage._pass,
    r"there are no quick replies": Stage._plain,
    r"(\w+) lives in (\S+)": Stage._lives_in,
    r"reports can be shown as pictures": Stage._shows_pictures,
    r"counting takes long": Stage._impatient,
    r"at most (\d+) (broadcasts?|messages) (each )?per (day|month)": Stage._at_most,
    r"(\w+) (\w+) \((\w+)\) can get it": Stage._person,
    r"there are (\d+) drafts called (\w+)": Stage._drafts,
    r"it goes out": Stage._goes_out,
    r"it goes out as far as it may": Stage._goes_as_far,
    r"for (\w+) it is (\w+)(?:, (\w+)(?: (\w+))?)?": Stage._came_to,
    r"(\w+) taps button ([\d.]+)": Stage._taps,
    r"(\w+) goes through the flow (\w+)": Stage._goes_through,
    r"(\w+) says STOP": Stage._opts_out,
    r"this is a WeChat (service|subscription) account": Stage._wechat,
    r"(\w+) speaks Chinese": Stage._speaks_chinese,
    r"the platform finds the picture too large": Stage._refused,
    r"the platform asks to slow down": Stage._throttled,
    r"there is the flow (\w+) \((.+)\)": Stage._flow,
    r"the flow files are those that come along": Stage._flow_files,
    r"(\w+) writes to a flow: (.+)": Stage._says_to_flows,
    r"the host's own bot begins its flow (\w+) with (\w+)": Stage._reports,
    r"the Page has the template (\w+) \((\w+)\): (.+)": Stage._template,
    r"the template (\w+) is (\w+)": Stage._template_is,
    r"a second person is needed above (\d+)": Stage._approve_above,
    r"a number is asked for above (\d+)": Stage._confirm_above,
    r"the code (\w+) links (\w+)": Stage._link_code,
    r"the code (\w+) makes an? (\w+)": Stage._code,
}
"""What may be so or happen, by how it is written."""


def _shown(out: Outgoing, speaker: str) -> list[str]:
    match out.message:
        case Text(text=text, buttons=buttons):
            lines = [*_lines(text, speaker), *_buttons(buttons)]
        case Template(name=name, language=language, values=values):
            filled = "".join(f" · {value.text}" for value in values)
            lines = [f"{speaker}> (template {name}, {language}{filled})"]
        case Image(url=url):
            lines = [f"{speaker}> (picture {url})"]
        case other:
            lines = [f"{speaker}> ({other.kind})"]
            lines += [shown for part in parts(other) for shown in _part(part)]
    if out.choices:
        lines.append("   " + " ".join(f"[{choice.title}]" for choice in out.choices))
    return lines


def _lines(text: str, speaker: str) -> list[str]:
    first, *rest = text.split("\n")
    return [f"{speaker}> {first}".rstrip(), *(f"   | {line}".rstrip() for line in rest)]


def _part(part: Card | Article) -> list[str]:
    known = [value.replace("\n", "⏎") for name, value in part if isinstance(value, str) and value and name != "kind"]
    return ["   | " + " · ".join(known), *(_buttons(part.buttons) if isinstance(part, Card) else ())]


def _buttons(buttons: tuple[Button, ...]) -> list[str]:
    return [f"   ▸ {button.title}: {button.value}" for button in buttons]


def agrees(expected: str, actual: str) -> bool:
    """Say whether two transcripts are the same, `…` in the expected one standing for anything in its line."""
    wanted, got = expected.splitlines(), actual.splitlines()
    return len(wanted) == len(got) and all(_agrees(*pair) for pair in zip(wanted, got, strict=True))


def _agrees(wanted: str, got: str) -> bool:
    if not wanted.startswith(("bot", "   ")):
        return wanted == got
    return re.fullmatch(".*".join(re.escape(part) for part in wanted.split("…")), got) is not None
