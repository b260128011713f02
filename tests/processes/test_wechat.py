"""The typed path on an Official Account, with the real processes: every mode, both kinds of account, every size."""

import re

import pytest

from tests.support.account import AccountStack, account
from tests.support.stack import until

pytestmark = pytest.mark.processes

MANY = 10_001


@pytest.fixture(scope="module")
def service(tmp_path_factory) -> AccountStack:
    """A service account in secure mode with more followers than one list holds; some of them left or stopped."""
    with account(tmp_path_factory.mktemp("service"), MANY + 30, mode="encrypted") as stack:
        yield stack


@pytest.fixture(scope="module")
def subscription(tmp_path_factory) -> AccountStack:
    """A subscription account with 130 followers; its clock stands where the platform's does."""
    with account(tmp_path_factory.mktemp("subscription"), 130, account="subscription") as stack:
        yield stack


@pytest.mark.parametrize("kind", ["service", "subscription"])
@pytest.mark.parametrize("mode", ["plain", "compatible"])
def test_the_typed_path_reaches_everybody_in_every_mode(tmp_path, mode, kind):
    with account(tmp_path, 12, mode=mode, account=kind) as stack:
        card = stack.compose("Spring sale")
        assert "12 match: 12 can get it" in card
        assert "leaves at" in stack.say("send")
        assert stack.ends(1) == {"sent": 12}
        assert [stack.got(person) for person in stack.followers(12)] == [["Spring sale: hello!"]] * 12
        (job,) = stack.platform_jobs()
        assert (job["to_all"], job["sent"], job["event"]) == (kind == "subscription", 12, "posted")
        assert stack.query("SELECT state, status, total, filtered, sent, errors FROM mass_jobs") == [
            ("finished", "send success", 12, 12, 12, 0)
        ]


@pytest.mark.parametrize(
    ("people", "sizes"),
    [(1, []), (2, [2]), (10_000, [10_000]), (10_001, [5001, 5000])],
)
def test_a_service_account_names_the_people_in_as_few_lists_as_hold_them(service, people, sizes):
    chosen = service.followers(people, since=20)
    service.tag_people(chosen, f"kind{people}")
    before = len(service.platform_jobs())
    broadcast = service.launch(f"To {people}", f"kind = kind{people}")
    assert service.ends(broadcast, 30) == {"sent": people}
    jobs = service.platform_jobs()[before:]
    assert [job["sent"] for job in jobs] == sizes
    assert len({job["clientmsgid"] for job in jobs}) == len(jobs)
    assert service.got(chosen[0])[-1] == f"To {people}: hello!"
    assert service.got(chosen[-1])[-1] == f"To {people}: hello!"
    assert service.sim("counts")["repeated"] == []


def test_one_person_whose_window_is_open_gets_a_message_of_their_own(service):
    (person,) = service.followers(1, since=5)
    service.say("Hello?", person)
    service.tag_people([person], "alone")
    broadcast = service.launch("Just you", "kind = alone")
    assert service.ends(broadcast) == {"sent": 1}
    assert [one["road"] for one in service.sim(f"people/{person}/messages")["messages"]][-1] == "custom"


def test_who_stopped_or_left_is_in_no_list_and_the_sums_balance(service):
    people = service.followers(6, since=6)
    service.tag_people(people, "six")
    assert "no more broadcasts" in service.say("STOP", people[0])
    assert "不会再给您群发消息" in service.say("退订", people[1])  # in the language of the word
    service.say("", people[2], unsubscribe=True)
    broadcast = service.launch("To six", "kind = six")
    assert service.ends(broadcast) == {"sent": 3, "skipped opted_out": 2, "skipped unreachable": 1}
    assert service.platform_jobs()[-1]["total"] == 3
    assert [len(service.got(person)) for person in people] == [0, 0, 0, 1, 1, 1]


def test_a_follower_who_had_four_this_month_is_left_out_and_known_before(service):
    people = service.followers(3, since=14)
    service.tag_people(people, "often")
    for number in range(4):
        assert service.ends(service.launch(f"Often {number}", "kind = often")) == {"sent": 3}
    card = service.compose("Often 5", "kind = often")
    assert re.search(r"3 match: 0 can get it · 3 had theirs", card), card
    service.say("save")


def test_a_filtered_audience_of_a_subscription_account_gets_a_tag_that_is_taken_away_again(subscription):
    people = subscription.followers(120, since=3)
    subscription.tag_people(people, "some")
    assert "no more broadcasts" in subscription.say("STOP", people[0])
    subscription.fault("tagging_partial", next_calls=1)
    broadcast = subscription.launch("To some", "kind = some")
    assert subscription.ends(broadcast) == {"sent": 119, "skipped opted_out": 1}
    (job,) = subscription.platform_jobs()
    assert (job["to_all"], job["sent"]) == (False, 119)
    assert subscription.calls("tags/members/batchtagging") == 4  # 50, its 25 that failed, 50, 19
    assert subscription.got(people[0]) == []
    until(lambda: subscription.calls("tags/delete") == 1, 15)
    assert all(not one["tags"] for one in subscription.sim("people?limit=130")["people"])


def test_a_second_broadcast_on_the_same_day_is_refused_with_the_next_free_slot(subscription):
    subscription.compose("Once more")
    answer = subscription.say("send")
    assert "may send 1 mass message a day" in answer
    assert re.search(r"The next free time is .*\b00:00\b", answer), answer
    assert re.search(r"^1\. \d{4}-\d\d-\d\d 00:00$", answer, re.MULTILINE), answer
    subscription.say("1")
    assert "is scheduled" in subscription.say("schedule")
    # The reserved day is taken as well; cancelling gives it back.
    subscription.compose("And again")
    second = subscription.say("send")
    taken = re.search(r"^1\. (\S+)", answer, re.MULTILINE)
    offered = re.search(r"^1\. (\S+)", second, re.MULTILINE)
    assert taken is not None
    assert offered is not None
    assert offered[1] > taken[1]
    subscription.say("cancel")
    subscription.say("discard")
