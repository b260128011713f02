"""The clock that can be moved: the product's processes and both platforms, by the same step."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.playground.accounts import Account
from bot.playground.clock import STEPS, Clock
from bot.playground.stage import Stage
from storage import broadcasts
from storage.lifecycle import BroadcastStatus

NOON = datetime(2026, 12, 31, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("step", "then"),
    [
        ("hour", datetime(2026, 12, 31, 13, 30, tzinfo=UTC)),
        ("morning", datetime(2027, 1, 1, 9, 0, tzinfo=UTC)),
        ("day", datetime(2027, 1, 1, 12, 30, tzinfo=UTC)),
        ("week", datetime(2027, 1, 7, 12, 30, tzinfo=UTC)),
    ],
)
def test_each_step_leads_where_its_button_says(step: str, then: datetime) -> None:
    assert STEPS[step].target(NOON) == then


def test_both_platforms_and_the_product_move_together(accounts: Mapping[str, Account], clock: Clock) -> None:
    before = {name: _millis(each) for name, each in accounts.items()}
    clock.move(STEPS["hour"], None)
    clock.move(STEPS["day"], None)
    assert clock.ahead_seconds == pytest.approx(25 * 3600)
    for name, each in accounts.items():
        assert _millis(each) - before[name] == pytest.approx(25 * 3_600_000, abs=60_000)


@pytest.mark.parametrize(("due", "moved"), [(2, 2), (30, 24), (-1, 24)], ids=["on the way", "later", "past"])
def test_a_step_stops_at_what_is_scheduled_on_the_way(clock: Clock, due: int, moved: int) -> None:
    clock.move(STEPS["day"], clock.now() + timedelta(hours=due))
    assert clock.ahead_seconds == pytest.approx(moved * 3600, abs=5)


def test_windows_close_and_messages_of_a_month_come_back(
    stage: Stage, client: Any, psids: list[str], openids: list[str]
) -> None:
    stage.accounts["account"].simulator().post(f"people/{openids[0]}", {"received_this_month": 4})
    assert (_standing(client, "page", psids[0]), _standing(client, "account", openids[0])) == ("open", "closed")
    client.post("/clock/day", json={})
    assert (_standing(client, "page", psids[0]), _standing(client, "account", openids[0])) == ("closed", "closed")
    for _ in range(5):
        client.post("/clock/week", json={})
    assert _standing(client, "account", openids[0]) == "open"


def test_who_writes_again_can_be_written_to(client: Any, psids: list[str]) -> None:
    client.post("/clock/week", json={})
    assert client.post("/greetings", json={}).status_code == 200
    assert _standing(client, "page", psids[0]) == "open"


def test_it_stands_still_while_a_broadcast_is_sent(client: Any, stage: Stage) -> None:
    channel = stage.installation.runtime.channels["page"].id
    with stage.installation.runtime.database.connection_context():
        row = broadcasts.create(channel, "Sale", "anna", NOON)
        for status in (BroadcastStatus.STARTING, BroadcastStatus.SENDING):
            broadcasts.move(row.id, status, "anna", NOON)
    answer = client.post("/clock/day", json={})
    assert (answer.status_code, stage.clock.ahead_seconds) == (400, 0)
    assert answer.get_json()["error"].startswith("A broadcast is being sent.")


def test_there_are_no_other_steps(client: Any) -> None:
    assert client.post("/clock/yesterday", json={}).status_code == 404


def _standing(client: Any, channel: str, identity: str) -> str:
    return str(client.get(f"/people/{channel}/{identity}").get_json()["standing"])


def _millis(account: Account) -> int:
    return int(account.simulator().get("clock")["millis"])
