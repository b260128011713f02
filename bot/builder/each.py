"""The time of a broadcast that reaches each person at the same time of day, where they live."""

import re
from dataclasses import replace

from bot.builder.open import change, open_draft
from bot.builder.states import State
from bot.conversation.answer import typed_value
from bot.conversation.memory import Memory
from bot.conversation.rule import Did, stays
from bot.conversation.turn import Say, Turn
from broadcast.draft import Draft
from broadcast.mass.roads import MASS
from broadcast.when.local import instant
from broadcast.when.readings import Ambiguous, At
from broadcast.when.words import say_wall
from broadcast.when.zones import zone_name
from handlers.content import Choice

FOR_EACH, FOR_ALL = "for each", "for all"
_EACH = re.compile(
    r"(?P<time>.*?)[\s,，]*\b(?:for each(?: of them)?|(?:at )?their local time)\s*|"
    r"(?P<zh_time>.*?)[\s,，]*(?:每人|各自|各地)(?:的)?(?:当地)?(?:时间)?[\s,，]*(?P<zh_after>.*)",
    re.IGNORECASE | re.DOTALL,
)
_ALL = frozenset({FOR_ALL, "同一时刻", "所有人同一时刻"})


def time_for_each(text: str) -> str | None:
    """Return the time in “18:30 for each” or “每人当地时间18:30”, '' where none is named; None for other words."""
    found = _EACH.fullmatch(text.strip())
    if found is None:
        return None
    return (found["time"] or f"{found['zh_time'] or ''} {found['zh_after'] or ''}").strip()


def is_for_all(text: str) -> bool:
    """Say whether a text takes a time for each back."""
    return text.strip().lower() in _ALL


def choices(turn: Turn, draft: Draft) -> tuple[Choice, ...]:
    """Return how the time there is could be meant otherwise; nothing while there is none."""
    if draft.scheduled_for is None or draft.scheduled_for <= turn.now or draft.road == MASS:
        return ()
    if draft.local_time is not None:
        return (turn.choice("Same moment for all", typed_value(FOR_ALL)),)
    return (turn.choice("Local time for each", typed_value(FOR_EACH)),)


def same_for_each(turn: Turn, memory: Memory) -> Did:
    """Take the time of day there is, in the broadcast's own zone, for each where they live."""
    draft = open_draft(turn, memory)
    if draft.scheduled_for is None or draft.scheduled_for <= turn.now:
        said = turn.say("At what time of day for each? For example: {example}", example=f"18:30 {FOR_EACH}")
        return stays(memory, State.WHEN, said)
    if draft.local_time is not None:
        return Did(memory, (_told(turn, memory),))
    return take(turn, memory, At(draft.scheduled_for, turn.zone_called(draft.time_zone)))


def same_for_all(turn: Turn, memory: Memory) -> Did:
    """Take the time there is for everybody at one moment, that of the broadcast's own zone."""
    draft = open_draft(turn, memory)
    if draft.local_time is None or draft.scheduled_for is None:
        return stays(memory, State.WHEN, turn.say("It goes to everybody at the same moment already."))
    zone = turn.zone_called(draft.time_zone)
    moment = instant(draft.local_time, zone)
    if moment <= turn.now:
        said = turn.say("That time has passed in {zone}. Give it a new one.", zone=zone_name(zone))
        return stays(memory, State.WHEN, said)
    memory = change(turn, memory, scheduled_for=moment, local_time="", time_zone=zone.key)
    return Did(memory.but(when="at"), (Say(turn.say("Time: {time}.", time=turn.time(moment))),))


def take(turn: Turn, memory: Memory, reading: At) -> Did:
    """Take a time for each where they live; `reading` is when it is that time for the admin."""
    draft = open_draft(turn, memory)
    if draft.road == MASS:
        said = turn.say(
            "A mass message leaves for everybody at the same moment. Change the road first: road one by one"
        )
        return stays(memory, State.WHEN, said)
    wall = reading.moment.astimezone(reading.zone).replace(tzinfo=None, fold=0)
    shown = turn.desk.each_at(replace(draft, time_zone=reading.zone.key), wall)
    changes = {"scheduled_for": shown.start, "local_time": wall.isoformat(), "time_zone": reading.zone.key}
    memory = change(turn, memory, **changes)
    return Did(memory.but(when="at"), (_told(turn, memory),))


def for_each(reading: Ambiguous) -> Ambiguous:
    """Return a question about a time for each, whose answers are for each too."""
    return replace(
        reading, options=tuple(replace(option, text=f"{option.text} {FOR_EACH}") for option in reading.options)
    )


def say_each(turn: Turn, draft: Draft) -> str:
    """Return the time of a draft that is for each, and when it starts."""
    assert draft.local_time is not None
    assert draft.scheduled_for is not None
    return turn.say(
        "{wall} for each where they live ({zone} where I do not know); it starts where that is first: {time}",
        wall=say_wall(draft.local_time, turn.language),
        zone=zone_name(turn.zone_called(draft.time_zone)),
        time=turn.time(draft.scheduled_for),
    )


def say_passed(turn: Turn, draft: Draft) -> list[str]:
    """Return for how many a time for each comes too late, as a line; nothing where it is for nobody."""
    if draft.local_time is None or draft.scheduled_for is None or draft.scheduled_for <= turn.now:
        return []
    passed = turn.desk.each_at(draft, draft.local_time).passed
    if not passed:
        return []
    return [
        turn.plural(
            "For {n} person that time has passed by then; they will not get it.",
            "For {n} people that time has passed by then; they will not get it.",
            passed,
        )
    ]


def _told(turn: Turn, memory: Memory) -> Say:
    draft = open_draft(turn, memory)
    return Say("\n".join([turn.say("Time: {time}.", time=say_each(turn, draft)), *say_passed(turn, draft)]))
