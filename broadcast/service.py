"""The verbs of a broadcast: what the conversation, the command line and a host program may do with one.

Everything happens inside the caller's transaction; what it needs done afterwards (waking a worker) it asks
for through `wake`, which must be safe to call when nothing needs doing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from broadcast import draft as drafts
from broadcast import reach, who
from broadcast.draft import Draft
from broadcast.personalise import places_in
from broadcast.reach import Reach
from handlers.content import Content
from handlers.contract import Platform, Problem
from storage import broadcasts, channels, ledger, subscribers
from storage import variables as registry
from storage.ledger import Sums
from storage.lifecycle import UNFINISHED, BroadcastStatus, IllegalMove, RecipientState

_S = BroadcastStatus


class Stale(Exception):
    """The confirmation was for an earlier version of the draft, or for another number of people."""


class Unsendable(Exception):
    """The broadcast has problems; nothing was done."""

    def __init__(self, found: list[Problem]) -> None:
        super().__init__("; ".join(problem.code for problem in found))
        self.found = found


@dataclass(frozen=True, slots=True)
class Progress:
    """A broadcast under way or over: its numbers, and how fast it went in messages a second."""

    draft: Draft
    sums: Sums
    per_second: float
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class Desk:
    """One channel's broadcasts, ready to be worked on.

    `confirm_above`: confirming for more people than this asks for the number to be typed. `undo` is the
    grace period of an immediate send. `now` is the clock. `wake` tells the workers that there is work.
    """

    channel_id: int
    channel_name: str
    platform: Platform
    zone: ZoneInfo
    undo: timedelta
    confirm_above: int
    rate: float
    now: Callable[[], datetime]
    wake: Callable[[], None]

    @property
    def variables(self) -> Mapping[str, str]:
        """The variables subscribers of this channel may have: name → kind."""
        return registry.kinds(self.channel_id)

    # -- reading ---------------------------------------------------------------------------------

    def find(self, ref: str) -> Draft | None:
        """Return the broadcast with this id (with or without #) or name on this channel, or None."""
        text = ref.strip().removeprefix("#")
        row = broadcasts.get(int(text)) if text.isdecimal() and text.isascii() and len(text) < 10 else None
        if row is None or row.channel_id != self.channel_id:
            row = broadcasts.named(self.channel_id, ref.strip())
        return drafts.from_row(row) if row else None

    def get(self, broadcast_id: int) -> Draft | None:
        """Return a broadcast of this channel as it stands now, or None."""
        row = broadcasts.get(broadcast_id)
        return drafts.from_row(row) if row and row.channel_id == self.channel_id else None

    def listed(self, *statuses: BroadcastStatus) -> list[Draft]:
        """Return this channel's broadcasts in these statuses, newest first."""
        return [drafts.from_row(row) for row in broadcasts.with_status(self.channel_id, *statuses)]

    def free_name(self, name: str) -> str:
        """Return `name`, or "name 2", "name 3" … when it is taken."""
        number, free = 1, name
        while broadcasts.named(self.channel_id, free):
            number += 1
            free = f"{name} {number}"
        return free

    def count(self, audience: str) -> int:
        """How many subscribers an audience matches now, whether or not they can be reached."""
        return subscribers.count(self.channel_id, who.matching(self.channel_id, audience, self.now(), self.zone))

    def reach(self, draft: Draft) -> Reach:
        """Forecast who would get the broadcast at its time (or now)."""
        now = self.now()
        at = max(draft.scheduled_for or now, now)
        matching = who.matching(self.channel_id, draft.audience, now, self.zone)
        return reach.forecast(self.channel_id, matching, at, self.platform.capabilities.window_margin)

    def problems(self, content: Content) -> list[Problem]:
        """List what keeps this content from being sent."""
        return drafts.problems(content, self.platform, self.variables)

    def progress(self, draft: Draft) -> Progress:
        """Return a broadcast's numbers, its rate so far and an estimate of the time left."""
        sums = ledger.sums(draft.id)
        done = sums.audience - sums.of(*UNFINISHED) - sums.of(RecipientState.SKIPPED)
        until = draft.finished_at or self.now()
        seconds = (until - draft.started_at).total_seconds() if draft.started_at else 0.0
        rate = done / seconds if seconds > 0 else 0.0
        left = sums.of(*UNFINISHED)
        return Progress(draft, sums, rate, left / rate if rate and left else None)

    # -- composing -------------------------------------------------------------------------------

    def create(self, name: str, by: str) -> Draft:
        """Make an empty draft under a free form of `name`."""
        row = broadcasts.create(self.channel_id, self.free_name(name), by, self.now(), time_zone=self.zone.key)
        return drafts.from_row(row)

    def edit(self, draft: Draft, **changes: Any) -> Draft:
        """Change a draft: `name`, `content`, `audience`, `scheduled_for`, `time_zone`, `late_seconds`.

        Raises `storage.broadcasts.EditedMeanwhile` when somebody else changed it since it was read.
        """
        if isinstance(changes.get("content"), Content):
            changes["content"] = changes["content"].model_dump(mode="json")
        broadcasts.edit(draft.id, draft.version, self.now(), **changes)
        edited = self.get(draft.id)
        assert edited is not None
        return edited

    def clone(self, draft: Draft, by: str) -> Draft:
        """Copy what a broadcast says and to whom into a new draft; its time is not copied."""
        row = broadcasts.create(
            self.channel_id,
            self.free_name(draft.name),
            by,
            self.now(),
            content=draft.content.model_dump(mode="json"),
            audience=draft.audience,
            time_zone=draft.time_zone,
            late_seconds=draft.late_seconds,
            cloned_from=draft.id,
        )
        return drafts.from_row(row)

    # -- moving ----------------------------------------------------------------------------------

    def fingerprint(self, draft: Draft) -> str:
        """Return what a confirmation of this draft, with its present reach, is bound to."""
        return drafts.fingerprint(draft, self.reach(draft).can_get)

    def send(self, draft: Draft, by: str) -> datetime:
        """Start the broadcast: the undo period begins, then it sends. Returns when that period ends.

        Raises `Unsendable`, or `IllegalMove` when it is not a draft (any more).
        """
        self._require_sendable(draft)
        now = self.now()
        until = now + self.undo
        broadcasts.move(draft.id, _S.STARTING, by, now, version=draft.version, undo_until=until, scheduled_for=None)
        self.wake()
        return until

    def schedule(self, draft: Draft, by: str) -> None:
        """Put the broadcast into the calendar for its `scheduled_for`. Raises like `send`."""
        if draft.scheduled_for is None or draft.scheduled_for <= self.now():
            raise Unsendable([Problem("time_past", "Its time has passed. Give it a new one.")])
        self._require_sendable(draft)
        broadcasts.move(draft.id, _S.SCHEDULED, by, self.now(), version=draft.version, only_from=_S.DRAFT)
        self.wake()

    def _require_sendable(self, draft: Draft) -> None:
        found = self.problems(draft.content)
        if found:
            raise Unsendable(found)

    def undo_send(self, draft: Draft, by: str) -> bool:
        """Take a send back while its undo period runs; False when the first message may have left."""
        if draft.undo_until is None or draft.undo_until <= self.now():
            return False
        try:
            broadcasts.move(draft.id, _S.DRAFT, by, self.now(), only_from=_S.STARTING, undo_until=None, planned_at=None)
        except IllegalMove:
            return False
        ledger.forget(draft.id)
        return True

    def unschedule(self, draft: Draft, by: str) -> Draft:
        """Take a scheduled (or missed) broadcast out of the calendar, back to a draft."""
        broadcasts.move(draft.id, _S.DRAFT, by, self.now())
        back = self.get(draft.id)
        assert back is not None
        return back

    def pause(self, draft: Draft, by: str, reason: str = "") -> Sums:
        """Hold a broadcast; only calls in flight still land. Returns the numbers at that moment."""
        broadcasts.move(draft.id, _S.PAUSED, by, self.now(), pause_reason=reason)
        return ledger.sums(draft.id)

    def resume(self, draft: Draft, by: str) -> None:
        """Let a paused broadcast go on; one that was paused in its undo period starts at once.

        If the whole channel waits for somebody to mend something, this says that it is mended.
        """
        now = self.now()
        begun: dict[str, Any] = {} if draft.started_at else {"undo_until": now}
        to = _S.SENDING if draft.started_at else _S.STARTING
        broadcasts.move(draft.id, to, by, now, only_from=_S.PAUSED, pause_reason="", **begun)
        channels.resume(self.channel_id)
        self.wake()

    def cancel(self, draft: Draft, by: str) -> Sums:
        """End a broadcast for good: who was not written to stands in the ledger as skipped, `cancelled`."""
        now = self.now()
        broadcasts.move(draft.id, _S.CANCELLED, by, now, finished_at=now)
        ledger.skip_rest(draft.id, "cancelled", now)
        return ledger.sums(draft.id)

    # -- showing ---------------------------------------------------------------------------------

    def values(self, content: Content, person: str) -> dict[str, str]:
        """Return what the placeholders of `content` read as for one person; '' where there is no such value."""
        found = subscribers.find(self.channel_id, person)
        if found is None:
            return {}
        names = {place.name for place in places_in(content)}
        known = {**found.variables, **{name: getattr(found, name) for name in drafts.PERSONAL_FIELDS}}
        return {name: str(known.get(name.removeprefix("var."), "")) for name in names}
