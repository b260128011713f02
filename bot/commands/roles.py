"""Command about roles: what each may do, and giving an admin another one."""

from collections.abc import Mapping

from bot.commands.admins import one_of
from bot.commands.command import Command, answered
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from bot.conversation.words import plain
from bot.texts import N_
from storage import admins, audit

_MAY: Mapping[str, str] = {
    "owner": N_("owner: everything, and makes and removes admins"),
    "sender": N_("sender: also sends, pauses, resumes, cancels and approves"),
    "writer": N_("writer: composes, tests, reads reports and asks for a send"),
}


def _roles(turn: Turn, memory: Memory, rest: str) -> Did:
    if not rest:
        lines = [turn.say(_MAY[role]) for role in admins.ROLES]
        example = turn.say("An owner changes one: {example}", example="/admin roles 2 sender")
        return answered(memory, Say("\n".join([*lines, example])))
    return answered(memory, Say(_give(turn, rest)))


def _give(turn: Turn, rest: str) -> str:
    """Give somebody another role; return what to say."""
    if not turn.may("owner"):
        return turn.say("Only an owner changes roles.")
    who, _, role = rest.rpartition(" ")
    role = plain(role)
    if role not in admins.ROLES:
        return turn.say("There is no role “{role}”. Say owner, sender or writer.", role=role)
    rows = admins.on_channel(turn.desk.channel_id)
    found = one_of(rows, who.strip())
    if found is None:
        return turn.say(
            "Which one? Say the number from /admin list and the role: {example}", example=f"/admin roles 2 {role}"
        )
    if role != "owner" and [row for row in rows if row.role == "owner"] == [found]:
        return turn.say("That is the last owner; somebody has to be able to let others in.")
    admins.give(turn.desk.channel_id, found.platform_user_id, role)
    audit.write(turn.desk.channel_id, turn.person, "change_role", turn.now, subject=found.platform_user_id, detail=role)
    return turn.say("{person} has the role {role} now.", person=found.platform_user_id, role=role)


COMMANDS = (
    Command("/admin roles", N_("What each role may do, or give another."), "/admin roles 2 sender", "writer", _roles),
)
