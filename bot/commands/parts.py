"""How the parts of a broadcast on other channels stand, below its own numbers."""

from bot.commands.stand import say_status, say_sums
from bot.conversation.turn import Turn
from broadcast import group
from broadcast.draft import Draft
from storage.entries import Sums


def say_parts(turn: Turn, draft: Draft) -> list[str]:
    """Return a line for each further channel this admin runs too, and the sum of all; nothing for most broadcasts."""
    found = group.parts(turn.desk, draft, turn.person)
    if len(found) < 2:
        return []
    sums = {part.draft.id: part.desk.progress(part.draft).sums for part in found}
    lines = [_line(turn, part, sums[part.draft.id]) for part in found if part.draft.id != draft.id]
    total = group.together(sums.values())
    return [*lines, turn.say("Altogether: {sums}", sums=say_sums(turn, total))] if total.audience else lines


def _line(turn: Turn, part: group.Part, sums: Sums) -> str:
    said = f"{part.desk.channel_name} (#{part.draft.id}): {say_status(turn, part.draft)}"
    return f"{said} · {say_sums(turn, sums)}" if sums.audience else said
