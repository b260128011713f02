"""Commands for a broadcast on its way: pause, resume, cancel."""

from collections.abc import Callable

from bot.builder.leaving import leave
from bot.commands.card import card
from bot.commands.command import Command, answered
from bot.commands.stand import say_sums
from bot.commands.which import which
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from bot.texts import N_
from broadcast import group
from broadcast.draft import Draft
from storage.entries import Sums
from storage.lifecycle import UNFINISHED, BroadcastStatus, IllegalMove

_S = BroadcastStatus
_ON_ITS_WAY = (_S.STARTING, _S.SENDING, _S.PAUSED)
_TO_CANCEL = (*_ON_ITS_WAY, _S.SCHEDULED)
"""What is meant before the draft being built, where none is named: it is the more urgent."""


def _pause(turn: Turn, memory: Memory, rest: str) -> Did:
    def pause(draft: Draft) -> str:
        sums = group.pause(turn.desk, draft, turn.person)
        return turn.say("“{name}” is paused. {sums}", name=draft.name, sums=say_sums(turn, sums))

    return _do(turn, memory, which(turn, memory, rest, "pause", _S.SENDING, _S.STARTING), pause)


def _resume(turn: Turn, memory: Memory, rest: str) -> Did:
    def resume(draft: Draft) -> str:
        waiting = group.resume(turn.desk, draft, turn.person).of(*UNFINISHED)
        return turn.say("“{name}” goes on; {n} waiting.", name=draft.name, n=waiting)

    return _do(turn, memory, which(turn, memory, rest, "resume", _S.PAUSED), resume)


def _cancel(turn: Turn, memory: Memory, rest: str) -> Did:
    more_urgent = turn.may("sender") and turn.desk.listed(*_TO_CANCEL)
    if not rest and not more_urgent and _is_building(turn, memory):
        return leave(turn, memory)
    found = which(turn, memory, rest, "cancel", *_TO_CANCEL)
    if isinstance(found, Draft) and (wrong := _may_not_cancel(turn, found)):
        return answered(memory, Say(wrong), card(turn, found))

    def cancel(draft: Draft) -> str:
        sums = group.cancel(turn.desk, draft, turn.person)
        return turn.say("“{name}” is cancelled. {sums}", name=draft.name, sums=_gone_out(turn, sums))

    return _do(turn, memory, found, cancel)


def _may_not_cancel(turn: Turn, draft: Draft) -> str:
    """Return why this admin may not end a broadcast, '' where they may."""
    if turn.may("sender"):
        return ""
    if draft.status in _ON_ITS_WAY:
        return turn.say("Only a sender or an owner may cancel what is on its way.")
    problem = group.reserved(turn.desk, draft, turn.person)
    return "" if problem is None else turn.problem(problem)


def _is_building(turn: Turn, memory: Memory) -> bool:
    draft = turn.desk.get(memory.draft) if memory.draft else None
    return draft is not None and draft.status is _S.DRAFT


def _gone_out(turn: Turn, sums: Sums) -> str:
    return say_sums(turn, sums) if sums.audience else turn.say("Nobody got it.")


def _do(turn: Turn, memory: Memory, found: Draft | Say, deed: Callable[[Draft], str]) -> Did:
    """Do it, or say where the broadcast stands that it cannot be done."""
    if isinstance(found, Say):
        return answered(memory, found)
    try:
        said = deed(found)
    except IllegalMove:
        said = turn.say("That cannot be done now.")
    present = turn.desk.get(found.id)
    return answered(memory, Say(said), *(() if present is None else (card(turn, present),)))


COMMANDS = (
    Command("/broadcast pause", N_("Hold a broadcast that is being sent."), "/broadcast pause 12", "sender", _pause),
    Command("/broadcast resume", N_("Let a paused broadcast go on."), "/broadcast resume 12", "sender", _resume),
    Command("/broadcast cancel", N_("End a broadcast for good."), "/broadcast cancel 12", "writer", _cancel),
)
