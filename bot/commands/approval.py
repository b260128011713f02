"""Commands of the second person: approve what somebody asks to send, or refuse it."""

import re

from bot.builder.approval import called, for_admin, request, tell
from bot.builder.cost import say_refusal
from bot.commands.command import Command, answered
from bot.commands.which import no_such
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from bot.texts import N_
from broadcast import group
from broadcast.draft import Draft
from broadcast.service import Unsendable
from storage import approvals, audit
from storage.approvals import APPROVED, REFUSED
from storage.lifecycle import BroadcastStatus
from storage.models import Approval

_SHOWN = re.compile(r"(.*?)(?: v(\d{1,9}))?", re.DOTALL)
"""A broadcast, and the version of it that a button stood under."""


def _approve(turn: Turn, memory: Memory, rest: str) -> Did:
    said = _SHOWN.fullmatch(rest)
    assert said is not None
    draft, asked = _open(turn, said[1])
    if isinstance(asked, Say):
        return answered(memory, asked)
    assert draft is not None
    if said[2] and int(said[2]) != asked.version:
        return answered(memory, Say(turn.say("That button stood under an earlier request.")), request(turn, draft))
    if wrong := _outdated(turn, draft, asked):
        return answered(memory, Say(wrong))
    if not approvals.decide(asked.id, APPROVED, turn.person, turn.now):
        return answered(memory, Say(turn.say("Somebody else was quicker.")))
    audit.write(draft.channel_id, turn.person, "approve", turn.now, subject=str(draft.id), detail=str(asked.people))
    timed = draft.scheduled_for is not None
    try:
        if timed:
            group.schedule(turn.desk, draft, asked.asked_by, approved=True)
            moment = draft.scheduled_for
        else:
            moment = group.send(turn.desk, draft, asked.asked_by, approved=True)
    except Unsendable as error:
        return answered(memory, Say(say_refusal(turn, error)))
    assert moment is not None
    theirs = for_admin(turn, asked.asked_by)
    if theirs is not None:
        who = called(turn, turn.person)
        tell(theirs, (Say(_approved(theirs, draft, who, theirs.time(moment) if timed else theirs.clock(moment))),))
    own = turn.say(
        "Approved: “{name}” leaves at {time}. Until then undo takes it back.",
        name=draft.name,
        time=turn.time(moment) if timed else turn.clock(moment),
    )
    return Did(memory.but(sent=draft.id), (Say(own),))


def _approved(turn: Turn, draft: Draft, who: str, time: str) -> str:
    return turn.say(
        "{person} approved “{name}”: it leaves at {time}. Until then undo takes it back.",
        person=who,
        name=draft.name,
        time=time,
    )


def _refuse(turn: Turn, memory: Memory, rest: str) -> Did:
    ref, _, why = rest.partition(" ")
    draft, asked = _open(turn, ref)
    if isinstance(asked, Say):
        return answered(memory, asked)
    assert draft is not None
    if not approvals.decide(asked.id, REFUSED, turn.person, turn.now):
        return answered(memory, Say(turn.say("Somebody else was quicker.")))
    audit.write(draft.channel_id, turn.person, "refuse", turn.now, subject=str(draft.id), detail=why)
    theirs = for_admin(turn, asked.asked_by)
    if theirs is not None:
        who, edit = called(turn, turn.person), f"/broadcast edit {draft.id}"
        if why:
            text = theirs.say("{person} refused “{name}”: {why}", person=who, name=draft.name, why=why)
        else:
            text = theirs.say("{person} refused “{name}”.", person=who, name=draft.name)
        tell(theirs, (Say(text + "\n" + theirs.say("It is still a draft: {edit}", edit=edit)),))
    return answered(memory, Say(turn.say("Refused. “{name}” stays a draft.", name=draft.name)))


def _open(turn: Turn, ref: str) -> tuple[Draft | None, Approval | Say]:
    """Return the broadcast and the request about it that this person may decide, or why there is none."""
    draft = turn.desk.find(ref) if ref else None
    if draft is None:
        return None, no_such(turn, ref) if ref else Say(turn.say("Which one? For example: /broadcast approve 12"))
    asked = approvals.open_for(draft.id)
    if asked is None or draft.status is not BroadcastStatus.DRAFT:
        return draft, Say(turn.say("Nobody is waiting for an answer about “{name}”.", name=draft.name))
    if asked.asked_by == turn.person:
        return draft, Say(turn.say("You asked for this yourself; somebody else has to decide."))
    return draft, asked


def _outdated(turn: Turn, draft: Draft, asked: Approval) -> str:
    """Return why the request cannot be granted any more, '' when it can."""
    person = called(turn, asked.asked_by)
    if asked.expires_at <= turn.now:
        return turn.say("That request has expired. {person} would have to ask again.", person=person)
    if for_admin(turn, asked.asked_by) is None:
        return turn.say("{person} is no longer an admin, so nothing is sent for them.", person=person)
    if draft.version != asked.version:
        return turn.say("It was changed since. {person} would have to ask again.", person=person)
    if (people := turn.desk.approvable(draft)) > asked.people:
        return turn.say(
            "It would reach {now} people by now, not {then}. {person} would have to ask again.",
            now=people,
            then=asked.people,
            person=person,
        )
    return ""


COMMANDS = (
    Command(
        "/broadcast approve",
        N_("Let out what another admin asks to send."),
        "/broadcast approve 12",
        "sender",
        _approve,
    ),
    Command(
        "/broadcast refuse",
        N_("Keep back what another admin asks to send."),
        "/broadcast refuse 12 the price is wrong",
        "sender",
        _refuse,
    ),
)
