"""Walks a person through a flow: an event in, the run as it is afterwards and what to do about it out. No I/O.

A run never stands still without waiting for something: each of these functions takes it on to the next question,
the next wait, or its end. `now` is aware, and its zone says when days begin. The person given is as stored, with the
effects of earlier events written down.
"""

from datetime import datetime

from bot.flows.answers import chosen, read_answer
from bot.flows.definition import AskText, Flow, Question, Wait
from bot.flows.leads import rests
from bot.flows.parts import DROP
from bot.flows.run import CHOICE, Dropped, Result, Run, RunStatus, Why
from bot.flows.shown import titles_of
from bot.flows.walk import Heard, Walk, Walker
from handlers.contract import Problem


def start(flow: Flow, walker: Walker, now: datetime) -> Result:
    """Begin a flow."""
    first = flow.steps[0].id
    run = Run(flow=flow.name, version=flow.version, step=first, started_at=now, language=walker.language)
    walk = Walk(flow, walker, run, now)
    walk.go(first)
    return walk.result()


def resume(run: Run, flow: Flow, walker: Walker, heard: Heard, now: datetime) -> Result:
    """Go on with what the person sent.

    `flow` is the version the run started with, where that was kept; otherwise the present one. When the step is
    gone from it, the person is told, and the run goes on at the next step that is still there.
    """
    _same(run, flow)
    ours = heard.payload.startswith(CHOICE)
    if not run.is_open or (heard.payload and not ours):
        return Result(run, heard=False)
    walk = Walk(flow, walker, run, now)
    step = flow.step(run.step)
    if not rests(step):
        walk.move_on()
    elif isinstance(step, Question):
        walk.answer(step, heard)
    elif isinstance(step, Wait) and not walk.common(heard) and not ours:
        if step.on_message is None:
            return Result(run, heard=False)
        walk.go(step.on_message)
    return walk.result()


def timed_out(run: Run, flow: Flow, walker: Walker, now: datetime) -> Result:
    """Go on because `run.waiting_until` has come; before that, nothing changes.

    A run whose step is gone from the flow is dropped: nobody is there to be told.
    """
    _same(run, flow)
    if not run.is_open or (run.waiting_until is not None and now < run.waiting_until):
        return Result(run, heard=False)
    walk = Walk(flow, walker, run, now)
    match flow.step(run.step):
        case Wait() as step:
            walk.go(step.goto)
        case step if isinstance(step, Question):
            walk.go(step.on_time_out, Why.TIMED_OUT)
        case _:
            walk.go(DROP, Why.TIMED_OUT)
    return walk.result()


def expects(run: Run, flow: Flow, heard: Heard, now: datetime) -> bool:
    """Say whether this is an answer that the open question understands, and not just words that it would keep.

    For whoever has to choose between a run and a keyword of another flow: "2" is an answer while somebody is asked to
    choose, and an answer in free text can be anything at all.
    """
    step = flow.step(run.step)
    if not run.is_open or not isinstance(step, Question) or not heard.text.strip():
        return False
    if chosen(heard.text, titles_of(step)) is not None:
        return True
    return not isinstance(step, AskText) and not isinstance(read_answer(step, heard.text, now.date()), Problem)


def abandon(run: Run, why: Why, now: datetime) -> Result:
    """End a run from outside: the person said STOP, or enters a flow anew. Says nothing."""
    if not run.is_open:
        return Result(run, heard=False)
    return Result(run.ended(RunStatus.DROPPED, now), (Dropped(run.flow, run.step, why),))


def _same(run: Run, flow: Flow) -> None:
    if run.flow != flow.name:
        raise ValueError(f"this run is in the flow {run.flow!r}, not in {flow.name!r}")
