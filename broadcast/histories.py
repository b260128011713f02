"""What happened to a subscriber, for filters: earlier broadcasts and flows, as subqueries on their tables."""

from datetime import datetime
from typing import Any

import peewee as pw

from broadcast.audience.nodes import BroadcastCondition, BroadcastEvent, FlowCondition, FlowEvent
from broadcast.audience.ranges import since
from storage.lifecycle import REACHED
from storage.models import Broadcast, Click, FlowRun, Recipient, Subscriber

_FLOW_MOMENT = {
    FlowEvent.STARTED: (None, FlowRun.started_at),
    FlowEvent.IN: ("started", FlowRun.started_at),
    FlowEvent.COMPLETED: ("completed", FlowRun.ended_at),
    FlowEvent.DROPPED: ("dropped", FlowRun.ended_at),
}


class Ledger:
    """The histories of one channel. Implements `broadcast.audience.query.Histories`."""

    def __init__(self, channel_id: int) -> None:
        self._channel_id = channel_id

    def flow(self, condition: FlowCondition, now: datetime) -> Any:
        """Whether the subscriber has a run like this."""
        status, moment = _FLOW_MOMENT[condition.event]
        like = (FlowRun.subscriber == Subscriber.id) & (FlowRun.flow == condition.flow)
        if status is not None:
            like &= FlowRun.status == status
        if condition.within is not None:
            like &= moment >= since(condition.within, now)
        return pw.fn.EXISTS(FlowRun.select(pw.SQL("1")).where(like))

    def broadcast(self, condition: BroadcastCondition, now: datetime) -> Any:
        """Whether the subscriber got, or clicked in, a broadcast like this."""
        table: Any = Recipient
        moment: Any = Recipient.sent_at
        like = Recipient.state.in_([state.value for state in REACHED])
        if condition.event is BroadcastEvent.CLICKED:
            table, moment, like = Click, Click.at, Click.at.is_null(False)
        like &= table.subscriber == Subscriber.id
        if condition.broadcast is not None:
            like &= table.broadcast.in_(
                Broadcast.select(Broadcast.id).where(
                    (Broadcast.channel == self._channel_id) & (Broadcast.name == condition.broadcast)
                )
            )
        if condition.within is not None:
            like &= moment >= since(condition.within, now)
        return pw.fn.EXISTS(table.select(pw.SQL("1")).where(like))
