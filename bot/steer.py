"""Holds, resumes and ends a broadcast from the shell, for when the chat cannot; the moves are those of the chat."""

from bot.wiring import Runtime
from broadcast.service import Unsendable
from storage import broadcasts, entries
from storage.lifecycle import REACHED, UNFINISHED, IllegalMove

BY = "owner"
"""Who did it, in the history: whoever has the shell."""

VERBS = {"pause": "is paused", "resume": "goes on", "cancel": "is cancelled"}
"""What can be done, and how it is told."""


class NotDone(Exception):
    """The broadcast is not there, or not where that move starts; the sentence says which."""


def steer(runtime: Runtime, verb: str, number: int) -> str:
    """Do one of `VERBS` with the broadcast of this number; return what came of it. Raises `NotDone`.

    What goes to several channels has a number on each of them, and is steered on each by itself.
    """
    row = broadcasts.get(number)
    channel = next((each for each in runtime.channels.values() if row is not None and each.id == row.channel_id), None)
    if row is None or channel is None:
        raise NotDone(f"There is no broadcast {number} on these channels; `status` lists those there are.")
    desk = runtime.desk(channel)
    draft = desk.get(number)
    assert draft is not None  # it is on this channel
    called = f"Broadcast {number}, {row.name}, on {channel.settings.name}"
    try:
        match verb:
            case "pause":
                desk.pause(draft, BY)
            case "resume":
                desk.resume(draft, BY)
            case _:
                desk.cancel(draft, BY)
    except IllegalMove:
        raise NotDone(f"{called} is {row.status}: there is nothing to {verb}, and nothing was changed.") from None
    except Unsendable as error:
        why = " ".join(problem.sentence.format(**problem.facts) for problem in error.found)
        raise NotDone(f"{called} cannot go on now. {why}") from None
    sums = entries.sums(number)
    return f"{called} {VERBS[verb]}: {sums.of(*REACHED):,} of {sums.audience:,} have it, {sums.of(*UNFINISHED):,} wait."
