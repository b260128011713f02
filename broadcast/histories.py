"""What happened to a subscriber, for filters: earlier broadcasts and flows, as subqueries on their tables."""

from datetime import datetime
from typing import Any

import peewee as pw

from broadcast.audience.nodes import BroadcastCondition, BroadcastEvent, FlowCondition, FlowEvent
from broadcast.audience.ranges import since
from storage.database import is_postgres
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
        """Whether the subscriber got, or clicked in, a broadcast like this.

        SQLite is asked the other way round, for the people of those broadcasts: looking each of a million subscribers
        up in the ledger takes it 14 s, and this 1 s. PostgreSQL joins by itself, but only what is written as EXISTS.
        Broadcasts that ended too early are left out beforehand.
        """
        table: Any = Recipient
        moment: Any = Recipient.sent_at
        like = Recipient.state.in_([state.value for state in REACHED])
        if condition.event is BroadcastEvent.CLICKED:
            table, moment, like = Click, Click.at, Click.at.is_null(False)
        among = Broadcast.channel == self._channel_id
        if condition.broadcast is not None:
            among &= Broadcast.name == condition.broadcast
        if condition.within is not None:
            start = since(condition.within, now)
            like &= moment >= start
            if condition.event is BroadcastEvent.GOT:
                among &= Broadcast.finished_at.is_null() | (Broadcast.finished_at >= start)
        like &= table.broadcast.in_(Broadcast.select(Broadcast.id).where(among))
        if is_postgres():
            return pw.fn.EXISTS(table.select(pw.SQL("1")).where(like & (table.subscriber == Subscriber.id)))
        return Subscriber.id.in_(table.select(table.subscriber).where(like))
