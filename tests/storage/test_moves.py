"""The tables of moves say what the statements do: the database itself notes every move, and both are compared.

Every function that changes the state of a recipient or of a reply is tried from every state there is.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import peewee as pw
import pytest

from storage import broadcasts, channels, ledger, mass_people, outbox, quotas, time_zones
from storage.database import execute, is_postgres
from storage.fields import from_ms, to_ms
from storage.lifecycle import OUTBOX_MOVES, RECIPIENT_MOVES, BroadcastStatus, OutboxState, RecipientState
from storage.mass_models import MassJob
from storage.models import Broadcast, OutboxMessage, Recipient, Subscriber
from tests.conftest import START
from tests.support.people import saw

R = RecipientState
LATER = START + timedelta(hours=1)
Deed = Callable[[int], object]
Noted = Callable[[], set[tuple[str, str]]]


@pytest.fixture(params=["recipients", "outbox"])
def table(request: pytest.FixtureRequest) -> str:
    """The table whose moves are looked at."""
    return str(request.param)


@pytest.fixture
def noted(database: pw.Database, table: str) -> Iterator[Noted]:
    """A function that returns the moves there were since it was last asked."""
    execute("CREATE TABLE moves_noted (start_state TEXT, end_state TEXT)")
    note = "INSERT INTO moves_noted VALUES (OLD.state, NEW.state);"
    trigger = f"CREATE TRIGGER note_moves AFTER UPDATE ON {table}"
    if is_postgres():
        execute(f"CREATE FUNCTION note_move() RETURNS trigger AS $$ BEGIN {note} RETURN NEW; END $$ LANGUAGE plpgsql")
        execute(f"{trigger} FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION note_move()")
    else:
        execute(f"{trigger} WHEN OLD.state <> NEW.state BEGIN {note} END")

    def moves() -> set[tuple[str, str]]:
        found = {(row[0], row[1]) for row in execute("SELECT start_state, end_state FROM moves_noted")}
        execute("DELETE FROM moves_noted")
        return found

    yield moves
    if is_postgres():
        execute("DROP FUNCTION note_move CASCADE")
        execute("DROP TABLE moves_noted")


def mass(deed: Callable[[MassJob], object]) -> Deed:
    """Return what happens to the mass job the person is in."""
    return lambda broadcast: deed(MassJob.get(MassJob.broadcast == broadcast))


def ended(status: BroadcastStatus) -> Deed:
    """Return the settling of what came back when a broadcast had come to such an end."""

    def settle(broadcast: int) -> None:
        Broadcast.update(status=status.value, finished_at=START).execute()
        ledger.settle_strays(START - timedelta(days=1), LATER)

    return settle


def seen(read: bool) -> Deed:
    """Return the platform's word on what has arrived or was read."""
    until = to_ms(LATER)
    return lambda _: ledger.settle_by_watermark(1, {"p": (until, until if read else 0)})


def refused(to: RecipientState) -> Deed:
    """Return a final no, or a lost answer, to the call."""
    return lambda broadcast: ledger.record_refused(broadcast, "w", to, [(1, 0, START, "no", "1")], LATER)


def accepted(steps: int) -> Deed:
    """Return the platform's yes to the first of so many messages."""
    return lambda broadcast: ledger.record_accepted(broadcast, "w", steps, [(1, 0, "m")], LATER)


def proven(steps: int) -> Deed:
    """Return an echo of the first of so many messages."""
    return lambda broadcast: ledger.record_evidence(broadcast, steps, [(1, 0, "m")], LATER)


MASS_SKIPPED_FROM = (R.PENDING, R.UNKNOWN)
"""Where `mass_people.skip` is told to take people from; it is asked with each."""

DEEDS: Mapping[str, Deed] = {
    "claim": lambda broadcast: ledger.claim(broadcast, "w", 1, LATER),
    "mark": lambda broadcast: ledger.mark_sending(broadcast, "w", [1], LATER),
    "skip": lambda broadcast: ledger.skip(broadcast, "w", [(1, "opted_out")], LATER),
    "put off": lambda broadcast: ledger.put_off(broadcast, "w", [(1, LATER)], "quiet_hours", LATER),
    "give back": lambda broadcast: ledger.give_back(broadcast, "w", [1], LATER),
    "put back": lambda broadcast: ledger.put_back(broadcast, "w", [(1, 0, START, LATER, "t", "2")], LATER, tried=True),
    "recover": lambda broadcast: ledger.recover(broadcast, "w", (), LATER),
    "release": lambda _: ledger.release((), LATER),
    "skip who waits for a moment": lambda broadcast: ledger.skip_due(broadcast, from_ms(0), "too_late", LATER),
    "skip the rest": lambda broadcast: ledger.skip_rest(broadcast, "cancelled", LATER),
    "settle what came back after a cancel": ended(BroadcastStatus.CANCELLED),
    "settle what came back after the end": ended(BroadcastStatus.SENT),
    "delivered": seen(read=False),
    "read": seen(read=True),
    **{f"refused: {to}": refused(to) for to in (R.FAILED, R.SKIPPED, R.UNKNOWN)},
    **{f"accepted, {steps} in all": accepted(steps) for steps in (1, 2)},
    **{f"proven, {steps} in all": proven(steps) for steps in (1, 2)},
    "no room": lambda broadcast: quotas.skip_surplus(broadcast, 1, to_ms(LATER)),
    "too late there": lambda broadcast: time_zones.skip_zones(broadcast, [""], "too_late"),
    "mass: mark": mass(lambda job: mass_people.mark_sending(job, LATER)),
    "mass: leave out": lambda broadcast: mass_people.skip_those(
        broadcast, Subscriber.select(Subscriber.id), "frequency_cap", LATER
    ),
    **{
        f"mass: {to}": mass(lambda job, to=to: mass_people.mark(job, to, LATER))
        for to in (R.SENT, R.UNKNOWN, R.PENDING, R.FAILED, R.SKIPPED)
    },
    **{
        f"mass: skip {start}": mass(lambda job, start=start: mass_people.skip(job, [(1, "opted_out")], LATER, start))
        for start in MASS_SKIPPED_FROM
    },
}  # fmt: skip

REPLY_DEEDS: Mapping[str, Deed] = {
    "claim": lambda channel: outbox.claim(channel, "w", 1, LATER),
    "prove": lambda channel: outbox.prove(channel, 1, "m", LATER),
    "retry": lambda _: outbox.retry(1, LATER, "trouble", LATER),
    "revive": lambda channel: outbox.revive(channel, "p", LATER),
    "recover": lambda channel: outbox.recover(channel, "w", (), LATER),
    "release": lambda _: outbox.release((), LATER),
    "could not ride on the response": lambda _: outbox.send_after_all(1, LATER),
    "sent": lambda _: outbox.finish(1, OutboxState.SENT, LATER),
    "failed": lambda _: outbox.finish(1, OutboxState.FAILED, LATER),
}


def recipient(state: StrEnum) -> int:
    """Let the one recipient there is stand so, called before, in a worker's hands and in a mass job."""
    held = state in {R.CLAIMED, R.SENDING}
    Subscriber.update(delivered_until=0, read_until=0, strikes=1).execute()
    Broadcast.update(status=BroadcastStatus.SENDING.value).execute()
    Recipient.update(
        state=state.value, worker="w" if held else None, reason="worker_lost" if state is R.UNKNOWN else "",
        step=0, attempts=0, not_before=0, sent_at=START, job=1, message_ids="",
    ).execute()  # fmt: skip
    return int(Broadcast.get().id)


def reply(state: StrEnum) -> int:
    """Let the one reply there is stand so, one that waits for its person's next message if it has failed."""
    OutboxMessage.update(
        state=state.value, worker="w" if state is OutboxState.SENDING else None, not_before=0, event_key="e",
        reason="outside_window" if state is OutboxState.FAILED else "",
    ).execute()  # fmt: skip
    return int(OutboxMessage.get().channel_id)


@pytest.fixture
def one_of_each(database: pw.Database) -> None:
    """One person with a row in a ledger, a mass job and a reply."""
    channel = channels.ensure("page", "messenger")
    saw(channel, "p", START, START + timedelta(hours=20))
    row = broadcasts.create(channel, "b", "boss", START)
    ledger.plan(row.id, channel, None, {}, START)
    MassJob.create(broadcast=row.id, number=1, kind="list", key="k", people=1, updated_at=START)
    outbox.add(channel, "p", {}, START)


TRIED: Mapping[str, tuple[Mapping[str, Deed], Callable[[StrEnum], int], Mapping[Any, frozenset[Any]]]] = {
    "recipients": (DEEDS, recipient, RECIPIENT_MOVES),
    "outbox": (REPLY_DEEDS, reply, OUTBOX_MOVES),
}


@pytest.mark.usefixtures("one_of_each")
def test_every_move_that_is_made_is_in_the_table_and_every_move_in_the_table_is_made(table: str, noted: Noted) -> None:
    deeds, stand, moves = TRIED[table]
    made: dict[tuple[str, str], list[str]] = {}
    for state in moves:
        for name, deed in deeds.items():
            number = stand(state)
            noted()
            deed(number)
            for move in noted():
                made.setdefault(move, []).append(name)
    meant = {(start.value, end.value) for start, ends in moves.items() for end in ends}
    assert {move: names for move, names in made.items() if move not in meant} == {}
    assert meant - set(made) == set()


def test_what_arrived_is_marked_as_far_as_the_persons_watermarks_say(one_of_each: None) -> None:
    ledger.settle_by_watermark(1, {"p": (to_ms(LATER), 0)})
    at: datetime = START
    Recipient.update(state="sending", worker="w", sent_at=at).execute()
    ledger.record_accepted(1, "w", 1, [(1, 0, "m")], LATER)
    assert Recipient.get().state == "delivered"
