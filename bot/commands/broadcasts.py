"""Commands that show broadcasts: the menu, the lists, and the card of one."""

import re

from bot.commands.card import card
from bot.commands.command import Command, answered
from bot.commands.stand import say_status
from bot.commands.which import names_one, no_such
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from bot.conversation.words import plain
from bot.texts import N_
from broadcast.draft import Draft
from handlers.content import Choice
from storage.lifecycle import BroadcastStatus

_S = BroadcastStatus
_LISTED = 8
"""Rows of a list: with the name of each as a choice it still fits one message of every platform."""
_PAGE = re.compile(r"(.*?)\s*(?:page ?(\d{1,4}))?", re.IGNORECASE | re.DOTALL)
_RUNNING = (_S.STARTING, _S.SENDING, _S.PAUSED)
_OVER = (_S.SENT, _S.CANCELLED, _S.FAILED)


def _broadcast(turn: Turn, memory: Memory, rest: str) -> Did:
    if not rest:
        return answered(memory, _menu(turn))
    found = turn.desk.find(rest)
    return answered(memory, no_such(turn, rest) if found is None else card(turn, found))


def _menu(turn: Turn) -> Say:
    drafts, scheduled = turn.desk.listed(_S.DRAFT), turn.desk.listed(_S.SCHEDULED, _S.MISSED)
    running, over = turn.desk.listed(*_RUNNING), _gone_by(turn, *_OVER)
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


def _drafts(turn: Turn, memory: Memory, rest: str) -> Did:
    none = turn.say("There are no drafts. Begin one: /broadcast new")
    return _list(turn, memory, "/broadcast drafts", rest, none, turn.desk.listed(_S.DRAFT))


def _scheduled(turn: Turn, memory: Memory, rest: str) -> Did:
    none = turn.say("Nothing is scheduled.")
    return _list(turn, memory, "/broadcast scheduled", rest, none, turn.desk.listed(_S.SCHEDULED, _S.MISSED))


def _history(turn: Turn, memory: Memory, rest: str) -> Did:
    none = turn.say("Nothing was sent yet.")
    return _list(turn, memory, "/broadcast history", rest, none, _gone_by(turn, *_RUNNING, *_OVER))


def _gone_by(turn: Turn, *statuses: BroadcastStatus) -> list[Draft]:
    """Return those in `statuses` without the drafts that were discarded: they never began."""
    return [one for one in turn.desk.listed(*statuses) if one.status is not _S.CANCELLED or one.started_at]


def _list(turn: Turn, memory: Memory, command: str, rest: str, none: str, rows: list[Draft]) -> Did:
    """Show a page of those in `rows` whose name holds what was asked for: `/broadcast history spring page 2`."""
    asked = _PAGE.fullmatch(rest.strip())
    assert asked is not None
    search, page = asked[1].strip(), max(int(asked[2] or 1), 1)
    found = [draft for draft in rows if plain(search) in plain(draft.name)]
    if not found:
        return answered(memory, Say(turn.say("None of them is called “{search}”.", search=search) if rows else none))
    shown = found[(page - 1) * _LISTED : page * _LISTED] or found[:_LISTED]
    page = found.index(shown[0]) // _LISTED + 1
    lines = [_line(turn, draft) for draft in shown]
    choices = [Choice(title=draft.name, value=f"/broadcast {draft.id}") for draft in shown]
    if (left := len(found) - page * _LISTED) > 0:
        onward = " ".join(part for part in (command, search, f"page {page + 1}") if part)
        lines.append(turn.say("and {n} more: {command}", n=left, command=onward))
        choices.append(turn.choice("More", onward))
    return answered(memory, Say("\n".join(lines), tuple(choices)))


def _line(turn: Turn, draft: Draft) -> str:
    return f"#{draft.id} {draft.name}: {say_status(turn, draft)}"


COMMANDS = (
    Command(
        "/broadcast",
        N_("What can be done now, or the card of one broadcast."),
        "/broadcast Spring sale",
        "writer",
        _broadcast,
        names_one,
    ),
    Command("/broadcast drafts", N_("Unfinished broadcasts."), "/broadcast drafts", "writer", _drafts),
    Command("/broadcast scheduled", N_("Broadcasts in the calendar."), "/broadcast scheduled", "writer", _scheduled),
    Command(
        "/broadcast history",
        N_("Broadcasts that were sent; a word of the name searches."),
        "/broadcast history spring",
        "writer",
        _history,
    ),
)
