"""Commands that open the builder: new, edit, clone, send, schedule, test."""

import re

from bot.builder import name
from bot.builder.open import REVIEWABLE
from bot.builder.shown import show
from bot.builder.states import State
from bot.builder.switch import before_opening, enter, kept, settled
from bot.commands.card import card
from bot.commands.command import Command, answered
from bot.commands.stand import say_status
from bot.commands.which import leading, nothing_leads, which
from bot.conversation.answer import Answer
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from bot.texts import N_
from broadcast import group
from broadcast.draft import Draft
from storage import results
from storage.lifecycle import BroadcastStatus

_S = BroadcastStatus
_AS = re.compile(r"as\s+(\S.*)", re.IGNORECASE | re.DOTALL)
"""What may follow the broadcast that is tested: whose messages they are to be."""


def _new(turn: Turn, memory: Memory, rest: str) -> Did:
    stays = kept(turn, settled(turn, memory), 0)
    if not rest:
        return Did(Memory(), stays, to=State.NAME)
    did = name.keep(turn, Memory(), Answer(text=rest))
    return Did(did.memory, (*stays, *did.says), to=did.to or State.WHEN, ask=did.ask)


def _edit(turn: Turn, memory: Memory, rest: str) -> Did:
    return _open(turn, memory, which(turn, memory, rest, "edit", _S.DRAFT, _S.SCHEDULED, _S.MISSED))


def _send(turn: Turn, memory: Memory, rest: str) -> Did:
    return _open(turn, memory, which(turn, memory, rest, "send", *REVIEWABLE))


def _schedule(turn: Turn, memory: Memory, rest: str) -> Did:
    return _open(turn, memory, which(turn, memory, rest, "schedule", *REVIEWABLE))


def _open(turn: Turn, memory: Memory, found: Draft | Say) -> Did:
    if isinstance(found, Say):
        return answered(memory, found)
    if found.status is _S.FAILED:
        found = turn.desk.unschedule(found, turn.person)
    if (problem := group.reserved(turn.desk, found, turn.person)) is not None:
        return answered(memory, Say(turn.problem(problem)), card(turn, found))
    if found.status not in REVIEWABLE:
        text = turn.say("“{name}” is {status}; it can only be cloned.", name=found.name, status=say_status(turn, found))
        return answered(memory, Say(text), card(turn, found))
    memory, found = before_opening(turn, memory, found)
    begun = found.content.messages or found.status is not _S.DRAFT
    return Did(enter(found, memory), kept(turn, memory, found.id), to=State.REVIEW if begun else State.MESSAGES)


def _clone(turn: Turn, memory: Memory, rest: str) -> Did:
    found = which(turn, memory, rest, "clone", *_S)
    if isinstance(found, Say):
        return answered(memory, found)
    memory, found = before_opening(turn, memory, found)
    copy = turn.desk.clone(found, turn.person)
    text = turn.say("“{copy}” is a copy of “{name}”, as a draft without a time.", copy=copy.name, name=found.name)
    return Did(enter(copy, memory), (*kept(turn, memory, copy.id), Say(text)), to=State.REVIEW)


def _test(turn: Turn, memory: Memory, rest: str) -> Did:
    draft, more = leading(turn, rest)
    as_whom = _AS.fullmatch(more)
    if more and (draft is None or as_whom is None):
        return answered(memory, nothing_leads(turn, rest))
    found = draft or which(turn, memory, "", "test", *_S)
    if isinstance(found, Say):
        return answered(memory, found)
    if not found.content.messages:
        return answered(memory, Say(turn.say("“{name}” has no message yet.", name=found.name)))
    person = turn.person
    if as_whom is not None:
        people = results.people(turn.desk.channel_id, as_whom[1], 1)
        if not people:
            text = turn.say("I know nobody called “{person}”; their id would do too.", person=as_whom[1])
            return answered(memory, Say(text))
        person = people[0].platform_user_id
    return Did(memory, show(turn, found.content, person))


COMMANDS = (
    Command("/broadcast new", N_("Begin a broadcast."), "/broadcast new Spring sale", "writer", _new),
    Command(
        "/broadcast edit", N_("Go on with a draft, or change a scheduled one."), "/broadcast edit 12", "writer", _edit
    ),
    Command("/broadcast clone", N_("Copy any broadcast into a new draft."), "/broadcast clone 12", "writer", _clone),
    Command(
        "/broadcast test",
        N_("Get its messages yourself, as subscribers would, or as one of them."),
        "/broadcast test 12 as Ben",
        "writer",
        _test,
    ),
    Command("/broadcast send", N_("Look at it once more, and send it."), "/broadcast send 12", "writer", _send),
    Command(
        "/broadcast schedule",
        N_("Look at it once more, and schedule it."),
        "/broadcast schedule 12",
        "writer",
        _schedule,
    ),
)
