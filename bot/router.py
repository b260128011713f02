"""Who should answer: consent before all else, then a claim, an admin's conversation, a flow, and last the host."""

from datetime import datetime

from bot import consent
from bot.commands.claim import claim
from bot.conversation.runner import converse
from bot.language import of_words
from bot.milestones import Milestones
from bot.wiring import ChannelRuntime, Runtime
from broadcast import because
from broadcast.mass.results import finished
from handlers.content import Outgoing, Text
from handlers.contract import Problem
from handlers.events import (
    Event,
    Followed,
    MassSendFinished,
    MessageReceived,
    OptedOut,
    PolicyEnforced,
    Unfollowed,
    Unrecognised,
)
from handlers.many import SendsToMany
from storage import admins, channels, outbox, subscribers
from storage.lifecycle import Consent


def route(runtime: Runtime, channel: ChannelRuntime, event: Event, now: datetime) -> list[Outgoing]:
    """Let one event have its effects; return what is said in answer. Runs inside the caller's transaction."""
    match event:
        case Unfollowed():
            subscribers.gone(channel.id, event.person, event.at)
            return []
        case PolicyEnforced(action="block"):
            channels.pause(channel.id, because.problem(_blocked(event.reason)), None, now)
            return []
        case PolicyEnforced(action="unblock"):
            channels.resume(channel.id)
            return []
        case MassSendFinished():
            if isinstance(channel.platform, SendsToMany):
                finished(channel.id, event, channel.platform.mass, now, Milestones(runtime))
            return []
        case Unrecognised() | PolicyEnforced():
            return []
    if not event.person:
        return []
    subscribers.seen(channel.id, event.person, event.at, event.window_until)
    if isinstance(event, Followed):
        subscribers.followed(channel.id, event.person, event.at)
    outbox.revive(channel.id, event.person, now)
    if isinstance(event, OptedOut):
        subscribers.set_consent(channel.id, event.person, Consent.OPTED_OUT, event.at)
        return []
    wanted = consent.wish(event)
    answers = _consent(runtime, channel, event, wanted, now) if wanted is not None else None
    if event.standby:  # another app holds this conversation: we know of it and stay silent
        return []
    return _answer(runtime, channel, event, now) if answers is None else answers


def _answer(runtime: Runtime, channel: ChannelRuntime, event: Event, now: datetime) -> list[Outgoing]:
    """Ask those who may answer, in order; the first that wants the event gets it.

    An admin whose event nobody wants is asked about it once more: a word of the builder is never met with silence.
    """
    desk = runtime.desk(channel, wake=False)
    language = runtime.settings.clarion.language
    if isinstance(event, MessageReceived) and event.text:
        claimed = claim(desk, event.person, event.text, now, language)
        if claimed is not None:
            return [_say(event.person, claimed)]
    admin = admins.find(channel.id, event.person)
    if admin is not None and (conversed := converse(desk, admin, event, now, language, runtime.flows)):
        return [*conversed]
    in_flow = runtime.flow_runner(channel).take(event, now)
    if in_flow is not None:
        return in_flow
    for host in runtime.unclaimed:
        answered = host(channel, event, now)
        if answered is not None:
            return answered
    if admin is not None:
        return [*converse(desk, admin, event, now, language, runtime.flows, unwanted=True)]
    return []


def _consent(
    runtime: Runtime, channel: ChannelRuntime, event: Event, wanted: Consent, now: datetime
) -> list[Outgoing] | None:
    """Change what a person wants and confirm it; None where it is a word like any other: START, and they never stopped.

    A wish that comes late is met with silence: they have said something else since, and heard our answer to that.
    """
    changed = subscribers.set_consent(channel.id, event.person, wanted, event.at)
    subscriber = subscribers.find(channel.id, event.person)
    assert subscriber is not None  # it was seen a moment ago
    if subscriber.consent != wanted.value:
        return []
    if wanted is Consent.SUBSCRIBED and not changed:
        return None
    if wanted is Consent.OPTED_OUT:
        runtime.flow_runner(channel).stop(subscriber, now)
    spoken = of_words(event.text) if isinstance(event, MessageReceived) else ""
    language = subscriber.language or subscriber.locale or spoken or runtime.settings.clarion.language
    return [_say(event.person, consent.confirmation(wanted, language))]


def _blocked(why: str) -> Problem:
    """Return why a channel stands still until Meta lifts its block; `why` is Meta's word for it, if it gave one."""
    return Problem(
        "policy_block",
        "Facebook has stopped this Page from sending ({why}). Meta's tools say what to do.",
        {"why": why or "policy"},
    )


def _say(person: str, words: str) -> Outgoing:
    return Outgoing(to=person, message=Text(text=words))
