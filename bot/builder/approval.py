"""Asking a second person: who may approve, what they are shown, and what each side is told."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.builder.canary import say_canary
from bot.builder.reach import say_reach
from bot.builder.shown import say_messages, show
from bot.builder.states import State
from bot.builder.who import say_who
from bot.conversation.memory import Memory
from bot.conversation.reply import outgoing
from bot.conversation.rule import Did, stays
from bot.conversation.turn import Said, Say, Turn
from bot.texts import texts
from broadcast import group
from broadcast.draft import Draft
from storage import admins, approvals, audit, outbox, subscribers
from storage.lifecycle import BroadcastStatus
from storage.models import Admin

LIFETIME = timedelta(hours=24)
"""How long a request stands: the longest a person's message keeps Messenger's window open, in which to answer it."""


def ask_others(turn: Turn, memory: Memory, draft: Draft) -> Did:
    """Ask everybody who may approve it, and let the conversation rest until somebody does."""
    others = [one for one in admins.on_channel(draft.channel_id) if one.role != "writer"]
    others = [one for one in others if one.platform_user_id != turn.person]
    if not others:
        text = turn.say("Somebody else has to approve this, and nobody here could. An owner can: /admin invite sender")
        return stays(memory, State.REVIEW, text)
    if draft.status is not BroadcastStatus.DRAFT:
        draft = group.unschedule(turn.desk, draft, turn.person)
    people, until = turn.desk.approvable(draft), turn.now + LIFETIME
    approvals.ask(draft.id, draft.version, people, turn.person, turn.now, until)
    audit.write(draft.channel_id, turn.person, "ask_approval", turn.now, subject=str(draft.id), detail=str(people))
    for admin in others:
        theirs = _as(turn, admin)
        tell(theirs, (*show(theirs, draft.content, theirs.person), request(theirs, draft)))
    text = turn.plural(
        "“{name}” waits for somebody else to approve it; I asked {n} person, until {time}. undo takes it back.",
        "“{name}” waits for somebody else to approve it; I asked {n} people, until {time}. undo takes it back.",
        len(others),
        name=draft.name,
        time=turn.moment(until),
    )
    return Did(Memory(sent=draft.id), (Say(text),), to=State.IDLE)


def request(turn: Turn, draft: Draft) -> Say:
    """Return what somebody who may approve is asked."""
    asked = approvals.open_for(draft.id)
    assert asked is not None
    when = turn.time(draft.scheduled_for) if draft.scheduled_for else turn.say("as soon as you approve")
    lines = [
        turn.say("{person} asks you to approve “{name}” (#{id}).", person=called(turn, asked.asked_by), name=draft.name,
                 id=str(draft.id)),
        turn.say("When: {when}", when=when),
        turn.say("Who: {who}", who=say_who(turn, draft.audience)),
        turn.say("Reach: {reach}", reach=say_reach(turn, turn.desk.reach(draft))),
        *say_canary(turn, draft),
        turn.say("Messages:"),
        say_messages(turn, draft.content),
        *(
            turn.say("Also on {channel}: {reach}", channel=part.desk.channel_name, reach=say_reach(turn, part.reach))
            for part in group.before(turn.desk, draft, asked.asked_by)
            if part.draft.id != draft.id
        ),
        turn.say(
            "Say /broadcast approve {id} or /broadcast refuse {id} and why, until {time}.",
            id=str(draft.id),
            time=turn.moment(asked.expires_at),
        ),
    ]  # fmt: skip
    choices = (
        # With the version that was shown: an old button must not let out what was written since.
        turn.choice("Approve", f"/broadcast approve {draft.id} v{asked.version}"),
        turn.choice("Refuse", f"/broadcast refuse {draft.id}"),
    )
    # Where choices are numbers, a number belongs to the question that is open with them, which this is not.
    return Say("\n".join(lines), choices if turn.desk.platform.capabilities.choices else ())


def tell(turn: Turn, says: Iterable[Said]) -> None:
    """Say something to the person of a turn, now or with their next message; part of the transaction."""
    for out in outgoing(tuple(says), turn.person, turn.desk.platform.capabilities):
        outbox.add(turn.desk.channel_id, turn.person, out.model_dump(mode="json"), turn.now)


def for_admin(turn: Turn, person: str) -> Turn | None:
    """Return a turn that speaks to another admin, None when they are no admin any more."""
    admin = admins.find(turn.desk.channel_id, person)
    return None if admin is None else _as(turn, admin)


def called(turn: Turn, person: str) -> str:
    """Return the name of an admin, or the id where nothing more is known."""
    found = subscribers.find(turn.desk.channel_id, person)
    return (f"{found.first_name} {found.last_name}".strip() if found else "") or person


def _as(turn: Turn, admin: Admin) -> Turn:
    language = admin.language or turn.language
    zone = ZoneInfo(admin.timezone) if admin.timezone else turn.desk.zone
    return replace(
        turn, person=admin.platform_user_id, role=admin.role, admin_id=admin.id, language=language,
        texts=texts(language), zone=zone,
    )  # fmt: skip
