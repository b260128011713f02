"""What `/flows` says: the list, the card of one, and that both fit a message of every platform."""

from pathlib import Path
from typing import Any

import pytest

from bot.commands.flow_words import shorten
from bot.commands.run import run
from bot.conversation.memory import Memory
from bot.conversation.reply import outgoing
from bot.conversation.turn import Say
from bot.flows.load import Flows
from bot.texts import texts
from broadcast.service import Desk
from handlers.contract import Capabilities
from handlers.messenger.capabilities import CAPABILITIES as MESSENGER
from storage import broadcasts, flow_counts, flow_runs
from storage.flow_counts import Led, Steps, Tally
from storage.models import Admin
from tests.bot.conversation.turns import turn
from tests.bot.flows.people import flows_of, steps
from tests.conftest import START
from tests.handlers.wechat.account import make_account
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.people import saw

WECHAT = make_account().capabilities
LONG = "这个标题写得非常非常长一直写到再也写不下为止才肯停下来"
MANY = 12


def question(number: int, text: str) -> str:
    return f'id = "q{number}"\ntype = "question"\nask = "yes_no"\ntext = "{text}"'


def flows(titles: list[str], text: str = "Well?", keywords: str = "") -> Flows:
    asked = steps(*(question(number, text) for number in range(MANY)))
    head = 'title = "{}"\nkeywords = [{}]\n'
    sources = {f"f{n}": head.format(title, keywords.format(n=n)) + asked for n, title in enumerate(titles)}
    return flows_of(**sources)


def came(desk: Desk, flow: str, status: str, step: int, **more: Any) -> None:
    person = saw(desk.channel_id, "ben", START, None)
    run_id = flow_runs.begin(desk.channel_id, person.id, flow, more.get("broadcast"), START)
    data = {"asked": [f"q{n}" for n in range(step + 1)], "step": more.get("at", f"q{step}")}
    flow_runs.keep(run_id, 0, status=status, data=data, waiting_until=None, ended_at=None)


def said(desk: Desk, known: Flows, text: str, language: str = "en", role: str = "writer") -> Say:
    asked = turn(desk=desk, flows=known, language=language, texts=texts(language), role=role, now=START)
    (answer,) = run(asked, Memory(), text).says
    assert isinstance(answer, Say)
    return answer


def test_the_busiest_flows_come_first_and_a_long_list_says_how_to_see_the_rest(desk: Desk) -> None:
    known = flows([f"Flow {n:02}" for n in range(MANY)])
    came(desk, "f11", "completed", 0)
    first, *rows, last = said(desk, known, "/flows").text.split("\n")
    assert first == "Times in the last 30 days (in all):"
    assert rows[0].startswith("“Flow 11”: 1 (1) entered · 1 (1) completed")
    assert rows[1] == "“Flow 00”: 0 (0) entered"
    assert last == "and 4 more; each is shown by its name: /flows NAME"


def test_a_card_names_the_questions_most_people_stop_at_in_the_order_of_the_file(desk: Desk) -> None:
    known = flows(["Tea"])
    for step in (11, 10, 3):
        came(desk, "f0", "dropped", step)
    came(desk, "f0", "started", 5)
    lines = said(desk, known, "/flows tea").text.split("\n")
    shown = [line.partition(".")[0] for line in lines if "reached it" in line]
    assert shown == ["1", "2", "3", "4", "5", "6", "11", "12"]
    assert "4. “Well?”: 4 reached it · 1 dropped out" in lines
    assert "6. “Well?”: 3 reached it · 1 there now" in lines
    assert "and 4 more steps, none with more drop-outs" in lines


def test_a_card_counts_who_stopped_at_steps_that_are_gone_or_ask_nothing(desk: Desk) -> None:
    pause = 'id = "pause"\ntype = "wait"\nduration = "2 hours"'
    known = flows_of(tea=steps(question(0, "Well?"), pause))
    came(desk, "tea", "dropped", 0, at="pause")
    came(desk, "tea", "dropped", 0, at="gone")
    lines = said(desk, known, "/flows tea").text.split("\n")
    assert "2. pause: 1 dropped out" in lines
    assert "1 dropped out at steps that no longer exist" in lines


def test_a_card_names_the_broadcasts_that_led_into_the_flow(desk: Desk) -> None:
    sales = [broadcasts.create(desk.channel_id, f"Sale {n}", "anna", START).id for n in range(7)]
    for sale in sales:
        came(desk, "f0", "completed", 0, broadcast=sale)
    lines = said(desk, flows(["Tea"]), "/flows f0").text.split("\n")
    led = lines[lines.index("Broadcasts that led into it:") + 1 :]
    assert led == [f"#{sale} Sale {sale - 1}: 1 entered, 1 completed" for sale in reversed(sales[2:])]


@pytest.mark.parametrize("capabilities", [MESSENGER, WECHAT], ids=["messenger", "wechat"])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("text", ["/flows", "/flows f0", "/flows 标题", "/flows f"])
def test_the_longest_answer_fits_one_message(
    desk: Desk, capabilities: Capabilities, language: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    word = LONG if capabilities is WECHAT else "A title that somebody made as long as it could ever be made, and longer"
    known = flows([f"{word} {n}" for n in range(MANY)], text=word, keywords=f'"{word[:30]}{{n}}"')
    tally = Tally(dict.fromkeys(("completed", "dropped", "started", "handed_over"), 24_999))
    places = [f"q{n}" for n in range(MANY)]
    led = [Led(99_999, f"{word} {n}", 99_999, 99_999) for n in range(5)]
    counted = Steps(dict.fromkeys(places, 99_999), dict.fromkeys([*places, "gone"], tally))
    everywhere = dict.fromkeys((*known.by_name, *(f"0{word} {n}" for n in range(MANY))), (tally, tally))
    monkeypatch.setattr(flow_counts, "by_flow", lambda *_: everywhere)
    monkeypatch.setattr(flow_counts, "steps", lambda *_: counted)
    monkeypatch.setattr(flow_counts, "led_by", lambda *_: led)
    messages = outgoing([said(desk, known, text, language)], "anna", capabilities)
    assert len(messages) == 1


CUTS = (
    ("Tea", 3, "Tea"),
    ("Tea\n time", 20, "Tea time"),
    ("Tea time", 7, "Tea…"),
    ("茶茶茶", 9, "茶茶茶"),
    ("茶茶茶", 8, "茶…"),
)


@pytest.mark.parametrize(("text", "most", "short"), CUTS)
def test_a_title_is_cut_between_letters(text: str, most: int, short: str) -> None:
    assert shorten(text, most) == short


def test_the_flows_of_the_files_are_known_to_who_asks_over_the_webhook(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "tea.toml").write_text('title = "Tea"\n' + steps(question(0, "Well?")), encoding="utf-8")
    page = Page(tmp_path, clock)
    Admin.create(channel=page.channel.id, platform_user_id="anna", role="writer", added_at=clock.now())
    assert page.say("p1", "tea") == ["Well?"]
    assert "“Tea”: 1 (1) entered" in page.say("anna", "/flows")[0]
    clock.advance(days=31)
    assert "“Tea”: 0 (1) entered" in page.say("anna", "/flows")[0]
    page.runtime.database.close()
