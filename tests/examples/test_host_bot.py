"""The example host bot: its own answers, Clarion's filters over what it learned, broadcasts from code."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.plugin import NotThere, OptedOut, Plugin, WrongKind
from broadcast import who
from broadcast.audience.problems import FilterProblem
from broadcast.service import Unsendable
from examples.host_bot.app import create_app
from storage import flow_runs, subscribers, variables
from storage.models import Broadcast, OutboxMessage, Subscriber
from tests.support.page import CONFIG, PAGE, Page, signature, words


@pytest.fixture
def config(tmp_path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(url="sqlite:///host.db"), encoding="utf-8")
    return path


@pytest.fixture
def host(config):
    """The host's client, and a function that lets a person say something to it."""
    client = create_app(str(config)).test_client()
    number = 0

    def say(person: str, text: str) -> list[str]:
        nonlocal number
        number += 1
        before = OutboxMessage.select().count()
        item = {
            "sender": {"id": person},
            "recipient": {"id": PAGE},
            "timestamp": now_ms(),
            "message": {"mid": f"m_{number}", "text": text},
        }
        body = json.dumps({"object": "page", "entry": [{"id": PAGE, "time": 1, "messaging": [item]}]}).encode()
        answer = client.post("/webhooks/page", data=body, headers={"X-Hub-Signature-256": signature(body)})
        assert answer.status_code == 200
        return [words(row.payload) for row in OutboxMessage.select().order_by(OutboxMessage.id)][before:]

    yield client, say
    Subscriber._meta.database.close()


def now_ms() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)


def test_the_host_keeps_its_own_pages_and_answers_what_clarion_does_not_want(host):
    client, say = host
    assert client.get("/").text == "The tea shop."
    assert say("p1", "tea") == ["Green or black?"]
    assert say("p1", "Green") == ["Green tea it is."]
    assert say("p1", "what now?") == []
    assert "no more broadcasts" in say("p1", "STOP")[0]


def test_what_the_host_learns_can_be_filtered_by(host):
    _, say = host
    say("p1", "tea")
    say("p1", "black")
    say("p2", "tea")
    channel = Subscriber.get().channel_id
    filters = ("tea = black", "tag = customer", "completed tea_order", "in tea_order", "not completed tea_order")
    for text in filters:
        found = who.matching(channel, text, datetime.now(UTC), ZoneInfo("UTC"))
        assert subscribers.count(channel, found) == 1, text


@pytest.fixture
def plugin(tmp_path, clock) -> Plugin:
    page = Page(tmp_path, clock)
    page.say("p1", "hello")
    yield Plugin(page.runtime)
    page.runtime.database.close()


def test_a_variable_keeps_the_kind_of_its_first_value(plugin):
    person = plugin.subscriber("page", "p1")
    person.set(visits=3, plan="pro")
    with pytest.raises(WrongKind, match="visits holds number values; got 'many'"):
        person.set(plan="free", visits="many")
    assert Subscriber.get().variables == {"visits": 3, "plan": "pro"}
    person.set(visits=None)
    assert Subscriber.get().variables == {"plan": "pro"}
    assert variables.kinds(Subscriber.get().channel_id) == {"plan": "text", "visits": "number"}


def test_what_is_not_there_is_named(plugin):
    with pytest.raises(NotThere, match="no channel called other"):
        plugin.broadcasts("other")
    with pytest.raises(NotThere, match="nobody called p9"):
        plugin.subscriber("page", "p9")


def test_a_broadcast_from_code_starts_like_one_from_chat(plugin):
    sent = plugin.broadcasts("page").send("Spring", ["Doors open at 7."], audience="first_name is not set")
    assert sent.status == "starting"
    assert plugin.broadcasts("page").cancel(sent).audience == 0


def test_a_broadcast_from_code_is_held_to_the_same_limits(plugin):
    calls = plugin.broadcasts("page")
    with pytest.raises(FilterProblem):
        calls.create("Spring", ["hi"], audience="colour = red")
    with pytest.raises(Unsendable):
        calls.send("Spring", ["x" * 2001])
    assert Broadcast.select().count() == 0, "nothing half-done is left"


def test_a_draft_that_cannot_be_scheduled_is_as_it_was(plugin, clock):
    calls = plugin.broadcasts("page")
    draft = calls.create("Spring", ["hi"])
    with pytest.raises(Unsendable):
        calls.schedule(draft, clock.now() - timedelta(hours=1))
    assert calls.get(draft.id) == draft


def test_no_flow_is_started_for_somebody_who_has_said_stop(tmp_path, clock):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "tea.toml").write_text('[[steps]]\nid = "a"\ntype = "message"\ntext = "Tea?"\n')
    page = Page(tmp_path, clock)
    flows = Plugin(page.runtime).flows("page")
    page.say("p1", "STOP")
    with pytest.raises(OptedOut, match="p1 has said STOP; flow tea was not started"):
        flows.start("p1", "tea")
    flows.start("p1", "quiz")  # the host's own: what it says there is its own affair
    page.say("p1", "START")
    flows.start("p1", "tea")
    assert [words(row.payload) for row in OutboxMessage.select()][-1] == "Tea?"
    page.runtime.database.close()


def test_a_scheduled_broadcast_from_code(plugin, clock):
    calls = plugin.broadcasts("page")
    draft = calls.create("Spring", ["hi"])
    clock.advance(minutes=1)
    assert calls.schedule(draft, clock.now() + timedelta(hours=1)).status == "scheduled"


def test_flows_of_the_host_are_written_down(plugin):
    flows = plugin.flows("page")
    flows.start("p1", "quiz")
    flows.complete("p1", "quiz")
    (row,) = flow_runs.of(Subscriber.get().id)
    assert (row.flow, row.status) == ("quiz", "completed")
