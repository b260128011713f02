"""A statement of the ledger changes the rows it is meant for: none of another broadcast, worker, person or call."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from storage import broadcasts, channels, ledger
from storage.fields import to_ms
from storage.lifecycle import BroadcastStatus as S
from storage.lifecycle import RecipientState as R
from storage.models import Broadcast, Recipient
from tests.conftest import START
from tests.support.people import saw

pytestmark = pytest.mark.usefixtures("database")

LATER = START + timedelta(hours=1)
LOST = {"reason": "worker_lost", "sent_at": START}

KINDS: dict[str, dict[str, Any]] = {
    "waits": {"state": "pending"},
    "waits for later": {"state": "pending", "not_before": LATER},
    "waits after a no": {"state": "pending", "sent_at": START, "reason": "trouble"},
    "held": {"state": "claimed", "worker": "w1"},
    "held after a no": {"state": "claimed", "worker": "w1", "sent_at": START, "reason": "trouble"},
    "held by another": {"state": "claimed", "worker": "w2"},
    "called": {"state": "sending", "worker": "w1", "sent_at": START},
    "called with the template": {"state": "sending", "worker": "w1", "sent_at": START, "by_template": True},
    "called by another": {"state": "sending", "worker": "w2", "sent_at": START},
    "called at another time": {"state": "sending", "worker": "w1", "sent_at": START - timedelta(seconds=1)},
    "called by a lost one": {"state": "unknown", **LOST},
    "called by a lost one at another time": {"state": "unknown", **LOST, "sent_at": START - timedelta(seconds=1)},
    "called in vain": {"state": "unknown", "reason": "no_answer", "sent_at": START},
    "on its second message": {"state": "sending", "worker": "w1", "sent_at": START, "step": 1},
    "sent": {"state": "sent", "sent_at": START, "step": 1},
    "delivered": {"state": "delivered", "sent_at": START, "step": 1},
    "read": {"state": "read", "sent_at": START, "step": 1},
    "refused": {"state": "failed", "sent_at": START, "reason": "trouble"},
    "left out": {"state": "skipped", "reason": "opted_out"},
}
"""Everything a row can be. Both broadcasts have each twice: for somebody who is meant, and somebody who is not."""

HELD = {"held", "held after a no"}
OURS = {"called", "called with the template", "called by a lost one"}
"""What a worker that made a call at START may answer for."""

CALLED = {
    *OURS,
    "called by another",
    "called at another time",
    "called by a lost one at another time",
    "called in vain",
}
UNSPOKEN = {*HELD, "waits", "waits for later", "waits after a no", "held by another"}
LOSES = {*HELD, "called", "called with the template", "called at another time", "on its second message"}
"""What a worker loses that is gone."""

Deed = Callable[[int, Sequence[int]], object]

OF_THE_MEANT: dict[str, tuple[Deed, set[str]]] = {
    "mark": (lambda b, people: ledger.mark_sending(b, "w1", people, LATER), HELD),
    "skip": (lambda b, people: ledger.skip(b, "w1", [(one, "quota") for one in people], LATER), HELD),
    "put off": (lambda b, people: ledger.put_off(b, "w1", [(one, LATER) for one in people], "quiet", LATER), HELD),
    "give back": (lambda b, people: ledger.give_back(b, "w1", people, LATER), HELD),
    "a no": (lambda b, people: ledger.record_refused(b, "w1", R.FAILED, _calls(people, "x", ""), LATER), OURS),
    "a no for now": (
        lambda b, people: ledger.put_back(b, "w1", _calls(people, LATER, "x", ""), LATER, tried=True),
        OURS,
    ),
    "a yes": (
        lambda b, people: ledger.record_accepted(b, "w1", 1, [(one, 0, "m") for one in people], LATER),
        {*CALLED, "waits after a no", "held after a no", "refused"},
    ),
    "a yes to the first of two": (
        lambda b, people: ledger.record_accepted(b, "w1", 2, [(one, 0, "m") for one in people], LATER),
        CALLED,
    ),
    "an echo": (
        lambda b, people: ledger.record_evidence(b, 1, [(one, 0, "m") for one in people], LATER),
        {*CALLED, "waits after a no", "held after a no", "refused"},
    ),
    "an echo of the first of two": (
        lambda b, people: ledger.record_evidence(b, 2, [(one, 0, "m") for one in people], LATER),
        {*CALLED, "waits after a no", "held after a no"},
    ),
}
"""Deeds about some people: which of their rows they change."""

OF_ALL: dict[str, tuple[Deed, set[str]]] = {
    "claim": (lambda b, _people: ledger.claim(b, "w3", 100, START), {"waits", "waits after a no"}),
    "recover": (lambda b, _people: ledger.recover(b, "w1", (), LATER), LOSES),
    "skip the rest": (lambda b, _people: ledger.skip_rest(b, "cancelled", LATER), UNSPOKEN),
    "skip the due": (lambda b, _people: ledger.skip_due(b, LATER, "late", LATER), {"waits for later"}),
}
"""Deeds about a whole broadcast: which of its rows they change."""


def _calls(people: Sequence[int], *more: Any) -> list[Any]:
    """Return rows about the first message's call, made at START."""
    return [(one, 0, START, *more) for one in people]


class World:
    """Two broadcasts to the same people, and which of them are meant."""

    def __init__(self) -> None:
        channel = channels.ensure("page", "messenger")
        self.meant: list[int] = []
        self._kinds: dict[int, str] = {}
        for kind in KINDS:
            for meant in (True, False):
                person = saw(channel, f"{kind}{meant}", START, LATER).id
                self._kinds[person] = kind
                if meant:
                    self.meant.append(person)
        self.spring, self.autumn = (
            broadcasts.create(channel, name, "boss", START, status=S.SENDING.value).id for name in ("Spring", "Autumn")
        )
        for broadcast in (self.spring, self.autumn):
            for person, kind in self._kinds.items():
                Recipient.create(broadcast=broadcast, subscriber=person, updated_at=START, **KINDS[kind])
        self._before = self._rows()

    def _rows(self) -> dict[tuple[int, int], tuple[Any, ...]]:
        return {(row[0], row[1]): row for row in Recipient.select().tuples()}

    def kind(self, person: int) -> str:
        """Return what the rows of a person were."""
        return self._kinds[person]

    def changed(self) -> set[tuple[str, str, bool]]:
        """Return whose rows were changed: broadcast, kind, whether the person is meant."""
        names = {self.spring: "Spring", self.autumn: "Autumn"}
        return {
            (names[broadcast], self._kinds[person], person in self.meant)
            for (broadcast, person), row in self._rows().items()
            if row != self._before[broadcast, person]
        }


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("deed", OF_THE_MEANT)
def test_a_deed_about_some_people_leaves_all_other_rows_alone(world: World, deed: str) -> None:
    do, kinds = OF_THE_MEANT[deed]
    do(world.spring, world.meant)
    assert world.changed() == {("Spring", kind, True) for kind in kinds}


def test_the_next_message_follows_from_the_hands_that_made_the_call_and_from_nobody_elses(world: World) -> None:
    OF_THE_MEANT["a yes to the first of two"][0](world.spring, world.meant)
    rows = Recipient.select().where((Recipient.broadcast == world.spring) & (Recipient.message_ids == "m"))
    found = {world.kind(row.subscriber_id): (row.state, row.worker) for row in rows}
    expected = dict.fromkeys(CALLED, ("pending", None)) | {"called with the template": ("sent", None)}
    assert found == expected | dict.fromkeys(("called", "called at another time"), ("claimed", "w1"))


def test_another_broadcast_takes_no_place_in_a_claim(world: World) -> None:
    assert len(ledger.claim(world.spring, "w3", 3, START)) == 3


@pytest.mark.parametrize("deed", OF_ALL)
def test_a_deed_about_a_broadcast_leaves_the_other_alone(world: World, deed: str) -> None:
    do, kinds = OF_ALL[deed]
    do(world.spring, world.meant)
    assert world.changed() == {("Spring", kind, meant) for kind in kinds for meant in (True, False)}


def test_what_a_worker_still_holds_is_not_recovered_from_it(world: World) -> None:
    ledger.recover(world.spring, "w1", world.meant, LATER)
    assert world.changed() == {("Spring", kind, False) for kind in LOSES}


def test_a_lost_worker_loses_its_rows_in_every_broadcast_and_no_other_worker_does(world: World) -> None:
    assert ledger.release(["w2"], LATER) == (8, 16)
    both = ("Spring", "Autumn")
    assert world.changed() == {(name, kind, meant) for name in both for kind in LOSES for meant in (True, False)}


@pytest.mark.parametrize("status", [S.CANCELLED, S.SENT])
def test_strays_are_settled_of_the_broadcast_that_ended(world: World, status: S) -> None:
    Broadcast.update(status=status.value, finished_at=START).where(Broadcast.id == world.spring).execute()
    assert ledger.settle_strays(START - timedelta(seconds=1), LATER) == 2 * len(UNSPOKEN)
    assert world.changed() == {("Spring", kind, meant) for kind in UNSPOKEN for meant in (True, False)}


def test_only_what_a_worker_holds_of_this_broadcast_stands_before_it(world: World) -> None:
    found = ledger.standing(world.spring, "w1", world.meant)
    assert found is not None
    assert {world.kind(one.subscriber_id) for one in found} == HELD
    assert {one.subscriber_id for one in found} < {*world.meant}


def test_nobody_stands_before_a_worker_whose_broadcast_is_paused_though_another_is_sending(world: World) -> None:
    broadcasts.move(world.spring, S.PAUSED, "boss", START)
    assert ledger.standing(world.spring, "w1", world.meant) is None


def test_a_watermark_is_of_one_person_on_one_channel(world: World) -> None:
    other = saw(channels.ensure("other", "messenger"), "sentTrue", START, LATER)
    Recipient.create(broadcast=world.autumn, subscriber=other.id, state="sent", sent_at=START, updated_at=START)
    ledger.settle_by_watermark(channels.ensure("page", "messenger"), {"sentTrue": (to_ms(LATER), 0)})
    assert Recipient.get(Recipient.subscriber == other.id).state == "sent"
    Recipient.delete().where(Recipient.subscriber == other.id).execute()
    assert world.changed() == {("Spring", "sent", True), ("Autumn", "sent", True)}


def test_how_far_a_message_came_is_told_by_its_own_persons_watermark_alone(world: World) -> None:
    ledger.settle_by_watermark(channels.ensure("page", "messenger"), {"calledTrue": (to_ms(START), 0)})
    OF_THE_MEANT["a yes"][0](world.spring, world.meant)
    rows = Recipient.select().where((Recipient.broadcast == world.spring) & (Recipient.message_ids == "m"))
    came = {world.kind(row.subscriber_id) for row in rows if row.state != "sent"}
    assert came == {"called"}
