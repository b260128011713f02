"""Nobody twice, nobody lost on an Official Account, whatever goes wrong between us and the platform."""

import base64
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from tests.support.account import AccountStack, account
from tests.support.stack import until

pytestmark = pytest.mark.processes

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
MASS = "message/mass/send"
_groups = count(1)


@pytest.fixture(scope="module")
def stack(tmp_path_factory) -> Iterator[AccountStack]:
    """A service account with 200 followers."""
    with account(tmp_path_factory.mktemp("trouble"), 200, mode="encrypted") as running:
        yield running


@pytest.fixture
def group(stack: AccountStack) -> Iterator[str]:
    """The filter of ten followers who have had no broadcast yet. No trouble is left over."""
    number = next(_groups)
    stack.tag_people(stack.followers(10, since=10 * number), f"group{number}")
    yield f"kind = group{number}"
    stack.clear_faults()


def once(stack: AccountStack, broadcast: int, sent: int = 10) -> None:
    """Everybody got it, in one job of the platform's, and nobody got anything twice."""
    assert stack.ends(broadcast) == {"sent": sent}
    key = stack.query(f"SELECT key FROM mass_jobs WHERE broadcast_id = {broadcast}")[0][0]
    assert [job["sent"] for job in stack.platform_jobs() if job["clientmsgid"] == key] == [sent]
    assert stack.sim("counts")["repeated"] == []


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        ("timeout_after_accepting", {"seconds": 0.3}),
        ("system_error_after_accepting", {}),
        ("html_502_after_accepting", {}),
        ("connection_reset_after_accepting", {}),
    ],
)
def test_a_call_that_was_heard_and_not_answered_is_one_job_only(stack, group, fault, options: dict[str, Any]):
    stack.fault(fault, next_calls=1, calls=[MASS], **options)
    broadcast = stack.launch(fault, group)
    stack.job_is(broadcast, "unclear")
    assert stack.states(broadcast) == {"unknown": 10}
    assert stack.where(broadcast) == "sending"
    stack.minute_passes()  # 45065: it was submitted before
    stack.job_is(broadcast, "finished")
    once(stack, broadcast)
    # The event came while the job's id was not known yet, and was kept.
    assert stack.query(f"SELECT total, filtered, sent FROM mass_jobs WHERE broadcast_id = {broadcast}") == [
        (10, 10, 10)
    ]


@pytest.mark.parametrize("fault", ["system_error", "html_502", "connection_reset"])
def test_a_call_that_was_not_heard_is_made_again(stack, group, fault):
    stack.fault(fault, next_calls=1, calls=[MASS])
    broadcast = stack.launch(fault, group)
    stack.job_is(broadcast, "unclear")
    stack.all_is_due()
    stack.job_is(broadcast, "finished")
    once(stack, broadcast)


def test_a_worker_killed_between_call_and_record_leaves_one_job_and_a_key_in_use_waits(stack, group):
    stack.fault("timeout_after_accepting", next_calls=1, calls=[MASS], seconds=30)
    broadcast = stack.launch("Killed", group)
    stack.job_is(broadcast, "calling")
    until(lambda: stack.platform_jobs()[-1]["state"] == "success")
    stack.kill("worker")
    stack.start_worker()
    stack.job_is(broadcast, "unclear", seconds=20)
    assert stack.states(broadcast) == {"unknown": 10}
    with stack.database() as connection:  # too soon: the platform refuses the key with 45066
        connection.execute("UPDATE mass_jobs SET not_before = 0")
    until(lambda: stack.jobs(broadcast)[0][3] == "too_soon")
    assert stack.states(broadcast) == {"unknown": 10}
    stack.minute_passes()
    stack.job_is(broadcast, "finished")
    once(stack, broadcast)


def test_a_worker_killed_between_draft_and_call_sends_that_draft_once(stack, group):
    for line in ("/broadcast new Articles", "now", group, "article"):
        stack.say(line)
    stack.say("", image=base64.b64encode(PNG).decode())
    for line in ("Our news", "skip", "skip", "Read this.", "skip", "done"):
        stack.say(line)
    # The picture is on the platform for good long before the broadcast is sent.
    until(lambda: stack.calls("material/add_material") == 1)
    stack.fault("timeout", next_calls=1, calls=[MASS], seconds=30)  # the draft is there, the call does nothing
    assert "leaves at" in stack.say("send")
    broadcast = stack.newest()
    stack.job_is(broadcast, "calling")
    stack.kill("worker")
    stack.start_worker()
    stack.job_is(broadcast, "unclear", seconds=20)
    stack.all_is_due()
    stack.job_is(broadcast, "finished")
    once(stack, broadcast)
    assert (stack.calls("draft/add"), stack.calls("material/add_material")) == (1, 1)


def test_a_token_that_expired_is_renewed_once_and_the_call_made_once_more(stack, group):
    stack.fault("token_expired", next_calls=1, calls=[MASS])
    issued = stack.sim("counts")["tokens_issued"]
    broadcast = stack.launch("Expired", group)
    once(stack, broadcast)
    assert stack.sim("counts")["tokens_issued"] <= issued + 1


def test_a_spent_quota_that_nobody_knew_of_holds_the_broadcast_and_says_so(stack, group):
    stack.fault("refused", next_calls=1, calls=[MASS], code=45028)
    broadcast = stack.launch("Spent", group)
    until(lambda: stack.where(broadcast) == "paused")
    assert stack.states(broadcast) == {"pending": 10}
    assert "no mass message left" in stack.say(f"/broadcast {broadcast}")
    stack.say(f"/broadcast resume {broadcast}")
    stack.job_is(broadcast, "finished")
    once(stack, broadcast)


def test_an_event_that_is_lost_is_asked_for(stack, group):
    stack.fault("lost_event", next_calls=1)
    broadcast = stack.launch("Lost", group)
    stack.job_is(broadcast, "submitted")
    stack.all_is_due()
    stack.job_is(broadcast, "finished", seconds=15)
    assert stack.jobs(broadcast) == [("list", "finished", 10, "not_told")]
    assert stack.calls("message/mass/get") == 1
    once(stack, broadcast)
    assert "no longer tells its counts" in stack.say(f"/broadcast report {broadcast}")


def test_a_review_that_refuses_it_fails_it_and_the_report_explains(stack, group):
    stack.fault("review_failed", next_calls=1)
    broadcast = stack.launch("Reviewed", group)
    stack.job_is(broadcast, "failed")
    assert stack.ends(broadcast) == {"failed review_politics": 10}
    assert "WeChat's review found politics in it." in stack.say(f"/broadcast report {broadcast}")


def test_somebody_the_platform_does_not_know_keeps_nobody_else_from_getting_it(stack, group):
    name = group.rpartition(" ")[2]
    stack.tag_people(["oNOBODY0123456789012345678AB"], name)
    broadcast = stack.launch("One wrong", group)
    assert stack.ends(broadcast, 60) == {"sent": 10, "skipped unreachable": 1}
    assert stack.sim("counts")["repeated"] == []


def test_a_send_to_all_that_the_owner_has_to_confirm_is_shown_waiting(tmp_path):
    with account(tmp_path, 6, account="subscription") as stack:
        stack.fault("protection_refused", next_calls=1)
        refused = stack.launch("Refused")
        stack.job_is(refused, "failed")
        assert stack.ends(refused) == {"failed confirmation_refused": 6}
        stack.fault("protection_pending", next_calls=1)
        waiting = stack.launch("Confirmed")
        stack.job_is(waiting, "confirming")
        assert stack.states(waiting) == {"unknown": 6}
        assert "waits for the account's owner" in stack.say(f"/broadcast {waiting}")
        stack.sim(f"jobs/{stack.platform_jobs()[-1]['msg_id']}", {"confirm": True})
        until(lambda: stack.jobs(waiting)[0][3] == "reported")  # somebody's message went out; whose, its key tells
        assert stack.states(waiting) == {"unknown": 6}
        stack.minute_passes()
        stack.job_is(waiting, "finished")
        assert stack.query(f"SELECT total, sent FROM mass_jobs WHERE broadcast_id = {waiting}") == [(6, 6)]
        assert stack.ends(waiting) == {"sent": 6}
        assert [stack.got(person) for person in stack.followers(6)] == [["Confirmed: hello!"]] * 6


def test_the_admin_chooses_the_road_in_numbers_and_single_messages_go_to_open_windows(stack, group):
    people = [row[0] for row in stack.query(
        "SELECT platform_user_id FROM subscribers WHERE json_extract(variables, '$.kind') = '"
        + group.rpartition(" ")[2] + "'"
    )]  # fmt: skip
    for person in people[:3]:
        stack.say("Hello?", person)
    card = stack.compose("Roads", group)
    assert "Road: mass, reaches 10, uses 1 of the 4 each person may get a month" in card
    assert "Or: one by one, reaches 3 with an open window" in card
    card = stack.say("road one by one")
    assert "Road: one by one, reaches 3 with an open window" in card
    assert "10 match: 3 can get it · 7 window closed" in card
    stack.fault("send_refused", people=[people[0]], code=45015)
    stack.fault("send_refused", people=[people[1]], code=45047)
    assert "for 3 of the 10 people" in stack.say("send")
    assert stack.ends(stack.newest()) == {"sent": 1, "skipped outside_window": 8, "skipped allowance_spent": 1}


def test_news_that_could_not_be_said_waits_for_the_admins_next_message(stack, group):
    stack.sim(f"people/{stack.boss}", {"window_hours": None})
    stack.fault("send_refused", people=[stack.boss], code=45047, next_calls=1)
    stack.fault("send_refused", people=[stack.boss], code=45015)
    broadcast = stack.launch("Kept", group)
    once(stack, broadcast)
    until(lambda: stack.query("SELECT count(*) FROM outbox WHERE reason <> '' AND state = 'failed'")[0][0] >= 2)
    stack.clear_faults()
    stack.say("/quota")
    phone = f"people/{stack.boss}/messages"
    until(lambda: any("“Kept” is done: 10 sent" in str(one["message"]) for one in stack.sim(phone)["messages"]))


def test_check_says_how_far_the_followers_are_known(stack):
    told = stack.run("check")
    assert re.search(r"followers: \d+ known, list read .* ago", told)
