"""Flows through the real webhook: entered, answered, written down, taken on by the clock, ended by STOP."""

import shutil
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from bot.flows.clockwork import go_on
from bot.flows.load import Flows
from bot.texts import texts
from broadcast import because, who
from broadcast.draft import from_row
from broadcast.outgoing import Composer
from handlers.content import Content, Template, Text
from handlers.templates import ListedTemplate
from storage import broadcasts, conversations, entries, flow_runs, ledger, subscribers, templates
from storage.erase import erase
from storage.models import Admin, Click, FlowRun, OutboxMessage, Recipient, Subscriber
from tests.support.page import Page

ROOT = Path(__file__).resolve().parents[3]

TEA = """
title = "Tea"
keywords = ["tea"]
refs = ["poster"]
on = ["get_started"]

[[steps]]
id = "kind"
type = "question"
ask = "choice"
text = "Green or black?"
save_as = "tea"
options = [{ value = "green", title = "Green" }, { value = "black", title = "Black" }]

[[steps]]
id = "cups"
type = "question"
ask = "number"
text = "How many cups?"
save_as = "cups"
time_out = "1 hour"
on_time_out = "drop"

[[steps]]
id = "end"
type = "complete"
text = "Coming up."
"""


@pytest.fixture
def page(tmp_path, clock):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "tea.toml").write_text(TEA, encoding="utf-8")
    made = Page(tmp_path, clock)
    yield made
    made.runtime.database.close()


def press(page: Page, person: str, payload: str) -> list[str]:
    """Tap a button; return what is said in answer."""
    before = OutboxMessage.select().count()
    page.post(page.item(person, postback={"mid": f"pb{before}", "title": "x", "payload": payload}))
    rows = OutboxMessage.select().order_by(OutboxMessage.id)
    return [row.payload["message"]["text"] for row in rows][before:]


def statuses() -> list[tuple[str, str]]:
    return [(row.flow, row.status) for row in FlowRun.select().order_by(FlowRun.id)]


def test_a_keyword_enters_and_the_answers_become_variables(page):
    assert page.say("p1", "Tea") == ["Green or black?"]
    assert page.say("p1", "green") == ["How many cups?"]
    assert page.say("p1", "2") == ["Coming up."]
    assert Subscriber.get().variables == {"tea": "green", "cups": 2}
    assert statuses() == [("tea", "completed")]
    assert page.say("p1", "hello") == []


def test_a_button_a_link_and_get_started_enter_too(page):
    assert press(page, "p1", "flow:tea") == ["Green or black?"]
    assert press(page, "p2", "GET_STARTED") == ["Green or black?"]
    referral = {"ref": "poster", "source": "SHORTLINK", "type": "OPEN_THREAD"}
    before = OutboxMessage.select().count()
    page.post(page.item("p3", referral=referral))
    assert OutboxMessage.select().count() == before + 1


def test_a_tap_of_an_admin_who_is_building_enters_as_anybodys_does_and_the_builder_stays(page, clock):
    Admin.create(channel=page.channel.id, platform_user_id="boss", role="owner", added_at=clock.now())
    for words in ("/broadcast new Sale", "now", "everyone", "How was it?\n[Tell me](flow:tea)", "preview"):
        page.say("boss", words)
    before = conversations.load(page.channel.id, "boss")
    assert press(page, "boss", "flow:tea|0.0.0") == ["Green or black?"]
    tapped = OutboxMessage.select().order_by(OutboxMessage.id.desc()).get().payload["choices"][0]
    assert page.say("boss", tapped["title"], quick_reply={"payload": tapped["value"]}) == ["How many cups?"]
    assert conversations.load(page.channel.id, "boss") == before
    assert statuses() == [("tea", "started")]


def test_a_run_survives_a_restart(page, tmp_path, clock):
    page.say("p1", "tea")
    again = Page(tmp_path, clock)
    again._number = 50
    assert again.say("p1", "black") == ["How many cups?"]
    again.runtime.database.close()


def test_stop_is_heard_in_any_step_and_ends_the_run(page):
    page.say("p1", "tea")
    assert "no more broadcasts" in page.say("p1", "STOP")[0]
    assert statuses() == [("tea", "dropped")]
    assert page.say("p1", "green") == []


def test_entering_again_ends_the_run_before(page):
    page.say("p1", "tea")
    page.say("p1", "tea")
    assert statuses() == [("tea", "dropped"), ("tea", "started")]


def test_a_keyword_that_answers_the_open_question_is_its_answer(page, tmp_path, clock):
    (tmp_path / "flows" / "green.toml").write_text(
        'title = "Green"\nkeywords = ["green"]\n[[steps]]\nid = "end"\ntype = "complete"\ntext = "A flow of its own."\n'
    )
    again = Page(tmp_path, clock)
    again._number = 50
    assert again.say("p1", "green") == ["A flow of its own."]
    again.say("p1", "tea")
    assert again.say("p1", "green") == ["How many cups?"]
    again.runtime.database.close()


def test_a_flow_leads_into_the_next_and_that_one_into_another(page, tmp_path, clock):
    for name, onward in (("milk", "sugar"), ("sugar", "tea")):
        (tmp_path / "flows" / f"{name}.toml").write_text(
            f'keywords = ["{name}"]\n[[steps]]\nid = "on"\ntype = "jump"\nflow = "{onward}"\n'
        )
    again = Page(tmp_path, clock)
    again._number = 50
    assert again.say("p1", "milk") == ["Green or black?"]
    assert statuses() == [("milk", "completed"), ("sugar", "completed"), ("tea", "started")]
    again.runtime.database.close()


def test_after_a_hand_over_the_bot_is_quiet_for_a_day(page, tmp_path, clock):
    (tmp_path / "flows" / "help.toml").write_text(
        'title = "Help"\nkeywords = ["help me"]\n'
        '[[steps]]\nid = "end"\ntype = "hand_over"\ntext = "Somebody will write to you."\n'
    )
    again = Page(tmp_path, clock)
    again._number = 50
    asked = []
    again.runtime.unclaimed.append(lambda _channel, event, _now: asked.append(event) or None)
    assert again.say("p1", "help me") == ["Somebody will write to you."]
    again.say("p1", "are you there?")
    assert again.say("p1", "tea") == again.say("p1", "help me") == []
    assert asked == []
    assert press(again, "p1", "flow:tea") == ["Green or black?"]
    again.say("p1", "human")
    clock.advance(hours=25)
    again.say("p1", "and now?")
    assert len(asked) == 1
    again.runtime.database.close()


def test_a_wait_ends_by_the_clock_once(page, clock):
    page.say("p1", "tea")
    page.say("p1", "green")
    go_on(page.runtime)
    assert statuses() == [("tea", "started")]
    clock.advance(hours=2)
    go_on(page.runtime)
    go_on(page.runtime)
    assert statuses() == [("tea", "dropped")]


def test_completion_is_a_filter(page, clock):
    for person, answers in (("p1", ["green", "1"]), ("p2", ["green"]), ("p3", [])):
        page.say(person, "tea" if answers else "hi")
        for answer in answers:
            page.say(person, answer)
    channel = page.channel.id
    for text, expected in {
        "completed tea": 1, "not completed tea": 2, "started tea": 2, "in tea": 1, "dropped out of tea": 0,
        "completed tea in the last 30 days and tea = green": 1, "cups >= 1": 1,
    }.items():  # fmt: skip
        assert subscribers.count(channel, who.matching(channel, text, clock.now(), ZoneInfo("UTC"))) == expected, text


@pytest.fixture
def got(page, clock) -> int:
    """A broadcast that p1 has got, with a link and a flow's button."""
    page.say("p1", "hello")
    buttons = [
        {"kind": "url", "title": "Read", "value": "https://example.test/sale?x=1"},
        {"kind": "flow", "title": "Tea", "value": "tea"},
    ]
    content = {"version": 1, "messages": [{"kind": "text", "text": "hi", "buttons": buttons}]}
    row = broadcasts.create(page.channel.id, "Spring", "boss", clock.now(), content=content)
    ledger.plan(row.id, page.channel.id, None, {}, clock.now())
    Recipient.update(state="sent", sent_at=clock.now()).execute()
    return row.id


def composed(page: Page, broadcast_id: int, subscriber_id: int):
    """Return the buttons of the message as the person gets it."""
    draft = from_row(broadcasts.get(broadcast_id))
    outgoing = Composer(draft.id, draft.content, page.runtime.links).compose(subscriber_id, "p1", 0, "")
    return outgoing.message.buttons


def test_a_flow_button_of_a_broadcast_is_counted_and_leads_into_the_flow(page, got):
    person = Subscriber.get().id
    _, button = composed(page, got, person)
    assert button.value == f"flow:tea|{got}.0.1"
    assert press(page, "p1", button.value) == ["Green or black?"]
    assert (Click.get().button, FlowRun.get().broadcast_id) == ("0.1", got)
    press(page, "p1", button.value)
    assert Click.select().count() == 1


def test_a_tap_by_somebody_who_did_not_get_the_broadcast_is_not_counted(page, got):
    assert press(page, "stranger", f"flow:tea|{got}.0.1") == ["Green or black?"]
    assert press(page, "p1", "flow:tea|99999.0.1") == ["Green or black?"]
    assert Click.select().count() == 0


def test_a_link_is_counted_and_leads_where_the_broadcast_says(page, got):
    person = Subscriber.get().id
    link, _ = composed(page, got, person)
    path = link.value.removeprefix("http://localhost:8000")
    for _ in range(2):
        answer = page.client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, "https://example.test/sale?x=1")
    assert [(row.button, row.subscriber_id) for row in Click.select()] == [("0.0", person)]


@pytest.mark.parametrize("token", ["", "x", "WzEsMSwiMC4wIl0", "WzEsMSwiMC4wIl0.forged", "https://evil.test"])
def test_a_link_can_neither_be_forged_nor_lead_elsewhere(page, got, token):
    assert page.client.get(f"/r/{token}").status_code == 404
    assert Click.select().count() == 0


def test_the_ready_made_flows_load_beside_the_settings(tmp_path, clock):
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    page = Page(tmp_path, clock)
    assert set(page.runtime.flows.by_name) == {"feedback", "interest", "onboarding"}
    page.runtime.database.close()


def test_a_broadcast_whose_flow_is_gone_does_not_start(page, got):
    draft = from_row(broadcasts.get(got))
    assert page.runtime.objection(draft) == ""
    gone = replace(page.runtime, flows=Flows())
    assert "There is no flow called “tea”" in because.say(gone.objection(draft), texts("en"))


def test_a_broadcast_whose_template_was_paused_meanwhile_does_not_start(page):
    template = Template(name="visit", language="en")
    content = Content(messages=(Text(text="Hi"),), template=template).model_dump(mode="json")
    draft = from_row(broadcasts.create(page.channel.id, "b", "boss", page.clock.now(), content=content))
    assert page.runtime.objection(draft) == ""
    listed = ListedTemplate("visit", "en", "APPROVED", "Hello")
    templates.want(page.channel.id, page.clock.now())
    templates.write(page.channel.id, [asdict(listed)], page.clock.now())
    assert page.runtime.objection(draft) == ""
    templates.write(page.channel.id, [asdict(replace(listed, status="PAUSED"))], page.clock.now())
    assert "has paused the template visit" in because.say(page.runtime.objection(draft), texts("en"))


def test_a_run_that_a_host_began_before_there_was_a_file_of_that_name_stays_the_hosts(page, clock):
    page.say("p1", "hello")
    person = Subscriber.get()
    flow_runs.begin(page.channel.id, person.id, "tea", None, clock.now())
    with capture_logs() as log:
        assert page.say("p1", "anything") == []
        assert page.say("p1", "tea") == ["Green or black?"]
        page.say("p1", "STOP")
    assert [line for line in log if line["event"] == "event_failed"] == []


def test_an_erased_person_is_nowhere_and_the_sums_stay(page, got, clock):
    page.say("p1", "tea")
    page.say("p1", "green")
    assert erase(page.channel.id, "p1", clock.now())
    person = Subscriber.get()
    assert (person.platform_user_id, person.variables, person.unreachable) == (f"erased:{person.id}", {}, True)
    assert entries.sums(got).audience == 1
    assert OutboxMessage.select().count() == 0
    assert "green" not in str([row.data for row in FlowRun.select()])
    assert not erase(page.channel.id, "p1", clock.now())
    assert flow_runs.due(clock.now() + timedelta(days=1)) == []


@pytest.mark.parametrize("key", ["tea", "TEA", "Tee", "flow:tea"])
def test_a_line_of_the_menu_enters_the_flow_whose_name_or_keyword_is_its_key(page, tmp_path, key):
    (tmp_path / "flows" / "tea.toml").write_text(TEA.replace('["tea"]', '["Tee"]'), encoding="utf-8")
    assert press(Page(tmp_path, page.clock), "p1", key) == ["Green or black?"]


BOTH = """
keywords = ["tea", "茶"]

[[steps]]
id = "kind"
type = "question"
ask = "number"
text.en = "How many cups?"
text.zh_CN = "几杯？"

[[steps]]
id = "end"
type = "complete"
text.en = "Coming up."
text.zh_CN = "马上来。"
"""


@pytest.mark.parametrize(
    ("keyword", "locale", "said"),
    [("茶", "", ["几杯？", "马上来。"]), ("tea", "", ["How many cups?", "Coming up."]),
     ("茶", "en_US", ["How many cups?", "Coming up."])],
)  # fmt: skip
def test_a_flow_is_in_the_language_of_the_word_that_entered_it_where_nothing_else_is_known(
    page, tmp_path, clock, keyword, locale, said
):
    (tmp_path / "flows" / "tea.toml").write_text(BOTH, encoding="utf-8")
    again = Page(tmp_path, clock)
    subscribers.seen(again.channel.id, "p1", clock.now(), None)
    Subscriber.update(locale=locale).execute()
    assert [*again.say("p1", keyword), *again.say("p1", "٣")] == said
