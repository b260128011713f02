"""Why somebody did not get a broadcast, in a sentence."""

from collections.abc import Mapping

from bot.conversation.turn import Turn
from bot.texts import N_
from handlers.reasons import SENTENCES

OURS: Mapping[str, str] = {
    "outside_window": N_(
        "Their last message was too long ago, so {platform} did not let us write; they can be reached once they write."
    ),
    "opted_out": N_("They had opted out."),
    "unreachable": N_("They cannot be reached at present: they may have left, or blocked us."),
    "cancelled": N_("The broadcast was cancelled before their turn."),
    "too_late": N_("Its time of day had passed where they live when the broadcast started."),
    "quiet_hours": N_("It is in their quiet hours; they get it when those end."),
    "incomplete": N_("The broadcast ended before all of its messages had gone to them."),
    "quota": N_("They had already had all the messages they may get."),
    "frequency_cap": N_("They had already had all the messages they may get."),
    "channel_quota": N_("This channel's own limit of messages a month had no room left for them."),
    "worker_lost": N_("The program stopped in the middle of the call."),
    "no_answer": N_("The call went out and no answer came back."),
    "never_answered": N_("The call went out and no answer ever came back."),
    "not_tagged": N_("{platform} could not give them the tag that this broadcast went to."),
    "confirmation_not_told": N_("Nobody told whether the account's owner confirmed it."),
    "not_recorded": N_("The answer came and could not be written down."),
}
"""The reasons that are the same on every platform."""


def say_reason(turn: Turn, reason: str, code: str = "") -> str:
    """Return a reason of the ledger as a sentence; the word itself where nothing more is known."""
    capabilities = turn.desk.platform.capabilities
    sentence = OURS.get(reason) or SENTENCES.get(capabilities.name, {}).get(reason)
    if sentence is None:
        return f"{reason} {code}".strip()
    return turn.say(sentence, platform=capabilities.title or capabilities.name, code=code)
