"""Commands about admins: who they are, inviting and removing them, and who is the same on two channels."""

from collections.abc import Sequence

from bot.commands.command import Command, answered
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from bot.conversation.words import plain
from bot.texts import N_
from storage import admins, audit
from storage.models import Admin


def _list(turn: Turn, memory: Memory, _rest: str) -> Did:
    rows = admins.on_channel(turn.desk.channel_id)
    own = turn.say(" (you)")
    lines = [
        f"{number}. {row.role}: {row.platform_user_id}{own if row.platform_user_id == turn.person else ''}"
        for number, row in enumerate(rows, 1)
    ]
    return answered(memory, Say("\n".join(lines)))


def _invite(turn: Turn, memory: Memory, rest: str) -> Did:
    role = plain(rest) or "writer"
    if role not in admins.ROLES:
        text = turn.say("There is no role “{role}”. Say owner, sender or writer.", role=rest)
        return answered(memory, Say(text))
    code = admins.invite(turn.desk.channel_id, role, turn.now)
    audit.write(turn.desk.channel_id, turn.person, "invite", turn.now, detail=role)
    text = turn.say(
        "Pass this on. It gives the role {role} to whoever sends it to me here, once, within {hours} hours:",
        role=role,
        hours=int(admins.CODE_LIFETIME.total_seconds() // 3600),
    )
    return answered(memory, Say(f"{text}\n/admin claim {code}"))


def _remove(turn: Turn, memory: Memory, rest: str) -> Did:
    rows = admins.on_channel(turn.desk.channel_id)
    said, _, confirmed = rest.partition(" ")
    found = one_of(rows, said)
    if found is None:
        return answered(memory, Say(turn.say("Which one? Say /admin remove and the number from /admin list.")))
    owners = [row for row in rows if row.role == "owner"]
    if owners == [found]:
        return answered(memory, Say(turn.say("That is the last owner; somebody has to be able to let others in.")))
    if found.platform_user_id == turn.person and confirmed.strip() != str(found.id):
        return answered(memory, _really(turn, found))
    admins.remove(turn.desk.channel_id, found.platform_user_id)
    audit.write(turn.desk.channel_id, turn.person, "remove_admin", turn.now, subject=found.platform_user_id)
    return answered(memory, Say(turn.say("{person} is no longer an admin.", person=found.platform_user_id)))


def _really(turn: Turn, own: Admin) -> Say:
    """Ask before somebody removes themselves. The button names their entry, which is gone once it was used."""
    text = turn.say("You are an owner here. Remove yourself? Only another owner could let you in again.")
    sure = f"/admin remove {own.platform_user_id} {own.id}"
    return Say(text, (turn.choice("Remove me", sure),), proposed=True)


def one_of(rows: Sequence[Admin], said: str) -> Admin | None:
    """Return the admin who is meant by the number in the list or by the platform user id."""
    by_number = int(said) - 1 if said.isascii() and said.isdecimal() and len(said) < 4 else -1
    if 0 <= by_number < len(rows):
        return rows[by_number]
    return next((row for row in rows if row.platform_user_id == said), None)


def _link(turn: Turn, memory: Memory, rest: str) -> Did:
    if rest:
        return answered(memory, Say(_linked(turn, rest)))
    if not turn.desk.elsewhere():
        return answered(memory, Say(turn.say("There is no other channel to link this one with.")))
    code = admins.link_code(turn.admin_id, turn.now)
    text = turn.say(
        "Send this to me from your own chat on the other channel, within {minutes} minutes. Give it to nobody: whoever"
        " sends it counts as you on both channels.",
        minutes=int(admins.LINK_LIFETIME.total_seconds() // 60),
    )
    return answered(memory, Say(f"{text}\n/admin link {code}"))


def _linked(turn: Turn, code: str) -> str:
    own = admins.find(turn.desk.channel_id, turn.person)
    assert own is not None
    try:
        other = admins.link(own, code, turn.now)
    except admins.TooManyTries:
        return turn.say("Too many codes in a short time. Try again in a quarter of an hour.")
    if other is None:
        return turn.say("That code is wrong, used, too old or from this channel. Say /admin link on the other one.")
    name = other.channel.name
    for there, person, by in ((own, turn.person, name), (other, other.platform_user_id, turn.desk.channel_name)):
        audit.write(there.channel_id, person, "link", turn.now, subject=person, detail=by)
    return turn.say(
        "I know you on {channel} too now. The review card lets a broadcast go out there as well: also on {channel}",
        channel=name,
    )


def _unlink(turn: Turn, memory: Memory, _rest: str) -> Did:
    if not admins.unlink(turn.admin_id):
        return answered(memory, Say(turn.say("You are not linked with any other channel.")))
    audit.write(turn.desk.channel_id, turn.person, "unlink", turn.now, subject=turn.person)
    text = turn.say(
        "You are no longer linked with any other channel. Broadcasts stay as they are, each on its channel."
    )
    return answered(memory, Say(text))


COMMANDS = (
    Command("/admin", N_("The admins."), "/admin", "writer", _list),
    Command("/admin list", N_("Who may run broadcasts here."), "/admin list", "writer", _list),
    Command("/admin invite", N_("Make a one-time code for a new admin."), "/admin invite sender", "owner", _invite),
    Command("/admin remove", N_("Take an admin's rights away."), "/admin remove 2", "owner", _remove),
    Command("/admin link", N_("Say that you are an admin of another channel too."), "/admin link", "writer", _link),
    Command("/admin unlink", N_("Undo /admin link."), "/admin unlink", "writer", _unlink),
)
