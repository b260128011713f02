"""Commands of the second person: approve what somebody asks to send, or refuse it."""

import re
from dataclasses import dataclass
from datetime import datetime

from bot.builder.approval import called, for_admin, request, tell
from bot.builder.cost import say_refusal
from bot.commands.command import Command, answered
from bot.commands.which import leading, nothing_leads
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from bot.texts import N_
from broadcast import group
from broadcast.draft import Draft
from broadcast.service import Unsendable
from storage import approvals, audit
from storage.approvals import APPROVED, REFUSED
from storage.database import transaction
from storage.lifecycle import BroadcastStatus
from storage.models import Approval

_VERSION = re.compile(r"v(\d{1,9})")
"""Behind a broadcast: the version of it that a button stood under."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A broadcast, the request about it that this person may decide, and what was said behind its name."""

    draft: Draft
    request: Approval
    more: str


def _approve(turn: Turn, memory: Memory, rest: str) -> Did:
    asked = _open(turn, rest, "approve")
    if isinstance(asked, Say):
        return answered(memory, asked)
    draft, version = asked.draft, _VERSION.fullmatch(asked.more)
    if asked.more and version is None:
        return answered(memory, nothing_leads(turn, rest))
    if version is not None and int(version[1]) != asked.request.version:
        return answered(memory, Say(turn.say("That button belongs to an earlier request.")), request(turn, draft))
    if wrong := _outdated(turn, draft, asked.request):
        return answered(memory, Say(wrong))
    try:
        moment = _let_out(turn, draft, asked.request)
    except Unsendable as error:
        still = turn.say(
            "Nothing was sent. The request stays open until {time}.", time=turn.moment(asked.request.expires_at)
        )
        return answered(memory, Say(say_refusal(turn, error) + "\n" + still))
    if moment is None:
        return answered(memory, Say(turn.say("Someone else has already decided.")))
    timed = draft.scheduled_for is not None
    theirs = for_admin(turn, asked.request.asked_by)
    if theirs is not None:
        who = called(turn, turn.person)
        tell(theirs, (Say(_approved(theirs, draft, who, theirs.time(moment) if timed else theirs.clock(moment))),))
    own = turn.say(
        "Approved: “{name}” leaves at {time}. Until then undo takes it back.",
        name=draft.name,
        time=turn.time(moment) if timed else turn.clock(moment),
    )
    return Did(memory.but(sent=draft.id), (Say(own),))


def _let_out(turn: Turn, draft: Draft, asked: Approval) -> datetime | None:
    """Decide the request and send or schedule, both or neither; return when it leaves, None if it is decided already.

    Raises `Unsendable`: then the request is open as before.
    """
    with transaction():
        if not approvals.decide(asked.id, APPROVED, turn.person, turn.now):
            return None
        audit.write(draft.channel_id, turn.person, "approve", turn.now, subject=str(draft.id), detail=str(asked.people))
        if draft.scheduled_for is None:
            return group.send(turn.desk, draft, asked.asked_by, approved=True)
        group.schedule(turn.desk, draft, asked.asked_by, approved=True)
        return draft.scheduled_for


def _approved(turn: Turn, draft: Draft, who: str, time: str) -> str:
    return turn.say(
        "{person} approved “{name}”: it leaves at {time}. Until then undo takes it back.",
        person=who,
        name=draft.name,
        time=time,
    )


def _refuse(turn: Turn, memory: Memory, rest: str) -> Did:
    asked = _open(turn, rest, "refuse")
    if isinstance(asked, Say):
        return answered(memory, asked)
    draft, why = asked.draft, asked.more
    if not approvals.decide(asked.request.id, REFUSED, turn.person, turn.now):
        return answered(memory, Say(turn.say("Someone else has already decided.")))
    audit.write(draft.channel_id, turn.person, "refuse", turn.now, subject=str(draft.id), detail=why)
    theirs = for_admin(turn, asked.request.asked_by)
    if theirs is not None:
        who, edit = called(turn, turn.person), f"/broadcast edit {draft.id}"
        if why:
            text = theirs.say("{person} refused “{name}”: {why}", person=who, name=draft.name, why=why)
        else:
            text = theirs.say("{person} refused “{name}”.", person=who, name=draft.name)
        tell(theirs, (Say(text + "\n" + theirs.say("It is still a draft: {edit}", edit=edit)),))
    return answered(memory, Say(turn.say("Refused. “{name}” stays a draft.", name=draft.name)))


def _open(turn: Turn, rest: str, verb: str) -> _Asked | Say:
    """Return what is to be decided, or why there is nothing that this person could decide."""
    if not rest:
        return Say(turn.say("Which one? For example: {example}", example=f"/broadcast {verb} 12"))
    draft, more = leading(turn, rest)
    if draft is None:
        return nothing_leads(turn, rest)
    asked = approvals.open_for(draft.id)
    if asked is None or draft.status is not BroadcastStatus.DRAFT:
        return Say(turn.say("Nobody is waiting for an answer about “{name}”.", name=draft.name))
    if asked.asked_by == turn.person:
        return Say(turn.say("You asked for this yourself; somebody else has to decide."))
    return _Asked(draft, asked, more)


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
        N_("Approve what another admin asks to send."),
        "/broadcast approve 12",
        "sender",
        _approve,
    ),
    Command(
        "/broadcast refuse",
        N_("Refuse what another admin asks to send."),
        "/broadcast refuse 12 the price is wrong",
        "sender",
        _refuse,
    ),
)
