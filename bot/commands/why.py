"""Command that explains one person in a sentence: `/broadcast why 12 Anna Smith`."""

from collections.abc import Mapping

from bot.commands.command import Command, answered
from bot.commands.reasons import say_reason
from bot.commands.which import leading, nothing_leads
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from bot.texts import N_
from broadcast.draft import Draft
from handlers.content import Choice
from storage import results
from storage.lifecycle import RecipientState
from storage.models import Recipient, Subscriber

_NAMESAKES = 8
"""People of one name offered to choose from."""

_R = RecipientState
SENTENCES: Mapping[RecipientState, str] = {
    _R.PENDING: N_("{person} has not been sent “{name}” yet."),
    _R.CLAIMED: N_("{person} is about to get “{name}”."),
    _R.SENDING: N_("“{name}” is on its way to {person} this very moment."),
    _R.SENT: N_("{person} was sent “{name}”: {when}. We have not been told whether it arrived."),
    _R.DELIVERED: N_("{person} got “{name}”: {when}. It arrived, and as far as we are told it has not been read yet."),
    _R.READ: N_("{person} got “{name}”: {when}, and has read it."),
    _R.FAILED: N_("{person} did not get “{name}” ({when}). {reason}"),
    _R.SKIPPED: N_("{person} was left out of “{name}” ({when}). {reason}"),
    _R.UNKNOWN: N_("{person} may have got “{name}” ({when}) or not. {reason} It was not sent again."),
}

_MAY_HAVE_IT = frozenset({_R.SENDING, _R.SENT, _R.DELIVERED, _R.READ, _R.UNKNOWN})


def _why(turn: Turn, memory: Memory, rest: str) -> Did:
    draft, said = leading(turn, rest, least=1)
    if draft is None and (len(rest.split()) < 2 or leading(turn, rest)[0] is not None):
        text = turn.say("Say which broadcast and who: {example}", example="/broadcast why 12 Anna Smith")
        return answered(memory, Say(text))
    if draft is None:
        return answered(memory, nothing_leads(turn, rest))
    found = results.people(turn.desk.channel_id, said, _NAMESAKES)
    if not found:
        text = turn.say("I know nobody called “{person}”; their id would do too.", person=said)
        return answered(memory, Say(text))
    if len(found) > 1:
        choices = tuple(
            Choice(title=_called(one), value=f"/broadcast why {draft.id} {one.platform_user_id}") for one in found
        )
        text = turn.say("There are several of that name; which one?")
        lines = [f"{number}. {_called(one)} ({one.platform_user_id})" for number, one in enumerate(found, 1)]
        return answered(memory, Say("\n".join([text, *lines]), choices))
    return answered(memory, Say(say_why(turn, draft, found[0])))


def say_why(turn: Turn, draft: Draft, person: Subscriber) -> str:
    """Return what became of one person in a broadcast."""
    row = results.row_of(draft.id, person.id)
    if row is not None:
        return _say_row(turn, draft, person, row)
    if draft.started_at is None:
        return turn.say("“{name}” has not gone out to anybody.", name=draft.name)
    return turn.say("{person} was not among those “{name}” was for.", person=_called(person), name=draft.name)


def _say_row(turn: Turn, draft: Draft, person: Subscriber, row: Recipient) -> str:
    state = RecipientState(row.state)
    moment = row.sent_at if state not in {_R.FAILED, _R.SKIPPED} else row.updated_at
    said = turn.say(
        SENTENCES[state],
        person=_called(person),
        name=draft.name,
        when=turn.moment(moment) if moment else "",
        reason=say_reason(turn, row.reason, row.code),
    )
    if not row.by_template or draft.content.template is None or state not in _MAY_HAVE_IT:
        return said
    by = turn.say("By template {name}: their window was closed.", name=draft.content.template.name)
    return f"{said} {by}"


def _called(person: Subscriber) -> str:
    return f"{person.first_name} {person.last_name}".strip() or person.platform_user_id


COMMANDS = (
    Command(
        "/broadcast why",
        N_("Why one person got a broadcast, or did not."),
        "/broadcast why 12 Anna Smith",
        "writer",
        _why,
    ),
)
