"""One flow at a glance: its numbers, where people drop out of it, what leads into it."""

from bot.commands.flow_words import LATELY, say_tally, shorten
from bot.conversation.turn import Say, Turn
from bot.flows.definition import Flow, Question
from bot.flows.parts import in_language
from storage import flow_counts
from storage.flow_counts import Led, Steps, Tally

_STEPS = 8
"""Steps on a card; of more, those where most people stop. With the rest of the card they fit one message."""

_KEYWORDS = 120
"""Bytes of the line of keywords."""

_BROADCASTS = 5


def card(turn: Turn, name: str, title: str, lately: Tally, ever: Tally) -> Say:
    """Return the card of a flow: `title` is what it is called, `lately` and `ever` are its runs."""
    flow = turn.flows.by_name.get(name)
    head = title if title == name else f"{title} ({name})"
    lines = [head, turn.say("Times in the last {n} days (in all):", n=LATELY.days), say_tally(turn, lately, ever)]
    if flow is None:
        lines.append(turn.say("It is not from a flow file: your own bot reports it, or its file is gone."))
    else:
        lines += [_entrances(turn, flow), *_say_steps(turn, flow, lately)]
    led = flow_counts.led_by(turn.desk.channel_id, name, _BROADCASTS)
    if led:
        lines += [turn.say("Broadcasts that led into it:"), *(_say_led(turn, one) for one in led)]
    return Say("\n".join(lines), (turn.choice("All flows", "/flows"),))


def _entrances(turn: Turn, flow: Flow) -> str:
    words = ", ".join(dict.fromkeys((*flow.keywords, flow.name)))
    return turn.say("Keywords: {words}", words=shorten(words, _KEYWORDS))


def _say_led(turn: Turn, led: Led) -> str:
    return turn.say(
        "#{id} {name}: {entered} entered, {done} completed",
        id=str(led.broadcast_id), name=shorten(led.name), entered=led.entered, done=led.completed,
    )  # fmt: skip


def _say_steps(turn: Turn, flow: Flow, lately: Tally) -> list[str]:
    """Return a line for each question, and for each other step that somebody stopped at, in the order of the file."""
    if not lately.entered:
        return []
    counted = flow_counts.steps(turn.desk.channel_id, flow.name, turn.now - LATELY)
    places = [
        place for place, step in enumerate(flow.steps) if isinstance(step, Question) or step.id in counted.standing
    ]
    worst = sorted(places, key=lambda place: -_dropped(counted, flow, place))[:_STEPS]
    lines = [turn.say("Step by step in these {n} days:", n=LATELY.days)]
    lines += [_say_step(turn, flow, number, place, counted) for number, place in enumerate(places, 1) if place in worst]
    if (left := len(places) - len(worst)) > 0:
        lines.append(turn.say("and {n} more steps, none with more drop-outs", n=left))
    known = {step.id for step in flow.steps}
    if gone := sum(tally.dropped for step_id, tally in counted.standing.items() if step_id not in known):
        lines.append(turn.say("{n} dropped out at steps that no longer exist", n=gone))
    return lines


def _dropped(counted: Steps, flow: Flow, place: int) -> int:
    return counted.standing.get(flow.steps[place].id, Tally()).dropped


def _say_step(turn: Turn, flow: Flow, number: int, place: int, counted: Steps) -> str:
    step = flow.steps[place]
    tally = counted.standing.get(step.id, Tally())
    parts = []
    words = shorten(step.id)
    if isinstance(step, Question):
        words = f"“{shorten(in_language(step.text, turn.language))}”"
        parts.append(turn.say("{n} reached it", n=counted.reached.get(step.id, 0)))
    if tally.dropped or not parts:
        parts.append(turn.say("{n} dropped out", n=tally.dropped))
    if tally.handed_over:
        parts.append(turn.say("{n} went to a person", n=tally.handed_over))
    if tally.under_way:
        parts.append(turn.say("{n} there now", n=tally.under_way))
    return f"{number}. {words}: " + " · ".join(parts)
