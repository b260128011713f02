"""Commands that show broadcasts: the menu, the lists, and the card of one."""

from bot.commands.card import card, say_status
from bot.commands.command import Command, answered
from bot.commands.which import no_such
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from bot.texts import N_
from broadcast.draft import Draft
from handlers.content import Choice
from storage.lifecycle import BroadcastStatus

_S = BroadcastStatus
_LISTED = 8
"""Rows of a list: with the name of each as a choice it still fits one message of every platform."""
_RUNNING = (_S.STARTING, _S.SENDING, _S.PAUSED)


def _broadcast(turn: Turn, memory: Memory, rest: str) -> Did:
    if not rest:
        return answered(memory, _menu(turn))
    found = turn.desk.find(rest)
    return answered(memory, no_such(turn, rest) if found is None else card(turn, found))


def _menu(turn: Turn) -> Say:
    drafts, scheduled = turn.desk.listed(_S.DRAFT), turn.desk.listed(_S.SCHEDULED, _S.MISSED)
    running, over = turn.desk.listed(*_RUNNING), turn.desk.listed(_S.SENT, _S.CANCELLED, _S.FAILED)
    choices = [turn.choice("New broadcast", "/broadcast new")]
    choices += [Choice(title=draft.name, value=f"/broadcast {draft.id}") for draft in running[:3]]
    for title, command, rows in (
        (turn.say("Drafts ({n})", n=len(drafts)), "/broadcast drafts", drafts),
        (turn.say("Scheduled ({n})", n=len(scheduled)), "/broadcast scheduled", scheduled),
        (turn.say("History ({n})", n=len(over)), "/broadcast history", over),
    ):
        if rows:
            choices.append(Choice(title=title, value=command))
    lines = [turn.say("What shall we do?"), *(_line(turn, draft) for draft in running)]
    return Say("\n".join(lines), tuple(choices))


def _drafts(turn: Turn, memory: Memory, _rest: str) -> Did:
    return _list(turn, memory, turn.say("There are no drafts. Begin one: /broadcast new"), _S.DRAFT)


def _scheduled(turn: Turn, memory: Memory, _rest: str) -> Did:
    return _list(turn, memory, turn.say("Nothing is scheduled."), _S.SCHEDULED, _S.MISSED)


def _history(turn: Turn, memory: Memory, _rest: str) -> Did:
    return _list(turn, memory, turn.say("Nothing was sent yet."), *_RUNNING, _S.SENT, _S.CANCELLED, _S.FAILED)


def _list(turn: Turn, memory: Memory, none: str, *statuses: BroadcastStatus) -> Did:
    rows = turn.desk.listed(*statuses)
    if not rows:
        return answered(memory, Say(none))
    lines = [_line(turn, draft) for draft in rows[:_LISTED]]
    if len(rows) > _LISTED:
        lines.append(turn.say("and {n} more; each can be opened by its id: /broadcast 12", n=len(rows) - _LISTED))
    choices = tuple(Choice(title=draft.name, value=f"/broadcast {draft.id}") for draft in rows[:_LISTED])
    return answered(memory, Say("\n".join(lines), choices))


def _line(turn: Turn, draft: Draft) -> str:
    return f"#{draft.id} {draft.name}: {say_status(turn, draft)}"


COMMANDS = (
    Command(
        "/broadcast",
        N_("What can be done now, or the card of one broadcast."),
        "/broadcast Spring sale",
        "writer",
        _broadcast,
    ),
    Command("/broadcast drafts", N_("Broadcasts that were begun."), "/broadcast drafts", "writer", _drafts),
    Command("/broadcast scheduled", N_("Broadcasts in the calendar."), "/broadcast scheduled", "writer", _scheduled),
    Command("/broadcast history", N_("Broadcasts that were sent."), "/broadcast history", "writer", _history),
)
