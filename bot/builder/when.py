"""The time of a broadcast: now, decided at the end, or an instant in the future."""

import re
from datetime import timedelta

from bot.builder import each
from bot.builder.open import change, open_draft
from bot.builder.states import State
from bot.conversation.answer import Answer, typed_value, word_value
from bot.conversation.memory import Memory
from bot.conversation.rule import Did, Question, proposes, stays
from bot.conversation.turn import Say, Turn
from bot.conversation.words import plain
from broadcast.draft import Draft
from broadcast.when.late import parse_late
from broadcast.when.parse import parse_time
from broadcast.when.readings import Ambiguous, At, Later, Now
from broadcast.when.words import say_apart, say_moment
from broadcast.when.zones import zone_name
from handlers.content import Choice
from handlers.contract import Problem

_LATE = re.compile(r"(?:late|最晚)\s*[:：]\s*(.+)", re.IGNORECASE | re.DOTALL)
_NEVER = frozenset({"never", "no", "不", "不补发"})
USUAL_LATE_SECONDS = 3600
"""What is not said, because it is always so unless somebody chose otherwise."""


def ask(turn: Turn, memory: Memory) -> Question:
    """Ask for the time, or whether it stays."""
    draft = open_draft(turn, memory)
    choices = (
        turn.choice("Now", typed_value("now")),
        turn.choice("Later", typed_value("later")),
        *each.choices(turn, draft),
        *_ways(turn, memory),
    )
    text = turn.say(
        "When should it go out? Now, later (you decide at the end), or a time like “tomorrow 9” or"
        " “fri 18:30” ({zone}).",
        zone=zone_name(turn.zone),
    )
    if memory.returning or memory.hub:
        text = turn.say("Its time: {time}.", time=say_when(turn, memory, draft)) + "\n" + text
    return Question(memory, Say(text, choices))


def _ways(turn: Turn, memory: Memory) -> tuple[Choice, ...]:
    keep = (turn.choice("Keep it", word_value("keep")),) if memory.returning or memory.hub else ()
    return (*keep, turn.choice("Back", word_value("back")))


def keep(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Take the time, ask which one is meant, or say why it cannot be that."""
    if (late := _LATE.fullmatch(answer.text.strip())) is not None:
        return _keep_late(turn, memory, late[1])
    if each.is_for_all(answer.text):
        return each.same_for_all(turn, memory)
    text = each.time_for_each(answer.text)
    if text == "":
        return each.same_for_each(turn, memory)
    reading = parse_time(answer.text if text is None else text, turn.now, turn.zone, locale=turn.language)
    match reading:
        case Now() | Later() if text is not None:
            return stays(memory, State.WHEN, turn.say("Each at their own time needs a time of day, like 18:30."))
        case At() if text is not None:
            return each.take(turn, memory, reading)
        case Ambiguous() if text is not None:
            return _which(turn, memory, each.for_each(reading))
        case Now():
            return Did(untimed(turn, memory, "now"), (Say(turn.say("It goes out as soon as you confirm.")),))
        case Later():
            return Did(untimed(turn, memory, "later"), (Say(turn.say("Time: you decide later.")),))
        case At():
            memory = change(turn, memory, scheduled_for=reading.moment, local_time="", time_zone=reading.zone.key)
            return Did(memory.but(when="at"), (Say(turn.say("Time: {time}.", time=turn.time(reading.moment))),))
        case Ambiguous():
            return _which(turn, memory, reading)
        case Problem():
            return _refused(turn, memory, reading, for_each=text is not None)


def _refused(turn: Turn, memory: Memory, problem: Problem, *, for_each: bool) -> Did:
    """Say why it cannot be that time, with the one that was probably meant where there is one."""
    proposal = str(problem.facts.get("proposal", ""))
    if not proposal:
        return stays(memory, State.WHEN, turn.problem(problem))
    instead = f"{proposal} {each.FOR_EACH}" if for_each else proposal
    return proposes(memory, State.WHEN, turn.problem(problem), Choice(title=instead, value=typed_value(instead)))


def untimed(turn: Turn, memory: Memory, when: str) -> Memory:
    """Take away the time, also one for each; `when` is what was said instead, `now` or `later`."""
    return change(turn, memory, scheduled_for=None, local_time="").but(when=when)


def _keep_late(turn: Turn, memory: Memory, text: str) -> Did:
    """Take how late it may still be sent when the program was not running at its time."""
    length = timedelta(0) if plain(text) in _NEVER else parse_late(text)
    if isinstance(length, Problem):
        return stays(memory, State.WHEN, turn.problem(length))
    memory = change(turn, memory, late_seconds=int(length.total_seconds()))
    return Did(memory, (Say(say_late(turn, open_draft(turn, memory))),), to=State.WHEN)


def say_late(turn: Turn, draft: Draft) -> str:
    """Return what is done about a time that was missed."""
    if not draft.late_seconds:
        return turn.say("If I am not running at its time, it is not sent, and I tell you.")
    return turn.say(
        "If I am not running at its time, it is sent up to {time} late; after that not at all, and I tell you.",
        time=turn.distance(draft.late_seconds),
    )


def _which(turn: Turn, memory: Memory, reading: Ambiguous) -> Did:
    local = [option.moment.astimezone(option.zone) for option in reading.options]
    options = tuple(
        Choice(title=title, value=typed_value(option.text))
        for title, option in zip(say_apart(local, turn.language), reading.options, strict=True)
    )
    meanings = (say_moment(option.moment, option.zone, turn.language) for option in reading.options)
    text = "\n".join([turn.say(reading.question, **reading.facts), *meanings])
    said = Say(text, (*options, turn.choice("Back", word_value("back"))))
    return Did(memory, (said,), to=State.WHEN, ask=False)


def say_when(turn: Turn, memory: Memory, draft: Draft) -> str:
    """Return the time of a draft in words."""
    if draft.local_time is not None:
        return each.say_each(turn, draft)
    if draft.scheduled_for is not None:
        return turn.time(draft.scheduled_for)
    if memory.when == "now":
        return turn.say("now, as soon as you confirm")
    return turn.say("not decided; Send sends it now, Schedule asks for a time")
