"""One broadcast at a glance: where it stands, its numbers, and what can be done next."""

from collections.abc import Mapping

from bot.builder.canary import say_canary
from bot.builder.shown import say_messages
from bot.builder.who import say_who
from bot.commands.mass import is_mass, say_jobs
from bot.commands.parts import say_parts
from bot.commands.stand import say_status, say_sums
from bot.conversation.turn import Say, Turn
from bot.texts import N_
from broadcast import once_more
from broadcast.draft import Draft
from handlers.content import Choice
from storage import approvals
from storage.lifecycle import BroadcastStatus

_S = BroadcastStatus

MOVES: Mapping[BroadcastStatus, tuple[str, ...]] = {
    _S.DRAFT: ("edit", "send", "test", "clone", "cancel"),
    _S.SCHEDULED: ("edit", "send", "test", "clone", "cancel"),
    _S.STARTING: ("pause", "cancel"),
    _S.SENDING: ("pause", "cancel", "report"),
    _S.PAUSED: ("resume", "cancel", "report"),
    _S.SENT: ("report", "retry", "clone"),
    _S.CANCELLED: ("report", "retry", "clone"),
    _S.MISSED: ("send", "edit", "clone", "cancel"),
    _S.FAILED: ("edit", "clone"),
}
"""What makes sense next, as the last word of a command."""

TITLES: Mapping[str, str] = {
    "edit": N_("Edit"),
    "send": N_("Send"),
    "test": N_("Test"),
    "clone": N_("Clone"),
    "cancel": N_("Cancel it"),
    "pause": N_("Pause"),
    "resume": N_("Resume"),
    "report": N_("Report"),
    "retry": N_("Try the rest again"),
    "approve": N_("Approve"),
    "refuse": N_("Refuse"),
}
DECISIONS = ("approve", "refuse")
"""What a second person can do about a draft that waits for one."""

NEEDS_SENDER: Mapping[BroadcastStatus, frozenset[str]] = {
    _S.SCHEDULED: frozenset({"edit", "send", "cancel"}),
    _S.STARTING: frozenset({"pause", "cancel"}),
    _S.SENDING: frozenset({"pause", "cancel"}),
    _S.PAUSED: frozenset({"resume", "cancel"}),
}
"""What a writer is not offered: these broadcasts a sender or an owner has let go."""


def card(turn: Turn, draft: Draft) -> Say:
    """Return the card of a broadcast."""
    lines = [f"{draft.name} (#{draft.id}): {say_status(turn, draft)}"]
    if draft.pause_reason:
        lines.append(turn.say("Why: {reason}", reason=turn.say_stored(draft.pause_reason)))
    lines += [turn.say("To: {who}", who=say_who(turn, draft.audience)), *say_canary(turn, draft)]
    if draft.status in {_S.DRAFT, _S.SCHEDULED, _S.MISSED, _S.FAILED}:
        lines.append(say_messages(turn, draft.content) or turn.say("No message yet."))
    else:
        lines += numbers(turn, draft)
    lines += say_parts(turn, draft)
    asked = approvals.open_for(draft.id)
    if asked is None or draft.status is not _S.DRAFT:
        return Say("\n".join(lines), moves(turn, draft))
    lines.append(
        turn.say("It waits for somebody else to approve it, until {time}.", time=turn.moment(asked.expires_at))
    )
    decide = turn.may("sender") and asked.asked_by != turn.person
    said = {"approve": f"{draft.id} v{asked.version}", "refuse": str(draft.id)}
    ways = tuple(turn.choice(TITLES[way], f"/broadcast {way} {said[way]}") for way in DECISIONS if decide)
    return Say("\n".join(lines), (*ways, *moves(turn, draft)))


def moves(turn: Turn, draft: Draft) -> tuple[Choice, ...]:
    """Return what this admin can do next with a broadcast."""
    beyond = frozenset() if turn.may("sender") else NEEDS_SENDER.get(draft.status, frozenset())
    allowed = [move for move in MOVES[draft.status] if move not in beyond]
    if "retry" in allowed and not once_more.may_retry(turn.desk, draft):
        allowed.remove("retry")
    return tuple(turn.choice(TITLES[move], f"/broadcast {move} {draft.id}") for move in allowed)


def numbers(turn: Turn, draft: Draft) -> list[str]:
    """Return the sums of a broadcast, its rate and the time left, one a line."""
    progress = turn.desk.progress(draft)
    lines = [say_sums(turn, progress.sums), *(say_jobs(turn, draft) if is_mass(turn, draft) else ())]
    reason, until = turn.desk.held() if draft.status is _S.SENDING else ("", None)
    if reason and until is not None:
        why = turn.say_stored(reason)
        lines.append(turn.say("Waits until {time}: {reason}", time=turn.moment(until), reason=why))
    elif progress.seconds_left is not None and draft.status is _S.SENDING and not is_mass(turn, draft):
        lines.append(
            turn.say(
                "{rate} a second; about {left} left.",
                rate=f"{progress.per_second:.1f}",
                left=turn.distance(progress.seconds_left),
            )
        )
    return lines
