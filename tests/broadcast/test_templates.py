"""Outside the window: one template instead of all messages, for whom nothing else may be sent, once."""

from collections import Counter
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import peewee as pw
import pytest

from broadcast import once_more
from broadcast.draft import personal_problems
from broadcast.evidence import take_echoes
from broadcast.outgoing import Mark
from broadcast.personalise import places_in, said_by, with_fallback
from broadcast.report import report
from broadcast.templates import FRESH, KEPT, known_templates, read_templates, template_problems
from handlers.content import Content, Outgoing, Template, TemplateValue, Text
from handlers.contract import PlatformError
from handlers.events import Echoed
from handlers.outcomes import Accepted, Fate, Outcome
from handlers.templates import ListedTemplate
from storage import broadcasts, channels, frequency, ledger, quotas, templates
from storage.fields import to_ms
from storage.lifecycle import BroadcastStatus
from storage.models import Broadcast, Subscriber
from storage.quotas import Limits
from tests.broadcast.lab import Lab, refused
from tests.conftest import START
from tests.support.clock import Clock
from tests.support.people import saw

BODY = "Hello {{1}}, your order {{2}} is on its way."
ORDER = Template(
    name="order_update",
    language="en",
    body=BODY,
    values=(TemplateValue(name="1", text="{first_name|there}"), TemplateValue(name="2", text="566701")),
)
LISTED = ListedTemplate("order_update", "en", "APPROVED", BODY, ("1", "2"))


@pytest.fixture
def lab(database: pw.Database, clock: Clock, valkey_server: str) -> Lab:
    """A channel to send on, on both databases."""
    return Lab(clock, valkey_server)


def closed(lab: Lab, number: int) -> list[str]:
    """Make people whose windows are closed."""
    people = lab.people(number)
    Subscriber.update(window_expires_at=lab.now() - timedelta(days=3)).where(
        Subscriber.platform_user_id.in_(people)
    ).execute()
    return people


def launch(lab: Lab, *texts: str, template: Template | None = ORDER) -> int:
    """Let a broadcast with a template send."""
    content = Content(messages=tuple(Text(text=text) for text in texts), template=template)
    row = broadcasts.create(lab.channel, "b", "boss", lab.now(), content=content.model_dump(mode="json"))
    broadcasts.move(row.id, BroadcastStatus.STARTING, "boss", lab.now())
    ledger.plan(row.id, lab.channel, None, {"first_name": Subscriber.first_name}, lab.now())
    broadcasts.move(row.id, BroadcastStatus.SENDING, "boss", lab.now(), started_at=lab.now())
    return int(row.id)


def got(lab: Lab, person: str) -> list[str]:
    return [
        one.message.text if isinstance(one.message, Text) else f"template {said_by(one.message)}"
        for one in lab.platform.calls
        if one.to == person and isinstance(one.message, Text | Template)
    ]


def test_each_gets_the_messages_or_the_template_and_never_both(lab: Lab) -> None:
    inside, outside = lab.people(20), closed(lab, 15)
    Subscriber.update(first_name="Mei").where(Subscriber.platform_user_id == outside[0]).execute()
    broadcast = launch(lab, "One", "Two", "Three")
    lab.deliver()
    assert all(got(lab, person) == ["One", "Two", "Three"] for person in inside)
    assert got(lab, outside[0]) == ["template Hello Mei, your order 566701 is on its way."]
    assert all(got(lab, one) == ["template Hello there, your order 566701 is on its way."] for one in outside[1:])
    assert lab.states(broadcast) == Counter(sent=35)
    assert {(row.by_template, row.step) for row in lab.rows(broadcast)} == {(False, 3), (True, 1)}
    assert lab.status(broadcast) == "sent"
    assert report(lab.draft(broadcast)).by_template == 15


def test_without_a_template_they_are_skipped_as_before(lab: Lab) -> None:
    closed(lab, 3)
    broadcast = launch(lab, "One", template=None)
    lab.deliver()
    assert {(row.state, row.reason) for row in lab.rows(broadcast)} == {("skipped", "outside_window")}


def test_whoever_has_read_the_first_message_gets_no_template_when_the_window_closes(lab: Lab) -> None:
    (person,) = lab.people(1)

    def window_closes(_: Outgoing) -> Outcome:
        lab.clock.advance(hours=20)
        return Accepted("m1")

    lab.platform.answer = window_closes
    broadcast = launch(lab, "One", "Two")
    lab.deliver()
    assert got(lab, person) == ["One"]
    (row,) = lab.rows(broadcast)
    assert (row.state, row.reason, row.by_template) == ("skipped", "outside_window", False)


def test_whoever_writes_before_the_second_try_gets_the_messages(lab: Lab) -> None:
    (person,) = closed(lab, 1)

    def busy_until_they_write(outgoing: Outgoing) -> Outcome:
        if isinstance(outgoing.message, Text):
            return Accepted("m1")
        saw(lab.channel, person, lab.now(), lab.now() + timedelta(hours=20))
        return refused("platform_trouble", Fate.RETRY, wait_seconds=0)

    lab.platform.answer = busy_until_they_write
    broadcast = launch(lab, "One", "Two")

    def tried() -> bool:
        return bool(lab.platform.calls)

    def passes() -> bool:
        lab.clock.advance(seconds=1)
        return lab.status(broadcast) == "sent"

    lab.deliver(tried, passes)
    assert got(lab, person)[1:] == ["One", "Two"]
    assert {(row.state, row.by_template, row.step) for row in lab.rows(broadcast)} == {("sent", False, 2)}


def test_whoever_the_platform_finds_outside_after_all_gets_the_template(lab: Lab) -> None:
    people = lab.people(3)
    lab.platform.answer = lambda out: (
        Accepted("m1") if isinstance(out.message, Template) else refused("outside_window", Fate.SKIP, "10/2018278")
    )
    broadcast = launch(lab, "One", "Two")
    lab.deliver()
    assert all([one[:8] for one in got(lab, person)] == ["One", "template"] for person in people)
    rows = {(row.state, row.by_template, row.step, row.reason) for row in lab.rows(broadcast)}
    assert rows == {("sent", True, 1, "")}


def test_whoever_the_platform_finds_outside_after_the_first_message_gets_no_template(lab: Lab) -> None:
    (person,) = lab.people(1)
    lab.platform.answer = lambda _: (
        Accepted("m1") if len(lab.platform.calls) == 1 else refused("outside_window", Fate.SKIP, "10/2018278")
    )
    broadcast = launch(lab, "One", "Two")
    lab.deliver()
    assert got(lab, person) == ["One", "Two"]
    (row,) = lab.rows(broadcast)
    assert (row.state, row.reason, row.by_template) == ("skipped", "outside_window", False)


def test_those_who_opted_out_get_no_template_either(lab: Lab) -> None:
    people = closed(lab, 2)
    broadcast = launch(lab, "One")
    Subscriber.update(consent="opted_out").where(Subscriber.platform_user_id == people[0]).execute()
    lab.deliver()
    assert lab.states(broadcast) == Counter(sent=1, skipped=1)


@pytest.mark.parametrize("late", [False, True])
def test_an_echo_of_a_template_ends_the_row_whatever_the_number_of_messages(lab: Lab, late: bool) -> None:
    closed(lab, 1)
    broadcast = launch(lab, "One", "Two")
    (claim,) = ledger.claim(broadcast, "w1", 1, lab.now())
    ledger.mark_sending(broadcast, "w1", [claim.subscriber_id], lab.now(), by_template=True)
    if late:
        ledger.release([], lab.now())
    mark = str(Mark(broadcast, claim.subscriber_id, 0))
    take_echoes(lab.channel, [Echoed(key="e", person="p", at=START, message_id="m1", metadata=mark)] * 2, lab.now())
    assert [(row.state, row.step, row.message_ids) for row in lab.rows(broadcast)] == [("sent", 1, "m1")]


def test_a_template_refused_for_everybody_holds_the_broadcast_though_messages_arrive(lab: Lab) -> None:
    """Half of the calls go well, so a count of all failures would not notice."""
    lab.people(60)
    closed(lab, 60)
    lab.rate = 200
    lab.platform.answer = lambda out: (
        refused("template_invalid", Fate.GIVE_UP, "100") if isinstance(out.message, Template) else Accepted("m")
    )
    broadcast = launch(lab, "One")
    lab.deliver(lambda: lab.status(broadcast) == "paused")
    assert lab.why(broadcast) == "template_invalid (100)"
    assert lab.states(broadcast)["pending"] > 0


def test_a_template_that_is_not_approved_any_more_costs_nobody_their_row(lab: Lab) -> None:
    closed(lab, 5)
    lab.platform.answer = lambda _: refused("template_refused", Fate.STOP, "10/2018278")
    broadcast = launch(lab, "One")
    lab.deliver(lambda: lab.status(broadcast) == "paused")
    assert lab.states(broadcast) == Counter(pending=5)


def test_a_platform_without_templates_skips_whoever_is_outside(lab: Lab) -> None:
    """A group's content is the same on all channels."""
    closed(lab, 2)
    lab.platform = WithoutTemplates(lab.platform)  # type: ignore[assignment]
    broadcast = launch(lab, "One")
    lab.deliver()
    assert {(row.state, row.reason) for row in lab.rows(broadcast)} == {("skipped", "outside_window")}


class WithoutTemplates:
    """Has all that the fake platform has, but for one power."""

    def __init__(self, platform: Any) -> None:
        self._platform = platform

    def __getattr__(self, name: str) -> Any:
        if name == "templates":
            raise AttributeError(name)
        return getattr(self._platform, name)


def test_a_template_counts_as_one_message_of_a_persons_day(lab: Lab) -> None:
    closed(lab, 1)
    broadcast = launch(lab, "One", "Two", "Three")
    (claim,) = ledger.claim(broadcast, "w1", 1, lab.now())
    ledger.mark_sending(broadcast, "w1", [claim.subscriber_id], lab.now(), by_template=True)
    assert frequency.had([claim.subscriber_id], to_ms(START), without=0) == {claim.subscriber_id: 1}


# -- the forecast and its limits


@pytest.mark.parametrize(
    ("template", "expected"),
    [(None, (6, 3, 2, 0)), (ORDER, (6, 5, 0, 2))],
    ids=["without a template", "with one"],
)
def test_the_reach_adds_up_with_and_without_a_template(
    database: pw.Database, make_desk: Any, template: Template | None, expected: tuple[int, ...]
) -> None:
    desk = make_desk()
    for number in range(6):
        until = START + timedelta(hours=20 if number < 3 else -20)
        saw(desk.channel_id, f"p{number}", START, until)
    Subscriber.update(consent="opted_out").where(Subscriber.platform_user_id == "p5").execute()
    content = Content(messages=(Text(text="One"), Text(text="Two")), template=template)
    reach = desk.reach(desk.edit(desk.create("Sale", "anna"), content=content))
    assert (reach.matched, reach.can_get, reach.window_closed, reach.by_template) == expected
    parts = (reach.can_get, reach.window_closed, reach.opted_out, reach.unreachable, reach.capped)
    assert sum(parts) == reach.matched
    assert reach.messages(2) == 3 * 2 + reach.by_template


def test_the_reach_adds_up_when_the_limit_of_a_day_takes_some_of_them(database: pw.Database, make_desk: Any) -> None:
    desk = make_desk()
    for number in range(4):
        saw(desk.channel_id, f"p{number}", START, START + timedelta(hours=20 if number < 2 else -20))
    quotas.set_limits(desk.channel_id, Limits(messages_per_person_per_day=1, time_zone="Europe/Berlin"))
    content = Content(messages=(Text(text="One"),), template=ORDER)
    earlier = desk.edit(desk.create("Earlier", "anna"), content=content)
    broadcasts.move(earlier.id, BroadcastStatus.STARTING, "anna", START)
    ledger.plan(earlier.id, desk.channel_id, None, {}, START)
    broadcasts.move(earlier.id, BroadcastStatus.SENDING, "anna", START, started_at=START)
    claims = ledger.claim(earlier.id, "w1", 10, START)
    inside, outside = claims[0].subscriber_id, claims[3].subscriber_id
    ledger.mark_sending(earlier.id, "w1", [inside], START)
    ledger.mark_sending(earlier.id, "w1", [outside], START, by_template=True)
    reach = desk.reach(desk.edit(desk.create("Now", "anna"), content=content))
    assert (reach.matched, reach.can_get, reach.by_template, reach.capped, reach.window_closed) == (4, 2, 1, 2, 0)


def test_a_retry_keeps_the_template_and_reaches_who_was_outside(database: pw.Database, make_desk: Any) -> None:
    desk = make_desk()
    saw(desk.channel_id, "p1", START, START - timedelta(hours=1))
    content = Content(messages=(Text(text="One"),), template=ORDER)
    first = desk.edit(desk.create("Sale", "anna"), content=content)
    ledger.plan(first.id, desk.channel_id, None, {}, START)
    (claim,) = ledger.claim(first.id, "w1", 1, START)
    ledger.skip(first.id, "w1", [(claim.subscriber_id, "outside_window")], START)
    again = once_more.retry(desk, first, "anna")
    assert again.content.template == ORDER
    assert (desk.reach(again).can_get, desk.reach(again).by_template) == (1, 1)


# -- what is known of them


class Shelf:
    """A platform that has templates, or says why it shows none."""

    def __init__(self) -> None:
        self.told: list[ListedTemplate] | str = [LISTED]
        self.asked = 0

    def templates(self) -> tuple[ListedTemplate, ...]:
        self.asked += 1
        if isinstance(self.told, str):
            raise PlatformError(self.told)
        return tuple(self.told)


@pytest.fixture
def channel(database: pw.Database) -> int:
    return channels.ensure("page", "messenger")


def test_templates_are_read_once_somebody_asks_and_now_and_then_from_then_on(channel: int) -> None:
    shelf = Shelf()
    assert not read_templates(channel, shelf, START)  # type: ignore[arg-type]
    assert known_templates(channel, START).asking
    times = [timedelta(0), timedelta(seconds=2), KEPT - FRESH, KEPT, KEPT + FRESH]
    tried = [read_templates(channel, shelf, START + after) for after in times]  # type: ignore[arg-type]
    assert tried == [True, False, False, True, False]
    known = known_templates(channel, START + KEPT)
    assert (known.listed, known.asking, known.read_at) == ((LISTED,), False, START + KEPT)
    assert known_templates(channel, START + KEPT + 2 * FRESH).asking
    assert read_templates(channel, shelf, START + KEPT + 2 * FRESH)  # type: ignore[arg-type]
    back = START - timedelta(hours=2)  # by a clock that was set back, what was read is yet to come
    assert known_templates(channel, back).asking
    assert read_templates(channel, shelf, back)  # type: ignore[arg-type]
    assert not known_templates(channel, back).asking
    assert shelf.asked == 4


def test_a_list_that_cannot_be_read_again_is_kept_with_the_reason(channel: int) -> None:
    shelf = Shelf()
    templates.want(channel, START)
    read_templates(channel, shelf, START)  # type: ignore[arg-type]
    shelf.told = "Facebook did not answer."
    templates.want(channel, START + FRESH)
    read_templates(channel, shelf, START + FRESH)  # type: ignore[arg-type]
    known = known_templates(channel, START + FRESH)
    assert (known.approved, known.problem) == ((LISTED,), "Facebook did not answer.")


PROBLEMS = (
    ("approved", [LISTED], ""),
    ("gone", [], "template_gone"),
    ("in another language only", [ListedTemplate("order_update", "de", "APPROVED", BODY)], "template_gone"),
    ("waiting", [ListedTemplate("order_update", "en", "PENDING", BODY)], "template_pending"),
    ("rejected", [ListedTemplate("order_update", "en", "REJECTED", BODY)], "template_rejected"),
    ("paused", [ListedTemplate("order_update", "en", "PAUSED", BODY)], "template_paused"),
    ("of a status we do not know", [ListedTemplate("order_update", "en", "NEW", BODY)], "template_unusable"),
    ("with other places", [ListedTemplate("order_update", "en", "APPROVED", "Hi {{1}}", ("1",))], "template_changed"),
    (
        "with places we cannot fill",
        [ListedTemplate("order_update", "en", "APPROVED", BODY, ("1", "2"), fillable=False)],
        "template_changed",
    ),
)


@pytest.mark.parametrize(("listed", "code"), [row[1:] for row in PROBLEMS], ids=[row[0] for row in PROBLEMS])
def test_what_keeps_a_template_from_being_sent(channel: int, listed: list[ListedTemplate], code: str) -> None:
    templates.want(channel, START)
    templates.write(channel, [asdict(one) for one in listed], START)
    found = template_problems(channel, Shelf(), ORDER)  # type: ignore[arg-type]
    assert [problem.code for problem in found] == ([code] if code else [])
    assert all(problem.sentence.format(**problem.facts) for problem in found)


def test_nothing_is_held_against_a_template_nobody_could_look_up(channel: int) -> None:
    assert template_problems(channel, Shelf(), ORDER) == []  # type: ignore[arg-type]
    assert template_problems(channel, object(), ORDER) == []  # type: ignore[arg-type]


# -- its words


def test_values_of_a_template_are_personal_like_any_message() -> None:
    bare = ORDER.model_copy(update={"values": (TemplateValue(name="1", text="{first_name}"),)})
    content = Content(messages=(Text(text="Hi"),), template=bare)
    assert [place.name for place in places_in(content)] == ["first_name"]
    assert [problem.code for problem in personal_problems(content, ())] == ["no_fallback"]
    mended = with_fallback(content, "first_name", "there")
    assert personal_problems(mended, ()) == []
    assert mended.template is not None
    assert said_by(mended.template) == "Hello {first_name|there}, your order {{2}} is on its way."


def test_a_draft_stored_before_there_were_templates_has_none(channel: int) -> None:
    row = broadcasts.create(channel, "b", "boss", START, content={"version": 1, "messages": []})
    assert Content.model_validate(Broadcast.get_by_id(row.id).content).template is None
