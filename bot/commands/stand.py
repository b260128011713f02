"""Where a broadcast stands, in words and in numbers."""

from collections.abc import Mapping

from bot.conversation.turn import Turn
from bot.texts import N_
from broadcast.draft import Draft
from storage.entries import Sums
from storage.lifecycle import REACHED, UNFINISHED, BroadcastStatus, RecipientState

_S = BroadcastStatus

STATUS: Mapping[BroadcastStatus, str] = {
    _S.DRAFT: N_("draft"),
    _S.SCHEDULED: N_("scheduled for {time}"),
    _S.STARTING: N_("about to leave"),
    _S.SENDING: N_("sending"),
    _S.PAUSED: N_("paused"),
    _S.SENT: N_("sent"),
    _S.CANCELLED: N_("cancelled"),
    _S.MISSED: N_("missed; its time was {time}"),
    _S.FAILED: N_("could not start"),
}


def say_status(turn: Turn, draft: Draft) -> str:
    """Return where a broadcast stands, in words."""
    time = turn.time(draft.scheduled_for) if draft.scheduled_for else ""
    return turn.say(STATUS[draft.status], time=time)


def say_sums(turn: Turn, sums: Sums) -> str:
    """Return the numbers as a sum that adds up to the audience."""
    parts = [
        turn.say("{n} sent", n=sums.of(*REACHED)),
        turn.say("{n} waiting", n=sums.of(*UNFINISHED)),
        turn.say("{n} failed", n=sums.of(RecipientState.FAILED)),
        turn.say("{n} skipped", n=sums.of(RecipientState.SKIPPED)),
        turn.say("{n} unknown", n=sums.of(RecipientState.UNKNOWN)),
    ]
    amounts = (REACHED, UNFINISHED, (RecipientState.FAILED,), (RecipientState.SKIPPED,), (RecipientState.UNKNOWN,))
    shown = [part for part, states in zip(parts, amounts, strict=True) if sums.of(*states)]
    if not shown:
        return turn.say("Nobody yet.")
    return turn.say("{n} in all: {parts}", n=sums.audience, parts=" · ".join(shown))
