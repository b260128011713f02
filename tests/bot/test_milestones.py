"""What the admin concerned is told as a broadcast goes on its way."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import broadcast as engine
from bot.milestones import WORDS
from broadcast.draft import from_row
from broadcast.plan import plan
from broadcast.service import Desk
from handlers.wechat.reviews import explain
from storage import broadcasts, entries
from storage.entries import Sums
from storage.lifecycle import BroadcastStatus
from storage.mass_models import MassJob
from storage.models import Admin, Broadcast, OutboxMessage
from tests.handlers.wechat.account import make_account
from tests.support import outcomes
from tests.support.clock import Clock
from tests.support.transcript import Stage


@pytest.fixture
def account(desk: Desk, clock: Clock) -> Desk:
    """A desk whose channel is a WeChat account."""
    return replace(desk, platform=make_account(clock=clock))


SENT = """\
-- anna is a sender
{language}-- 2 people can get it
-- 1 person opted out
anna> /broadcast new Sale
anna> now
anna> everyone
anna> Hello
anna> done
anna> {send}
"""


@pytest.mark.parametrize(
    ("language", "leaves", "began"),
    [
        ("", "for 2 of the 3 people who match", "People who match: 3; whoever cannot get it is skipped."),
        ("zh_CN", "发给符合的 3 人中的 2 人", "符合的有 3 人，收不到的会跳过。"),
    ],
)
def test_the_start_names_the_number_that_send_named(
    desk: Desk, clock: Clock, language: str, leaves: str, began: str
) -> None:
    chosen = "-- anna speaks Chinese\n" if language else ""
    talk = SENT.format(language=chosen, send="发送" if language else "send")
    assert leaves in Stage(desk, clock).play(talk)
    (row,) = broadcasts.with_status(desk.channel_id, BroadcastStatus.STARTING)
    plan(row.id, clock.now())
    outcomes.milestones(desk, clock.now())("started", from_row(row))
    assert began in OutboxMessage.select().order_by(OutboxMessage.id.desc()).get().payload["message"]["text"]


REFUSALS = (
    ("err(20001)", "微信审核认为其中涉及政治。"),
    ("err(20431)", "微信审核未通过（err(20431)）。"),
    ("send fail", "微信未能发送，且未说明原因。"),
)


def told_of_a_refusal(desk: Desk, clock: Clock, reason: str, status: str) -> str:
    row = broadcasts.create(desk.channel_id, "Sale", "anna", clock.now())
    fields = {"channel": desk.channel_id, "platform_user_id": "anna", "role": "sender", "added_at": clock.now()}
    Admin.create(**fields, language="zh_CN")
    MassJob.create(
        broadcast=row.id,
        channel=desk.channel_id,
        number=1,
        kind="everyone",
        people=2,
        key="k",
        state="failed",
        reason=reason,
        status=status,
        updated_at=clock.now(),
    )
    outcomes.milestones(desk, clock.now())("review_failed", from_row(row))
    return str(OutboxMessage.select().order_by(OutboxMessage.id.desc()).get().payload["message"]["text"])


@pytest.mark.parametrize(("status", "sentence"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_a_refusal_of_wechats_review_is_told_with_its_code(
    account: Desk, clock: Clock, status: str, sentence: str
) -> None:
    assert f"：{sentence}" in told_of_a_refusal(account, clock, explain(status).reason, status)


@pytest.mark.parametrize(("reason", "said"), [("", "没有给出原因。"), ("new_rule", "new_rule err(7)")])
def test_a_refusal_nobody_knows_is_told_as_far_as_it_is_known(
    account: Desk, clock: Clock, reason: str, said: str
) -> None:
    words = told_of_a_refusal(account, clock, reason, "err(7)")
    assert said in words
    assert "Project-Id-Version" not in words


@pytest.mark.parametrize(("language", "number"), [("", "10,001 sent"), ("zh_CN", "10,001")])
def test_large_numbers_are_written_as_on_the_cards_and_ids_are_not(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch, language: str, number: str
) -> None:
    row = broadcasts.create(desk.channel_id, "Sale", "anna", clock.now())
    Broadcast.update(id=12_345).where(Broadcast.id == row.id).execute()
    fields = {"channel": desk.channel_id, "platform_user_id": "anna", "role": "sender", "added_at": clock.now()}
    Admin.create(**fields, language=language)
    monkeypatch.setattr(entries, "sums", lambda _broadcast: Sums({"sent": 10_001}))
    outcomes.milestones(desk, clock.now())("sent", from_row(Broadcast.get()))
    said = OutboxMessage.select().order_by(OutboxMessage.id.desc()).get().payload["message"]["text"]
    assert number in said
    assert "/broadcast report 12345" in said


def test_every_milestone_of_the_engine_has_words_and_no_other_has() -> None:
    code = "".join(path.read_text("utf-8") for path in Path(str(engine.__path__[0])).rglob("*.py"))
    named = set(re.findall(r'notify\("(\w+)"', code))
    assert named == set(WORDS)


def test_a_milestone_of_another_name_is_an_error_and_no_false_sentence(desk: Desk, clock: Clock) -> None:
    row = broadcasts.create(desk.channel_id, "Sale", "anna", clock.now())
    with pytest.raises(KeyError):
        outcomes.milestones(desk, clock.now())("mised", from_row(row))
    assert OutboxMessage.select().count() == 0
