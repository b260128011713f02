"""Finds the command that was typed, checks the right to it, and runs it."""

import difflib

from bot.commands import (
    admins,
    approval,
    audience,
    broadcasts,
    building,
    flows,
    practice,
    preferences,
    quota,
    report,
    retry,
    roles,
    running,
    why,
)
from bot.commands.command import Command, answered
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from bot.conversation.words import plain
from bot.texts import N_
from handlers.content import Choice

ROLES = {"owner": N_("owner"), "sender": N_("sender"), "writer": N_("writer")}


def _help(turn: Turn, memory: Memory, rest: str) -> Did:
    if rest.strip():
        command, _ = find("/" + plain(rest).removeprefix("/"))
        if command is None:
            return answered(memory, unknown(turn, "/" + plain(rest).removeprefix("/")))
        example = turn.say("For example: {example}", example=command.example)
        return answered(memory, Say(turn.say(command.help) + "\n" + example))
    return answered(memory, Say("\n".join(_listed(turn))))


def _listed(turn: Turn) -> list[str]:
    """Return a line for each command, those of a family together, with `…` for the word they begin with.

    So the whole list fits one message of every platform.
    """
    families: dict[str, list[Command]] = {}
    for one in COMMANDS:
        if turn.may(one.role):
            families.setdefault(one.name.split()[0], []).append(one)
    return [
        f"{one.name.replace(family + ' ', '… ')}: {turn.say(one.help)}"
        for family, members in families.items()
        for one in sorted(members, key=lambda member: member.name != family)
    ]


HELP = Command("/help", N_("All commands, or one of them."), "/help broadcast clone", "writer", _help)

COMMANDS: tuple[Command, ...] = (
    *building.COMMANDS,
    *broadcasts.COMMANDS,
    *running.COMMANDS,
    *audience.COMMANDS,
    *quota.COMMANDS,
    *report.COMMANDS,
    *why.COMMANDS,
    *retry.COMMANDS,
    *flows.COMMANDS,
    *approval.COMMANDS,
    *practice.COMMANDS,
    *admins.COMMANDS,
    *roles.COMMANDS,
    *preferences.COMMANDS,
    HELP,
)
"""Every command there is, in the order of the help."""

_BY_NAME = {command.name: command for command in COMMANDS}


def find(text: str) -> tuple[Command | None, str]:
    """Return the command that `text` begins with, and the rest of it; the longest name wins."""
    words = text.split()
    for length in (2, 1):
        command = _BY_NAME.get(plain(" ".join(words[:length])))
        if command is not None and len(words) >= length:
            return command, text.split(maxsplit=length)[length] if len(words) > length else ""
    return None, text


def run(turn: Turn, memory: Memory, text: str) -> Did:
    """Run the command that was typed, or say what was probably meant."""
    command, rest = find(text)
    if command is None:
        return answered(memory, unknown(turn, text))
    if not turn.may(command.role):
        text = turn.say(
            "{command} needs the role {role}; yours is {own}.",
            command=command.name,
            role=turn.say(ROLES[command.role]),
            own=turn.say(ROLES.get(turn.role, turn.role)),
        )
        return answered(memory, Say(text))
    if (meant := _mistyped(turn, command, rest)) is not None:
        return answered(memory, meant)
    return command.run(turn, memory, rest.strip())


def _mistyped(turn: Turn, command: Command, rest: str) -> Say | None:
    """Return the question whether a longer command was meant, by a word behind this one that names nothing there."""
    begun, _, more = rest.strip().partition(" ")
    verbs = [
        one.name.removeprefix(command.name).strip()
        for one in COMMANDS
        if one.name.startswith(command.name + " ") and turn.may(one.role)
    ]
    near = difflib.get_close_matches(plain(begun), verbs, n=1, cutoff=0.6)
    if not near or command.names(turn, rest.strip()):
        return None
    meant = f"{command.name} {near[0]} {more.strip()}".strip()
    said = turn.say("There is no command {typed}. Did you mean {near}?", typed=f"{command.name} {begun}", near=meant)
    return Say(said, (Choice(title=meant, value=meant),), proposed=True)


def unknown(turn: Turn, text: str) -> Say:
    """Say that there is no such command, with the nearest one to tap."""
    typed = plain(" ".join(text.split()[:2]))
    allowed = [command.name for command in COMMANDS if turn.may(command.role)]
    near = difflib.get_close_matches(typed, allowed, n=1, cutoff=0.6)
    near = near or difflib.get_close_matches(typed.split(" ", maxsplit=1)[0], allowed, n=1, cutoff=0.6)
    if near:
        said = turn.say("There is no command {typed}. Did you mean {near}?", typed=typed, near=near[0])
        return Say(said, (Choice(title=near[0], value=near[0]),), proposed=True)
    return Say(turn.say("There is no command {typed}. /help lists them; a text that begins so: \\{typed}", typed=typed))
