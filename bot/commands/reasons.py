"""Why somebody did not get a broadcast, in a sentence."""

from collections.abc import Mapping

from bot.conversation.turn import Turn
from bot.texts import N_, Texts, platform_title
from broadcast.because import bracketless
from handlers.contract import Capabilities
from handlers.reasons import SENTENCES

OURS: Mapping[str, str] = {
    "outside_window": N_(
        "Their last message was too long ago, so {platform} did not let us write; they can be reached once they write."
    ),
    "opted_out": N_("They had opted out."),
    "unreachable": N_("They cannot be reached at present: they may have left, or blocked us."),
    "cancelled": N_("The broadcast was cancelled before their turn."),
    "too_late": N_("Its time of day had passed where they live, by more than it may be late."),
    "quiet_hours": N_("It is in their quiet hours; they get it when those end."),
    "incomplete": N_("The broadcast ended before all of its messages had gone to them."),
    "quota": N_("They had already had all the messages they may get."),
    "frequency_cap": N_("They had already had all the messages they may get."),
    "channel_quota": N_("This channel's own limit of messages a month had no room left for them."),
    "worker_lost": N_("The program stopped in the middle of the call."),
    "no_answer": N_("The call went out and no answer came back."),
    "never_answered": N_("The call went out and no answer ever came back."),
    "not_tagged": N_("{platform} could not give them the tag that this broadcast went to."),
    "confirmation_not_told": N_("We never heard whether the account's owner confirmed it."),
    "not_recorded": N_("The answer came and could not be written down."),
}
"""The reasons that are the same on every platform."""

NONE = N_("No reason was given.")
"""What is said where the ledger has no reason."""


def say_reason(turn: Turn, reason: str, code: str = "") -> str:
    """Return a reason of the ledger as a sentence; the word itself where nothing more is known."""
    return say_reason_in(turn.texts, turn.desk.platform.capabilities, reason, code)


def say_reason_in(texts: Texts, platform: Capabilities, reason: str, code: str = "") -> str:
    """Return a reason as `say_reason` does, in the words of a catalogue; no reason at all is said to be none."""
    if not reason:
        return texts.gettext(NONE)
    sentence = OURS.get(reason) or SENTENCES.get(platform.name, {}).get(reason)
    if sentence is None:
        return f"{reason} {code}".strip()
    said = bracketless(texts.gettext(sentence), code)
    return said.format(platform=platform_title(platform, texts), code=code)
