"""After `erase` nothing names the person any more, on either database, and everybody else is as before."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from storage import (
    admins,
    approvals,
    audiences,
    audit,
    broadcasts,
    channels,
    conversations,
    entries,
    inbox,
    ledger,
    outbox,
    results,
    subscribers,
)
from storage.erase import Erased, erase
from storage.lifecycle import Consent
from storage.models import (
    Admin,
    Approval,
    AuditEntry,
    CountAsked,
    FlowRun,
    InboxKey,
    OutboxMessage,
    SavedAudience,
    Subscriber,
    Suppressed,
)
from storage.suppression import Digests
from storage.tables import TABLES
from tests.support.page import Page

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
GONE, LIKE_IT = "psid777", "psid7770"


@pytest.fixture(params=["sqlite", "postgres"])
def page(request: pytest.FixtureRequest, tmp_path: Path, clock):
    url = "sqlite:///page.db" if request.param == "sqlite" else request.getfixturevalue("empty_postgres")
    made = Page(tmp_path, clock, url)
    yield made
    made.runtime.database.close()


def rows_with(words: str) -> list[str]:
    """Return the tables and columns in which some row has these words as a whole or as a part."""
    found = []
    for table in TABLES:
        for row in table.select().dicts():
            found += [f"{table.__name__}.{name}" for name, value in row.items() if words in str(value)]
    return found


def trace_everywhere(channel: int, person: str) -> None:
    """Write an id into every place where one may stand."""
    subscribers.seen(channel, person, START, START)
    known = subscribers.find(channel, person).id
    subscribers.set_variable(known, "me", person)
    Admin.create(channel=channel, platform_user_id=person, role="owner", added_at=START)
    CountAsked.create(channel=channel, platform_user_id=person, audience="", asked_at=START)
    audiences.save(channel, f"of {person}", "language = en", person, START)
    audit.write(channel, person, "refused", START, subject=person, detail=f"ask {person} first")
    conversations.save(channel, person, "when", {"for": person}, 0, START)
    row = broadcasts.create(channel, f"For {person}", person, START, audience="language = en")
    approvals.ask(row.id, 0, 5, person, START, START)
    approvals.withdraw(row.id, person, START)
    outbox.add(channel, person, {"text": "hi"}, START)
    inbox.first_time(channel, f"event:{person}:1764000000:click", START)
    FlowRun.create(
        channel=channel, subscriber=known, flow="tea", status="started", data={"collected": {"me": person}},
        started_at=START,
    )  # fmt: skip


def test_no_column_of_any_table_names_somebody_who_was_erased(page):
    channel = page.channel.id
    trace_everywhere(channel, GONE)
    trace_everywhere(channel, LIKE_IT)
    subscribers.set_variable(Subscriber.get(Subscriber.platform_user_id == LIKE_IT).id, "invited_by", GONE)
    outbox.add(channel, LIKE_IT, {"text": f"{GONE} is an owner, {LIKE_IT} too"}, START)
    before = len(rows_with(LIKE_IT))
    assert before > 10
    assert erase(channel, GONE, START)
    for table in TABLES:
        for row in table.select().dicts():
            assert GONE not in str(row).replace(LIKE_IT, ""), table.__name__
    assert len(rows_with(LIKE_IT)) == before, "somebody whose id begins with it is somebody else"
    nobody = f"erased:{Subscriber.select().order_by(Subscriber.id).first().id}"
    assert {row.saved_by for row in SavedAudience.select()} == {nobody, LIKE_IT}
    asked = Approval.select().order_by(Approval.id).first()
    assert (asked.asked_by, asked.decided_by) == (nobody, nobody)
    assert AuditEntry.select().order_by(AuditEntry.id).first().detail == f"ask {nobody} first"
    assert Subscriber.get(Subscriber.platform_user_id == LIKE_IT).variables["invited_by"] == nobody
    assert OutboxMessage.select().count() == 2
    assert InboxKey.select().count() == 2


def test_the_same_id_on_another_channel_is_somebody_else(page):
    other = channels.ensure("other", "messenger")
    trace_everywhere(page.channel.id, GONE)
    trace_everywhere(other, GONE)
    assert erase(page.channel.id, GONE, START)
    assert subscribers.find(other, GONE).variables == {"me": GONE}
    assert admins.find(other, GONE).role == "owner"
    assert {row.saved_by for row in SavedAudience.select() if row.channel_id == other} == {GONE}
    assert {row.asked_by for row in Approval.select()} >= {GONE}


def test_nobody_can_be_erased_twice(page):
    subscribers.seen(page.channel.id, GONE, START, None)
    assert erase(page.channel.id, GONE, START)
    assert not erase(page.channel.id, GONE, START)


def test_somebody_erased_is_in_no_audience_any_more_and_stays_in_the_sums_of_old_ones(page):
    channel = page.channel.id
    for person in (GONE, LIKE_IT):
        subscribers.seen(channel, person, START, None)
        Subscriber.update(listed_at=START).where(Subscriber.platform_user_id == person).execute()
    old = broadcasts.create(channel, "Before", "b1", START)
    plan = partial(ledger.plan, channel_id=channel, matching=None, fills={}, now=START)
    assert plan(old.id) == 2
    assert erase(channel, GONE, START)
    assert entries.sums(old.id).audience == 2
    assert results.examples(old.id, "pending", "", 5) == [LIKE_IT]
    assert results.opted_out(old.id, timedelta(days=9)) == 0
    later = broadcasts.create(channel, "After", "b1", START)
    assert plan(later.id) == 1
    assert subscribers.count(channel) == 1
    assert subscribers.count(channel, Subscriber.consent == "opted_out") == 0
    assert [row.platform_user_id for row in subscribers.without_profile(channel, 100)] == [LIKE_IT]
    assert subscribers.zones(channel) == {"": 1}


def become_known(way: str, channel: int, person: str) -> None:
    """Let somebody become known again: from a file, the platform's list, or by writing."""
    match way:
        case "a file":
            subscribers.add_imported(channel, [{"platform_user_id": person}], START)
        case "the platform's list":
            subscribers.listed(channel, [person], START)
        case "a message":
            subscribers.seen(channel, person, START, START)


@pytest.mark.parametrize("way", ["a file", "the platform's list", "a message"])
def test_whoever_was_erased_after_a_stop_is_brought_back_by_their_own_start_alone(page, way):
    channel = page.channel.id
    subscribers.seen(channel, GONE, START, START)
    subscribers.set_consent(channel, GONE, Consent.OPTED_OUT, START)
    assert erase(channel, GONE, START) == Erased(suppressed=True)
    become_known(way, channel, GONE)
    become_known(way, channel, LIKE_IT)
    assert subscribers.find(channel, GONE).consent == "opted_out"
    assert subscribers.find(channel, LIKE_IT).consent == "subscribed"
    assert subscribers.set_consent(channel, GONE, Consent.SUBSCRIBED, START)
    assert Suppressed.select().count() == 0
    assert erase(channel, GONE, START) == Erased(suppressed=False)
    become_known(way, channel, GONE)
    assert subscribers.find(channel, GONE).consent == "subscribed"


def test_what_is_kept_of_a_stop_differs_by_channel_and_by_secret(page):
    made = Digests()
    with pytest.raises(RuntimeError, match=r"Digests\.use"):
        made.of(1, GONE)
    made.use("one secret")
    first = {made.of(1, GONE), made.of(2, GONE), made.of(1, LIKE_IT)}
    made.use("another")
    assert len(first | {made.of(1, GONE)}) == 4
