"""Command about flows: all of them with their numbers, or the card of one."""

import difflib
from collections.abc import Mapping

from bot.commands.command import Command, answered
from bot.commands.flow_card import card
from bot.commands.flow_words import LATELY, called, say_tally, shorten
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from bot.conversation.words import plain
from bot.texts import N_
from handlers.content import Choice
from storage import flow_counts
from storage.flow_counts import Tally

_LISTED = 8
"""Rows of a list: with the name of each as a choice it still fits one message of every platform."""

_NO_FILE = "*"
_NONE = Tally(), Tally()
Counts = Mapping[str, tuple[Tally, Tally]]


def _flows(turn: Turn, memory: Memory, rest: str) -> Did:
    counts = flow_counts.by_flow(turn.desk.channel_id, turn.now - LATELY)
    names = {flow.name: called(turn, flow) for flow in turn.flows}
    names |= {name: name for name in sorted(counts) if name not in names}
    return answered(memory, _found(turn, names, counts, rest) if rest else _list(turn, names, counts))


def _list(turn: Turn, names: Mapping[str, str], counts: Counts) -> Say:
    """Return one line a flow, those first that people enter most these days."""
    if not names:
        return Say(turn.say("There are no flows yet. Put the file of one into the folder flows, and restart."))
    busiest = sorted(names, key=lambda name: (-counts.get(name, _NONE)[0].entered, plain(names[name])))
    shown = busiest[:_LISTED]
    lines = [turn.say("Times in the last {n} days (in all):", n=LATELY.days)]
    for name in shown:
        mark = "" if name in turn.flows.by_name else _NO_FILE
        lines.append(f"“{shorten(names[name])}”{mark}: {say_tally(turn, *counts.get(name, _NONE))}")
    if any(name not in turn.flows.by_name for name in shown):
        lines.append(_NO_FILE + " " + turn.say("not from a flow file: your own bot reports it, or its file is gone"))
    if (left := len(names) - len(shown)) > 0:
        lines.append(turn.say("and {n} more; each is shown by its name: {example}", n=left, example="/flows NAME"))
    return Say("\n".join(lines), _choices(names, shown))


def _found(turn: Turn, names: Mapping[str, str], counts: Counts, typed: str) -> Say:
    """Return the card of the flow that is meant, or the question which one it is."""
    wanted = plain(typed)
    exact = [name for name, title in names.items() if wanted in {plain(name), plain(title)}]
    like = exact[:1] or [name for name, title in names.items() if wanted in plain(name) or wanted in plain(title)]
    if len(like) > 1:
        return Say(turn.say("There are several flows like that; which one?"), _choices(names, like[:_LISTED]))
    if like:
        return card(turn, like[0], names[like[0]], *counts.get(like[0], _NONE))
    spelled = {plain(word): name for name, title in names.items() for word in (title, name)}
    if near := difflib.get_close_matches(wanted, spelled, n=1):
        name = spelled[near[0]]
        text = turn.say("There is no flow “{typed}”. Did you mean “{name}”?", typed=typed, name=names[name])
        return Say(text, _choices(names, [name]), proposed=True)
    return Say(turn.say("There is no flow “{typed}”. /flows shows what there is.", typed=typed))


def _choices(names: Mapping[str, str], some: list[str]) -> tuple[Choice, ...]:
    return tuple(Choice(title=shorten(names[name]), value=f"/flows {name}") for name in some)


COMMANDS = (
    Command(
        "/flows",
        N_("Who enters and completes flows, or leaves one."),
        "/flows onboarding",
        "writer",
        _flows,
    ),
)
