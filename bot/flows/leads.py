"""Where each step can go: what the checks follow, and how the engine turns a target into a step."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from bot.flows.definition import AskChoice, AskYesNo, Branch, Complete, Flow, HandOver, Jump, Question, Step, Wait
from bot.flows.lines import Place
from bot.flows.parts import COMPLETE, ENDS, NEXT

Node = tuple[str, str]
"""A step of a flow: the flow's name, the step's id."""


def leads(step: Step) -> Iterator[tuple[Place, str]]:
    """Yield where each target of a step is written, from the step on, and the target."""
    match step:
        case Branch():
            for number, rule in enumerate(step.rules):
                yield ("rules", number, "goto"), rule.goto
            yield ("otherwise",), step.otherwise
        case Jump() if step.goto is not None:
            yield ("goto",), step.goto
        case Jump() | HandOver() | Complete():
            return
        case _:
            yield ("goto",), step.goto
            yield from _own(step)


def _own(step: Step) -> Iterator[tuple[Place, str]]:
    """Yield the targets that only this sort of step has."""
    named: dict[str, str | None] = {}
    if isinstance(step, Question):
        named = {"on_failure": step.on_failure, "on_time_out": step.on_time_out}
    if isinstance(step, AskYesNo):
        named |= {"if_yes": step.if_yes, "if_no": step.if_no}
    if isinstance(step, Wait):
        named |= {"on_message": step.on_message}
    yield from (((name,), target) for name, target in named.items() if target is not None)
    if isinstance(step, AskChoice):
        for number, option in enumerate(step.options):
            if option.goto is not None:
                yield ("options", number, "goto"), option.goto


def resolve(flow: Flow, step_id: str, target: str) -> str:
    """Return the id of the step, or the end, that `target` means when said at a step."""
    if target != NEXT:
        return target
    return next(iter(flow.after(step_id)), COMPLETE)


def rests(step: Step | None) -> bool:
    """Say whether a run stops at this step until something happens."""
    return isinstance(step, Question | Wait)


def reached(flow: Flow) -> set[str]:
    """Return the ids of the steps that something leads to, from the first on."""
    found: set[str] = set()
    ahead = [flow.steps[0].id]
    while ahead:
        step_id = ahead.pop()
        step = flow.step(step_id)
        if step is None or step_id in found:
            continue
        found.add(step_id)
        ahead += [resolve(flow, step_id, target) for _, target in leads(step)]
    return found


def endless(flows: Mapping[str, Flow]) -> list[Node]:
    """Return a way that leads round and round without ever waiting for the person; empty where there is none.

    The first step and the last are the same.
    """
    ways: TopologicalSorter[Node] = TopologicalSorter()
    for flow in flows.values():
        for step in flow.steps:
            if rests(step):
                continue
            other = flows.get(step.flow or "") if isinstance(step, Jump) else None
            if other is not None:
                ways.add((flow.name, step.id), (other.name, other.steps[0].id))
            for _, target in leads(step):
                onward = resolve(flow, step.id, target)
                if onward not in ENDS:
                    ways.add((flow.name, step.id), (flow.name, onward))
    try:
        ways.prepare()
    except CycleError as error:
        found: list[Node] = error.args[1]
        return found[::-1]  # the sorter follows the arrows backwards
    return []
