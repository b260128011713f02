"""What happens to a broadcast in a transcript once it has left: sent, read, tapped, or not."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import cast

from bot.milestones import Milestones
from bot.wiring import Runtime
from broadcast import because
from broadcast.draft import Draft, from_row
from broadcast.plan import plan
from broadcast.service import Desk
from broadcast.sweep import SYSTEM, finish, hold
from handlers.messenger.failures import FAILURES
from handlers.outcomes import Refused
from handlers.wechat.failures import PICTURE_TOO_LARGE
from storage import channels, clicks, flow_runs, ledger, subscribers
from storage.broadcasts import move, with_status
from storage.lifecycle import BroadcastStatus, Consent, RecipientState
from storage.models import Broadcast, FlowRun, Recipient, Subscriber

_S = BroadcastStatus
TOO_LARGE = {"messenger": Refused(FAILURES[100, 2018109]), "wechat": Refused(PICTURE_TOO_LARGE)}


def go_out(channel_id: int, now: datetime) -> None:
    """Send what is starting to everybody it was planned for."""
    for row in with_status(channel_id, _S.STARTING):
        plan(row.id, now)
        move(row.id, _S.SENDING, "worker", now, started_at=now)
        Recipient.update(state=RecipientState.SENT.value, sent_at=now, updated_at=now, step=1).where(
            (Recipient.broadcast == row.id) & (Recipient.state == RecipientState.PENDING.value)
        ).execute()
        move(row.id, _S.SENT, "worker", now, finished_at=now)


def too_large(desk: Desk, now: datetime) -> None:
    """Let the platform refuse the picture of what is starting, as the engine takes it: held, and its admin told."""
    for draft in _begun(desk, now):
        why = because.refusal(TOO_LARGE[desk.platform.capabilities.name])
        hold(draft, SYSTEM, why, now, milestones(desk, now))


def slow_down(desk: Desk, now: datetime) -> None:
    """Let the platform ask for a pause at the first call of what is starting."""
    _begun(desk, now)
    throttled = FAILURES[4, None]
    assert throttled.wait_seconds is not None
    why = because.refusal(Refused(throttled))
    channels.pause(desk.channel_id, why, now + timedelta(seconds=throttled.wait_seconds), now)


def go_as_far(desk: Desk, now: datetime) -> None:
    """Send what is on its way to everybody who may get it yet, as the engine does, until it is over or has to wait."""
    _begun(desk, now)
    for row in with_status(desk.channel_id, _S.SENDING):
        claims = ledger.claim(row.id, "worker", 100, now)
        ledger.mark_sending(row.id, "worker", [claim.subscriber_id for claim in claims], now)
        accepted = [(claim.subscriber_id, claim.step, "m") for claim in claims]
        ledger.record_accepted(row.id, "worker", 1, accepted, now)
        finish(from_row(row), now, milestones(desk, now))


def _begun(desk: Desk, now: datetime) -> list[Draft]:
    """Let what is starting send; return it."""
    rows = with_status(desk.channel_id, _S.STARTING)
    for row in rows:
        plan(row.id, now)
        move(row.id, _S.SENDING, SYSTEM, now, started_at=now)
    return [draft for row in rows if (draft := desk.get(row.id)) is not None]


def milestones(desk: Desk, now: datetime) -> Milestones:
    """Return what tells admins, in English where they chose no language."""
    settings = SimpleNamespace(clarion=SimpleNamespace(language="en"))
    channel = SimpleNamespace(id=desk.channel_id, platform=desk.platform)
    return Milestones(
        cast(Runtime, SimpleNamespace(settings=settings, now=lambda: now, channels={desk.channel_name: channel}))
    )


def came_to(channel_id: int, person: str, state: str, reason: str, code: str, now: datetime) -> None:
    """Let the newest broadcast have come to this for a person."""
    row, broadcast = _row(channel_id, person)
    sent_at = None if state in {"failed", "skipped"} else row.sent_at
    Recipient.update(state=state, reason=reason, code=code, updated_at=now, sent_at=sent_at).where(
        (Recipient.broadcast == broadcast.id) & (Recipient.subscriber == row.subscriber_id)
    ).execute()


def tap(channel_id: int, person: str, place: str, now: datetime) -> None:
    """Let a person tap a button of the newest broadcast."""
    row, broadcast = _row(channel_id, person)
    assert clicks.record(broadcast.id, row.subscriber_id, place, now)


def go_through(channel_id: int, person: str, flow: str, now: datetime) -> None:
    """Let a person enter a flow from the newest broadcast and complete it."""
    row, broadcast = _row(channel_id, person)
    number = flow_runs.begin(channel_id, row.subscriber_id, flow, broadcast.id, now)
    FlowRun.update(status="completed", ended_at=now).where(FlowRun.id == number).execute()


def opt_out(channel_id: int, person: str, now: datetime) -> None:
    """Let a person say STOP."""
    assert subscribers.set_consent(channel_id, person, Consent.OPTED_OUT, now)


def _row(channel_id: int, person: str) -> tuple[Recipient, Broadcast]:
    broadcast = with_status(channel_id, _S.SENT, _S.SENDING, _S.PAUSED)[0]
    someone = Subscriber.get((Subscriber.channel == channel_id) & (Subscriber.platform_user_id == person))
    return Recipient.get((Recipient.broadcast == broadcast.id) & (Recipient.subscriber == someone.id)), broadcast
