"""One broadcast on several channels: sent on all or on none, each part with its own ledger and limits."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import peewee as pw
import pytest

from broadcast import group
from broadcast.draft import Draft
from broadcast.plan import plan
from broadcast.service import Desk, Unsendable
from handlers.content import Content, Text
from storage import admins, broadcasts, channels, entries, quotas, subscribers
from storage.broadcasts import EditedMeanwhile
from storage.lifecycle import BroadcastStatus, IllegalMove, RecipientState
from storage.models import Admin
from tests.conftest import START
from tests.handlers.wechat.account import make_account
from tests.support.clock import Clock
from tests.support.people import saw

HELLO = Content(messages=(Text(text="Hello"),))
S = BroadcastStatus


@pytest.fixture
def desks(database: pw.Database, make_desk: Any, clock: Clock) -> tuple[Desk, Desk]:
    """A Page with three people and an Official Account with two; anna is wanda there, and zoe only on the account."""
    shop_id = channels.ensure("shop", "wechat")
    shop = make_desk(channel_id=shop_id, channel_name="shop", platform=make_account(clock=clock))
    page = make_desk(elsewhere=lambda: [shop])
    shop = replace(shop, elsewhere=lambda: [page])
    rows = [(page, "anna", "owner"), (shop, "wanda", "sender"), (shop, "zoe", "owner")]
    anna, wanda, _ = (
        Admin.create(channel=desk.channel_id, platform_user_id=who, role=role, added_at=START)
        for desk, who, role in rows
    )
    assert admins.link(wanda, admins.link_code(anna.id, START), START) is not None
    for desk, number in ((page, 3), (shop, 2)):
        for at in range(number):
            saw(desk.channel_id, f"p{at}", START, START + timedelta(hours=20))
    return page, shop


def both(desks: tuple[Desk, Desk], **changes: Any) -> tuple[Draft, Draft]:
    page, shop = desks
    one = page.edit(page.create("Sale", "anna"), content=HELLO, **changes)
    one = group.add(page, one, shop, "anna")
    return one, other(desks, one)


def other(desks: tuple[Desk, Desk], one: Draft) -> Draft:
    (part,) = [part for part in group.parts(desks[0], one, "anna") if part.draft.id != one.id]
    return part.draft


def statuses(*drafts: Draft) -> list[str]:
    return [row.status for draft in drafts if (row := broadcasts.get(draft.id))]


def test_a_part_begins_as_a_copy_with_a_name_and_a_road_of_its_own(desks: tuple[Desk, Desk]) -> None:
    when = START + timedelta(days=1)
    one, two = both(desks, audience="first_name is set", scheduled_for=when, late_seconds=60)
    assert two.content == HELLO
    assert (two.audience, two.scheduled_for, two.late_seconds) == ("first_name is set", when, 60)
    assert (two.road, two.created_by, two.channel_id) == ("mass", "wanda", desks[1].channel_id)
    assert one.group_id == two.group_id == one.id


def test_what_they_share_is_changed_on_both_from_either_side_and_what_is_their_own_is_not(
    desks: tuple[Desk, Desk],
) -> None:
    page, shop = desks
    one, two = both(desks)
    one = group.edit(page, one, "anna", audience="language = en", name="Spring")
    two = other(desks, one)
    assert (two.audience, two.name) == ("language = en", "Sale")
    group.edit(shop, two, "wanda", audience="", road="single")
    assert broadcasts.get(one.id).audience == ""
    assert broadcasts.get(one.id).road == ""
    with pytest.raises(EditedMeanwhile):
        group.edit(page, one, "anna", audience="language = de")
    assert broadcasts.get(two.id).audience == ""


def test_who_is_an_admin_of_one_channel_only_changes_and_sends_nothing(desks: tuple[Desk, Desk]) -> None:
    _page, shop = desks
    one, two = both(desks)
    with pytest.raises(Unsendable):
        group.edit(shop, two, "zoe", audience="language = en")
    with pytest.raises(Unsendable):
        group.send(shop, two, "zoe")
    assert [part.draft.id for part in group.parts(shop, two, "zoe")] == [two.id]
    assert statuses(one, two) == ["draft", "draft"]
    assert broadcasts.get(two.id).audience == ""


def test_one_send_starts_both_and_one_undo_takes_both_back(desks: tuple[Desk, Desk], clock: Clock) -> None:
    page, _shop = desks
    one, two = both(desks)
    assert group.send(page, one, "anna") == START + timedelta(seconds=15)
    assert statuses(one, two) == ["starting", "starting"]
    assert group.undo_send(page, page.get(one.id), "anna")
    assert statuses(one, two) == ["draft", "draft"]
    assert [quotas.held(draft.id) for draft in (one, two)] == [None, None]


def test_an_undo_that_comes_too_late_for_one_is_too_late_for_all(desks: tuple[Desk, Desk]) -> None:
    page, _shop = desks
    one, two = both(desks)
    group.send(page, one, "anna")
    broadcasts.move(two.id, S.SENDING, "worker", START, started_at=START)
    assert not group.undo_send(page, page.get(one.id), "anna")
    assert statuses(one, two) == ["starting", "sending"]


def test_whoever_approved_it_on_one_channel_takes_it_back_on_both(desks: tuple[Desk, Desk]) -> None:
    page, _shop = desks
    page = replace(page, approve_above=1)
    Admin.create(channel=page.channel_id, platform_user_id="ben", role="sender", added_at=START)
    one, two = both((page, desks[1]))
    assert group.refusal(page, one, "anna") is None
    with pytest.raises(Unsendable) as caught:
        group.send(page, one, "anna")
    assert [problem.code for problem in caught.value.found] == ["needs_approval"]
    group.send(page, one, "anna", approved=True)
    assert statuses(one, two) == ["starting", "starting"]
    assert group.undo_send(page, page.get(one.id), "ben")
    assert statuses(one, two) == ["draft", "draft"]


def test_scheduling_and_taking_out_of_the_calendar_move_both(desks: tuple[Desk, Desk]) -> None:
    page, _shop = desks
    one, two = both(desks, scheduled_for=START + timedelta(hours=2))
    group.schedule(page, one, "anna")
    assert statuses(one, two) == ["scheduled", "scheduled"]
    group.unschedule(page, page.get(one.id), "anna")
    assert statuses(one, two) == ["draft", "draft"]


REFUSALS = ("quota_day", "personal_in_mass", "needs_approval", "nobody", "filter")


@pytest.mark.parametrize("why", REFUSALS)
def test_when_one_channel_refuses_nothing_is_sent_anywhere_and_it_is_named(desks: tuple[Desk, Desk], why: str) -> None:
    page, shop = desks
    one, two = both(desks)
    match why:
        case "quota_day":
            quotas.set_limits(shop.channel_id, replace(quotas.limits(shop.channel_id), broadcasts_per_day=1))
            shop.send(shop.edit(shop.create("Another", "zoe"), content=HELLO), "zoe")
        case "personal_in_mass":
            content = Content(messages=(Text(text="Hello {first_name|you}"),))
            one = group.edit(page, one, "anna", content=content)
        case "needs_approval":
            Admin.update(role="writer").where(Admin.platform_user_id == "wanda").execute()
        case "nobody":
            for at in range(2):
                subscribers.gone(shop.channel_id, f"p{at}", shop.now())
        case _:
            one = group.edit(page, one, "anna", audience="plan = pro")
    with pytest.raises(Unsendable) as caught:
        group.send(page, one, "anna")
    assert [problem.code for problem in caught.value.found] == [why]
    assert caught.value.channel == "shop"
    assert statuses(one, two) == ["draft", "draft"]
    assert quotas.held(one.id) is None


def test_pause_resume_and_cancel_reach_as_far_as_the_rights_do(desks: tuple[Desk, Desk]) -> None:
    page, shop = desks
    one, two = both(desks)
    group.send(page, one, "anna")
    group.pause(shop, shop.get(two.id), "zoe")
    assert statuses(one, two) == ["starting", "paused"]
    group.pause(page, page.get(one.id), "anna")
    assert statuses(one, two) == ["paused", "paused"]
    group.resume(page, page.get(one.id), "anna")
    assert statuses(one, two) == ["starting", "starting"]
    Admin.update(role="writer").where(Admin.platform_user_id == "wanda").execute()
    group.cancel(page, page.get(one.id), "anna")
    assert statuses(one, two) == ["cancelled", "starting"]
    with pytest.raises(IllegalMove):
        group.pause(page, page.get(one.id), "anna")


def test_the_numbers_of_the_parts_add_up_and_each_has_a_ledger_of_its_own(desks: tuple[Desk, Desk]) -> None:
    page, _shop = desks
    one, two = both(desks)
    group.send(page, one, "anna")
    for draft in (one, two):
        assert plan(draft.id, START)
    sums = [entries.sums(draft.id) for draft in (one, two)]
    total = group.together(sums)
    assert [one.audience for one in sums] == [3, 2]
    assert (total.audience, total.of(RecipientState.PENDING)) == (5, 5)


def test_a_part_that_is_dropped_is_cancelled_and_the_draft_is_alone_again(desks: tuple[Desk, Desk]) -> None:
    page, shop = desks
    one, two = both(desks)
    (part,) = [part for part in group.before(page, one, "anna") if part.draft.id == two.id]
    one = group.drop(page, one, part)
    assert one.group_id is None
    assert statuses(one, two) == ["draft", "cancelled"]
    assert group.possible(page, one, "anna") == [shop]
    group.send(page, one, "anna")
    assert statuses(one, two) == ["starting", "cancelled"]


def test_a_practice_draft_goes_nowhere_else(desks: tuple[Desk, Desk]) -> None:
    page, _shop = desks
    assert group.possible(page, page.practise("Try", "anna"), "anna") == []
