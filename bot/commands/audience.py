"""Commands about saved audiences: list, show, count, make, delete."""

import difflib
import re

from bot.builder.states import State
from bot.builder.who import cannot_save, saved, say_who, some_of
from bot.commands.command import Command, answered
from bot.conversation.memory import Memory, Picking
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from bot.texts import N_
from broadcast.audience.problems import FilterProblem
from handlers.content import Choice
from storage import audiences, audit, counts
from storage.models import SavedAudience

_LISTED = 8
"""Rows of a list: with the name of each as a choice it still fits one message of every platform."""

_NEW = re.compile(r"([^:：]+?)\s*[:：]\s*(.+)", re.DOTALL)


def _list(turn: Turn, memory: Memory, _rest: str) -> Did:
    rows = audiences.listed(turn.desk.channel_id)
    if not rows:
        text = turn.say("There are no saved audiences. Make one: {example}", example="/audience new Pros: plan = pro")
        return answered(memory, Say(text))
    lines = [f"{row.name}: {say_who(turn, row.audience)}" for row in rows[:_LISTED]]
    if len(rows) > _LISTED:
        lines.append(turn.say("and {n} more; each can be shown by its name: /audience Pros", n=len(rows) - _LISTED))
    choices = tuple(Choice(title=row.name, value=f"/audience show {row.name}") for row in rows[:_LISTED])
    return answered(memory, Say("\n".join(lines), choices))


def _audience(turn: Turn, memory: Memory, rest: str) -> Did:
    return _show(turn, memory, rest) if rest else _list(turn, memory, rest)


def _show(turn: Turn, memory: Memory, rest: str) -> Did:
    row = _found(turn, rest)
    if isinstance(row, Say):
        return answered(memory, row)
    lines = [f"{row.name}: {say_who(turn, row.audience)}", row.audience, *_counted(turn, row)]
    choices = (
        turn.choice("Delete it", f"/audience delete {row.name}"),
        turn.choice("All audiences", "/audience list"),
    )
    return answered(memory, Say("\n".join(lines), choices))


def _count(turn: Turn, memory: Memory, rest: str) -> Did:
    row = _found(turn, rest)
    return answered(memory, row if isinstance(row, Say) else Say("\n".join(_counted(turn, row))))


def _counted(turn: Turn, row: SavedAudience) -> list[str]:
    """Say how many an audience is now and a few of them; a filter may have stopped making sense meanwhile."""
    try:
        count = turn.desk.count_soon(row.audience)
    except FilterProblem as problem:
        return [problem.sentence(turn.texts)]
    if count is None:
        counts.ask(turn.desk.channel_id, turn.person, row.audience, turn.now)
        return [turn.say("Counting … I will tell you how many when I know.")]
    said = turn.plural("{n} person matches now.", "{n} people match now.", count)
    if count:
        said = turn.say("{found} For example: {people}.", found=said, people=some_of(turn, row.audience))
    return [said]


def _new(turn: Turn, memory: Memory, rest: str) -> Did:
    """Save a filter under a name; with the name alone, begin picking one."""
    parts = _NEW.fullmatch(rest)
    name, text = (parts[1], parts[2]) if parts else (" ".join(rest.split()), "")
    example = "/audience new Pros: plan = pro"
    if not name or (not text and memory.draft):
        # A filter cannot be picked for another purpose in the middle of a broadcast.
        return answered(memory, Say(turn.say("Say its name and the filter: {example}", example=example)))
    if text and (problem := turn.desk.check(text)) is not None:
        return answered(memory, Say(problem.sentence(turn.texts)))
    if wrong := cannot_save(turn, name, text or "tag is set"):
        return answered(memory, Say(wrong))
    if not text:
        return Did(memory.but(pick=Picking(name=name)), to=State.FIELD)
    return answered(memory, Say(saved(turn, name, text)))


def _delete(turn: Turn, memory: Memory, rest: str) -> Did:
    row = _found(turn, rest)
    if isinstance(row, Say):
        return answered(memory, row)
    audiences.delete(turn.desk.channel_id, row.name)
    audit.write(turn.desk.channel_id, turn.person, "delete_audience", turn.now, subject=row.name, detail=row.audience)
    text = turn.say(
        "“{name}” is deleted. Broadcasts that used it keep their filter: {filter}", name=row.name, filter=row.audience
    )
    return answered(memory, Say(text))


def _is_near(turn: Turn, name: str) -> bool:
    """Say whether a saved audience is called so, or nearly."""
    return isinstance(found := _found(turn, name), SavedAudience) or found.proposed


def _found(turn: Turn, name: str) -> SavedAudience | Say:
    """Return the audience, or what to say when there is none of that name."""
    if row := audiences.named(turn.desk.channel_id, name):
        return row
    names = {row.key: row.name for row in audiences.listed(turn.desk.channel_id)}
    near = difflib.get_close_matches(audiences.key(name), names, n=1)
    if near:
        choice = Choice(title=names[near[0]], value=f"/audience show {names[near[0]]}")
        text = turn.say("There is no audience “{typed}”. Did you mean “{name}”?", typed=name, name=names[near[0]])
        return Say(text, (choice,), proposed=True)
    return Say(turn.say("There is no audience “{typed}”. /audience list shows what there is.", typed=name))


COMMANDS = (
    Command("/audience", N_("Saved audiences, or one of them."), "/audience Pros", "writer", _audience, _is_near),
    Command("/audience list", N_("The saved audiences."), "/audience list", "writer", _list),
    Command("/audience show", N_("Who is in a saved audience."), "/audience show Pros", "writer", _show),
    Command("/audience new", N_("Save a filter under a name."), "/audience new Pros: plan = pro", "writer", _new),
    Command("/audience delete", N_("Delete a saved audience."), "/audience delete Pros", "writer", _delete),
    Command(
        "/audience count", N_("How many people are in a saved audience now."), "/audience count Pros", "writer", _count
    ),
)
