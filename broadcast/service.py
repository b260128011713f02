"""The verbs of a broadcast: what the conversation, the command line and a host program may do with one.

Everything happens inside the caller's transaction; what it needs done afterwards (waking a worker) it asks
for through `wake`, which must be safe to call when nothing needs doing.

One long class on purpose: it is the whole list of what may be done with a broadcast; the doing is in its neighbours.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from broadcast import because, frequent, quota, reach, who
from broadcast import draft as drafts
from broadcast.audience.fields import Field, Vocabulary
from broadcast.audience.problems import FilterProblem
from broadcast.canary import ASKS
from broadcast.draft import Draft, rate_of
from broadcast.each import EachAt, each_at
from broadcast.frequent import Frequent
from broadcast.mass.allowance import Allowance, allowance, next_month
from broadcast.mass.at_once import NOT_A_FEW_FIRST
from broadcast.mass.forecast import mass_reach, mass_seconds, road_problems
from broadcast.mass.roads import MASS, roads
from broadcast.mass.slot import take_slot
from broadcast.pace import going
from broadcast.personalise import places_in, read_as
from broadcast.quiet import QuietHours
from broadcast.quota import Cost, NoRoom
from broadcast.reach import Reach
from broadcast.templates import Known, known_templates, template_problems
from handlers.content import Content
from handlers.contract import Platform, Problem
from handlers.many import SendsToMany
from handlers.templates import HasTemplates
from storage import admins, audit, broadcasts, canary, channels, entries, frequency, ledger, subscribers
from storage import variables as registry
from storage.database import transaction
from storage.entries import Sums
from storage.fields import to_ms
from storage.lifecycle import UNFINISHED, BroadcastStatus, IllegalMove, RecipientState
from storage.patience import TooSlow, at_most

_S = BroadcastStatus

PATIENCE_SECONDS = 1.0
"""A platform waits 5 seconds for the answer to a webhook, and an answer holds other questions than a count."""


class Unsendable(Exception):
    """The broadcast has problems; nothing was done. `slot` is when its channel's limits would allow it.

    `channel` is the name of the one that refuses, where a broadcast goes to several.
    """

    def __init__(self, found: list[Problem], slot: datetime | None = None, channel: str = "") -> None:
        super().__init__("; ".join(problem.code for problem in found))
        self.found = found
        self.slot = slot
        self.channel = channel


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
    grace period of an immediate send. `now` is the clock. `wake` tells the workers that there is work. `flows` are
    those a button may lead into: name → title. An admin's send to more people than `approve_above` needs a second
    person; 0 never does. `patience` is how long a count may keep an admin waiting, in seconds. `pictures`: reports can
    be shown as pictures here. `elsewhere`: the desks of the other channels. `quiet`: when broadcasts
    wait here.
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
    flows: Mapping[str, str] = field(default_factory=dict)
    approve_above: int = 0
    patience: float = PATIENCE_SECONDS
    pictures: bool = False
    elsewhere: Callable[[], Sequence["Desk"]] = tuple
    quiet: QuietHours | None = None
    media_rate: float | None = None

    @property
    def variables(self) -> Mapping[str, str]:
        """The variables subscribers of this channel may have: name → kind."""
        return registry.kinds(self.channel_id)

    @property
    def vocabulary(self) -> Vocabulary:
        """The words this channel's filters may use: variables, flows, broadcasts."""
        return who.known(self.channel_id, self.flows)

    @property
    def roads(self) -> tuple[str, ...]:
        """The roads a broadcast may take here, the usual one first; only '' where there is no choice."""
        return roads(self.platform) or ("",)

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
        rows = broadcasts.with_status(self.channel_id, *statuses)
        return [drafts.from_row(row) for row in rows if not row.practice]

    def free_name(self, name: str) -> str:
        """Return `name`, or "name 2", "name 3" … when it is taken."""
        number, free = 1, name
        while broadcasts.named(self.channel_id, free):
            number += 1
            free = f"{name} {number}"
        return free

    def count(self, audience: str, *, lacking: str = "") -> int:
        """How many subscribers an audience matches now, whether or not they can be reached.

        With `lacking`, the name of a value, only those of them who have none.
        """
        now = self.now()
        matching = who.matching(self.channel_id, audience, now, self.zone)
        if lacking:
            without = who.matching(self.channel_id, f"{lacking} is not set", now, self.zone)
            matching = without if matching is None else matching & without
        return subscribers.count(self.channel_id, matching)

    def check(self, audience: str) -> FilterProblem | None:
        """Return what is wrong with a filter, None when it can be used."""
        return who.check(audience, self.variables, self.vocabulary)

    def fields(self) -> list[Field]:
        """Return the built-in fields that somebody on this channel has a value of."""
        return frequent.filled(self.channel_id)

    def most_frequent(self, field: Field, at_most: int) -> Frequent:
        """Return the most frequent values of a field."""
        return frequent.most_frequent(self.channel_id, field, at_most)

    def some_of(self, audience: str, at_most: int = 3) -> list[str]:
        """Return the first names (or ids) of a few people of an audience."""
        return frequent.some_people(self.channel_id, audience, at_most, self.now(), self.zone)

    def count_soon(self, audience: str) -> int | None:
        """How many subscribers an audience matches now; None when that takes longer than `patience`."""
        if self.patience <= 0:
            return None
        try:
            with at_most(self.patience):
                return self.count(audience)
        except TooSlow:
            return None

    def reach(self, draft: Draft) -> Reach:
        """Forecast who would get the broadcast at its time (or now)."""
        at, matching = self._aim(draft)
        capped = quota.had_enough(draft, at)
        if draft.road == MASS and isinstance(self.platform, SendsToMany):
            return mass_reach(self.channel_id, matching, at, self.platform.mass, capped)
        margin, template = self.platform.capabilities.window_margin, self._takes_template(draft)
        return reach.forecast(self.channel_id, matching, at, margin, capped, template=template)

    def recent(self, draft: Draft, within: timedelta) -> int:
        """How many of those who can get the broadcast got another one lately, before now."""
        at, matching = self._aim(draft)
        had = frequency.more_than(self.channel_id, 0, to_ms(self.now() - within), without=draft.id)
        return reach.overlap(self.channel_id, matching, at, self._margin(draft), had)

    def each_at(self, draft: Draft, wall: datetime) -> EachAt:
        """Return when the draft would start if it came to each at `wall` (naive) where they live; raises nothing."""
        late = timedelta(seconds=draft.late_seconds)
        return each_at(self.channel_id, wall, ZoneInfo(draft.time_zone or self.zone.key), late, self.now())

    def disturbed(self, draft: Draft) -> int:
        """Count those for whom it would be quiet hours when the draft goes out, and who would get it after them."""
        if self.quiet is None or draft.road == MASS or draft.local_time is not None:
            return 0
        at, matching = self._aim(draft)
        zones = reach.by_zone(self.channel_id, matching, at, self._margin(draft))
        return sum(people for where, people in zones.items() if self.quiet.until(at, where) is not None)

    def duration(self, draft: Draft, forecast: Reach) -> float:
        """Estimate how many seconds sending to so many people takes."""
        if draft.road == MASS and isinstance(self.platform, SendsToMany):
            return mass_seconds(self.platform.mass, forecast.can_get)
        return forecast.messages(len(draft.content.messages)) / rate_of(draft, self.rate, self.media_rate)

    def mass_allowance(self, draft: Draft) -> Allowance:
        """Return how many mass messages the channel's account has left on the day the broadcast would go out."""
        assert isinstance(self.platform, SendsToMany)
        at = max(draft.scheduled_for or self.now(), self.now())
        return allowance(self.channel_id, self.platform.mass, at, draft.id)

    def month_is_taken(self, draft: Draft, forecast: Reach) -> NoRoom | None:
        """Return the refusal of a mass message that nobody has room for in its month; None where somebody has.

        Waiting until its time helps nobody who had theirs that month; the slot is when the next one begins.
        """
        if draft.road != MASS or forecast.can_get or not forecast.capped or forecast.capped_by == "day":
            return None
        assert isinstance(self.platform, SendsToMany)
        problem = Problem(
            "no_month_left",
            "Nobody has room for it: a person may get {most} mass messages a month, and those who could get this one"
            " had theirs.",
            {"most": self.platform.mass.monthly_most or 0},
        )
        return NoRoom(problem, next_month(max(draft.scheduled_for or self.now(), self.now())))

    def _takes_template(self, draft: Draft) -> bool:
        """Say whether people whose window is closed get a template."""
        return draft.content.template is not None and self.has_templates

    def _margin(self, draft: Draft) -> timedelta | None:
        """Return how much earlier than the platform says a window is treated as closed; None: none is needed."""
        needed = draft.road != MASS and not self._takes_template(draft)
        return self.platform.capabilities.window_margin if needed else None

    def _aim(self, draft: Draft) -> tuple[datetime, Any]:
        """Return when the broadcast would go out, and the condition of being meant by it as of now.

        Days begin as in the broadcast's own zone, as when its audience is chosen.
        """
        now = self.now()
        matching = who.matching(self.channel_id, draft.audience, now, ZoneInfo(draft.time_zone or self.zone.key))
        return max(draft.scheduled_for or now, now), matching

    def cost(self, draft: Draft, forecast: Reach) -> Cost:
        """Return what the broadcast would take of the channel's own limits, and what is taken already."""
        return quota.cost(draft, forecast, self.now())

    def problems(self, content: Content, road: str = "") -> list[Problem]:
        """List what keeps this content from being sent on a road ('' for the platform's usual one)."""
        found = drafts.problems(content, self.platform, self.variables, self.flows)
        if content.template is not None:
            self.templates()  # another channel's may never have been read, or these long ago
        found += template_problems(self.channel_id, self.platform, content.template)
        return found + road_problems(content, self.platform, road)

    def advice(self, draft: Draft) -> list[Problem]:
        """List what may well be refused though nothing says so: a warning, no reason not to send."""
        if draft.road != MASS or not isinstance(self.platform, SendsToMany):
            return []
        return self.platform.mass.advise(draft.content)

    @property
    def has_templates(self) -> bool:
        """Whether the platform keeps templates for people whose window is closed."""
        return isinstance(self.platform, HasTemplates)

    def templates(self) -> Known | None:
        """Return the templates of this channel as they were last read, None where the platform has none.

        Asks for them to be read anew, soon and elsewhere, where that was some time ago.
        """
        return known_templates(self.channel_id, self.now()) if self.has_templates else None

    def progress(self, draft: Draft) -> Progress:
        """Return a broadcast's numbers, its rate while it was going and an estimate of the time left."""
        sums = entries.sums(draft.id)
        done = sums.audience - sums.of(*UNFINISHED) - sums.of(RecipientState.SKIPPED)
        until = draft.finished_at or self.now()
        deeds = audit.about(self.channel_id, str(draft.id)) if draft.started_at else []
        seconds = going(deeds, draft.started_at, until).total_seconds() if draft.started_at else 0.0
        rate = done / seconds if seconds > 0 else 0.0
        left = sums.of(*UNFINISHED)
        if draft.canary is not None and draft.canary_done_at is None:
            left = canary.results(draft.id).waiting  # how long the others take depends on when it is told to go on
        return Progress(draft, sums, rate, left / rate if rate and left else None)

    # -- composing -------------------------------------------------------------------------------

    def create(self, name: str, by: str) -> Draft:
        """Make an empty draft under a free form of `name`."""
        row = broadcasts.create(
            self.channel_id, self.free_name(name), by, self.now(), time_zone=self.zone.key, road=self.roads[0]
        )
        return drafts.from_row(row)

    def edit(self, draft: Draft, **changes: Any) -> Draft:
        """Change a draft by the names of its parts: name, content, audience, `scheduled_for`, `canary` and so on.

        `local_time` is a wall clock in ISO 8601, '' for none. Raises `storage.broadcasts.EditedMeanwhile` when somebody
        else changed it since it was read.
        """
        if isinstance(changes.get("content"), Content):
            changes["content"] = changes["content"].model_dump(mode="json")
        broadcasts.edit(draft.id, draft.version, self.now(), **changes)
        edited = self.get(draft.id)
        assert edited is not None
        return edited

    def clone(self, draft: Draft, by: str) -> Draft:
        """Copy what a broadcast says, to whom and to how many first into a new draft; its time is not copied."""
        row = broadcasts.create(
            self.channel_id,
            self.free_name(draft.name),
            by,
            self.now(),
            content=draft.content.model_dump(mode="json"),
            audience=draft.audience,
            road=draft.road,
            time_zone=draft.time_zone,
            late_seconds=draft.late_seconds,
            canary=draft.canary,
            canary_goes_on=draft.canary_goes_on,
            cloned_from=draft.id,
        )
        return drafts.from_row(row)

    # -- moving ----------------------------------------------------------------------------------

    def send(self, draft: Draft, by: str, *, approved: bool = False) -> datetime:
        """Start the broadcast: the undo period begins, then it sends. Returns when that period ends.

        Raises `Unsendable`, or `IllegalMove` when it is on its way or over already.
        """
        self._require_sendable(draft)
        self._require_approval(replace(draft, scheduled_for=None), by, approved=approved)
        now = self.now()
        until = now + self.undo
        with transaction():
            broadcasts.move(
                draft.id,
                _S.STARTING,
                by,
                now,
                version=draft.version,
                only_from=_where(draft, _S.DRAFT, _S.SCHEDULED, _S.MISSED),
                undo_until=until,
                scheduled_for=None,
                local_time="",
            )
            self._reserve(replace(draft, scheduled_for=None))
        self.wake()
        return until

    def schedule(self, draft: Draft, by: str, *, approved: bool = False) -> None:
        """Put the broadcast into the calendar for its `scheduled_for`. Raises like `send`."""
        if draft.scheduled_for is None or draft.scheduled_for <= self.now():
            raise Unsendable([Problem("time_past", "Its time has passed. Give it a new one.")])
        self._require_sendable(draft)
        self._require_approval(draft, by, approved=approved)
        with transaction():
            broadcasts.move(draft.id, _S.SCHEDULED, by, self.now(), version=draft.version, only_from=_S.DRAFT)
            self._reserve(draft)
        self.wake()

    def _require_sendable(self, draft: Draft) -> None:
        if draft.practice:
            raise Unsendable([Problem("practice", "This is practice, and practice is never sent.")])
        found = self.problems(draft.content, draft.road)
        if draft.canary is not None and draft.road == MASS:
            found.append(NOT_A_FEW_FIRST)
        if found:
            raise Unsendable(found)

    def _reserve(self, draft: Draft) -> None:
        try:
            take_slot(draft, self.platform, draft.scheduled_for or self.now())
            quota.reserve(draft, self.reach(draft), self.now())
        except NoRoom as error:
            raise Unsendable([error.problem], error.slot) from error

    def undo_send(self, draft: Draft, by: str) -> bool:
        """Take a send back while its undo period runs; False when the first message may have left."""
        if draft.undo_until is None or draft.undo_until <= self.now():
            return False
        try:
            broadcasts.move(draft.id, _S.DRAFT, by, self.now(), only_from=_S.STARTING)
        except IllegalMove:
            return False
        return True

    def unschedule(self, draft: Draft, by: str) -> Draft:
        """Make one that is scheduled, missed or failed a draft again. Raises `IllegalMove` where it has moved on."""
        only_from = _where(draft, _S.SCHEDULED, _S.MISSED, _S.FAILED)
        broadcasts.move(draft.id, _S.DRAFT, by, self.now(), only_from=only_from)
        back = self.get(draft.id)
        assert back is not None
        return back

    def pause(self, draft: Draft, by: str) -> Sums:
        """Hold a broadcast; only calls in flight still land. Returns the numbers at that moment."""
        broadcasts.move(draft.id, _S.PAUSED, by, self.now(), pause_reason="")
        return entries.sums(draft.id)

    def resume(self, draft: Draft, by: str) -> None:
        """Let a paused broadcast go on; one that was paused in its undo period starts at once.

        What the channel waits for counts as mended. Raises `Unsendable` where the day's mass message is taken.
        """
        now = self.now()
        to, until = (_S.SENDING, draft.undo_until) if draft.started_at else (_S.STARTING, now)
        with transaction():
            broadcasts.move(draft.id, to, by, now, only_from=_S.PAUSED, pause_reason="", undo_until=until)
            try:
                take_slot(draft, self.platform, now)
            except NoRoom as error:
                raise Unsendable([error.problem], error.slot) from error
        channels.resume(self.channel_id)
        self.wake()

    def held(self) -> tuple[str, datetime | None]:
        """Return why everything but replies waits on this channel and until when (None: for somebody), '' if not."""
        return channels.paused(self.channel_id, self.now())

    def cancel(self, draft: Draft, by: str) -> Sums:
        """End a broadcast for good: who was not written to stands in the ledger as skipped, `cancelled`."""
        now = self.now()
        answered: dict[str, Any] = {"pause_reason": ""} if draft.pause_reason == because.problem(ASKS) else {}
        broadcasts.move(draft.id, _S.CANCELLED, by, now, finished_at=now, **answered)
        ledger.skip_rest(draft.id, "cancelled", now)
        return entries.sums(draft.id)

    # -- showing ---------------------------------------------------------------------------------

    def values(self, content: Content, person: str) -> dict[str, str]:
        """Return what the placeholders of `content` read as for one person; '' where there is no such value."""
        found = subscribers.find(self.channel_id, person)
        if found is None:
            return {}
        fields = {name: getattr(found, name) for name in drafts.PERSONAL_FIELDS}
        names = {place.name for place in places_in(content)}
        return {
            name: read_as(fields[name] if name in fields else found.variables.get(name.removeprefix("var.")))
            for name in names
        }

    # -- approving -------------------------------------------------------------------------------

    def approvable(self, draft: Draft) -> int:
        """Return how many people a second person would be asked about: who could get it at its time, or by then."""
        forecast = self.reach(draft)
        coming = draft.scheduled_for is not None and draft.scheduled_for > self.now()
        return forecast.can_get + (forecast.window_closed if coming else 0)

    def needs_approval(self, draft: Draft, by: str) -> bool:
        """Say whether `by` may not send this alone. Programs may: they are the owner's own."""
        admin = admins.find(self.channel_id, by)
        if admin is None or draft.practice:
            return False
        return admin.role == "writer" or 0 < self.approve_above < self.approvable(draft)

    def _require_approval(self, draft: Draft, by: str, *, approved: bool) -> None:
        if not approved and self.needs_approval(draft, by):
            raise Unsendable([Problem("needs_approval", "Somebody else has to approve this first.")])

    def practise(self, name: str, by: str) -> Draft:
        """Make a draft that can be built like any other and never be sent."""
        row = broadcasts.create(
            self.channel_id,
            self.free_name(name),
            by,
            self.now(),
            time_zone=self.zone.key,
            road=self.roads[0],
            practice=True,
        )
        return drafts.from_row(row)


def _where(draft: Draft, *allowed: BroadcastStatus) -> BroadcastStatus:
    """Return where a draft was when it was read, for a guarded move. Raises `IllegalMove` where it may not start."""
    if draft.status not in allowed:
        raise IllegalMove(f"broadcast {draft.id}, {draft.status.value},", allowed[0])
    return draft.status
