"""Which flow an event enters, if any. Whether the person is in one already is for the caller to ask first."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.flows.definition import Flow
from bot.flows.load import Flows
from bot.flows.walk import Heard
from handlers.events import ButtonPressed, Event, Followed, MessageReceived, OptedIn, Referred

FLOW: Final = "flow:"
"""Begins what comes back from a flow's button; the flow's name follows."""

GET_STARTED: Final = "GET_STARTED"
"""What comes back from Messenger's Get Started button, as we set it in the Page's profile."""


class Via(StrEnum):
    """How a person entered a flow."""

    BUTTON = "button"
    KEYWORD = "keyword"
    REF = "ref"
    FOLLOW = "follow"
    GET_STARTED = "get_started"


@dataclass(frozen=True, slots=True)
class Entry:
    """A flow to be started, and what led to it."""

    flow: Flow
    via: Via


def entry(event: Event, flows: Flows, completed: Collection[str] = ()) -> Entry | None:
    """Return the flow that an event enters.

    `completed` are the names of the flows the person has completed: one that is marked `once` is not entered again
    by following or Get Started, while whoever asks for it by a button, a keyword or a link gets it.
    """
    match event:
        case MessageReceived(payload=payload, text=text, ref=ref):
            word = None if payload else flows.by_keyword(text)
            return _button(payload, flows) or _ref(ref, flows) or (Entry(word, Via.KEYWORD) if word else None)
        case ButtonPressed(payload=payload, ref=ref):
            found = _button(payload, flows) or _ref(ref, flows) or _menu(payload, flows)
            return found or (_event(Via.GET_STARTED, flows, completed) if payload == GET_STARTED else None)
        case Followed(ref=ref):
            return _ref(ref, flows) or _event(Via.FOLLOW, flows, completed)
        case Referred(ref=ref) | OptedIn(ref=ref):
            return _ref(ref, flows)
        case _:
            return None


def heard(event: Event) -> Heard | None:
    """Return what an event says to a flow that waits for an answer; None when it is no answer."""
    match event:
        case MessageReceived(payload=payload, text=text):
            return Heard(text, payload)
        case ButtonPressed(payload=payload):
            return Heard(payload=payload)
        case _:
            return None


def _button(payload: str, flows: Flows) -> Entry | None:
    found = flows.find(payload.removeprefix(FLOW)) if payload.startswith(FLOW) else None
    return Entry(found, Via.BUTTON) if found is not None else None


def _menu(key: str, flows: Flows) -> Entry | None:
    """Return the flow that a line of the account's own menu enters, whose key is the flow's name or a keyword of it."""
    found = flows.by_keyword(key) if key else None
    return Entry(found, Via.BUTTON) if found is not None else None


def _ref(ref: str, flows: Flows) -> Entry | None:
    found = flows.by_ref(ref)
    return Entry(found, Via.REF) if found is not None else None


def _event(via: Via, flows: Flows, completed: Collection[str]) -> Entry | None:
    found = flows.by_event(via.value)
    if found is None or (found.once and found.name in completed):
        return None
    return Entry(found, via)
