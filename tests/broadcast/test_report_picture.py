"""The picture of a report on its way: from the ledger, by an address or as bytes, and never in anybody's way."""

import asyncio
import io
from datetime import datetime, timedelta

import peewee as pw
import pytest
from PIL import Image as Pillow
from redis.asyncio import Redis

from broadcast.draft import Draft, from_row
from broadcast.figures import figures
from broadcast.limits import Pace
from broadcast.replies import Place, Replies
from broadcast.report import report
from broadcast.report_picture import ENDING, LIFETIME, PATH, ReportPictures, can_be_shown, image_of
from broadcast.threads import DatabaseThread
from handlers.content import Button, Content, Image, Outgoing, Text
from handlers.contract import PlatformError
from handlers.outcomes import Fate, Uncertain
from storage import broadcasts, channels, clicks, outbox, subscribers
from storage.lifecycle import BroadcastStatus as S
from storage.models import OutboxMessage, Recipient, UploadedMedia
from tests.broadcast.lab import PATIENCE_SECONDS, FakePlatform, Lab, refused
from tests.conftest import START
from tests.support.people import saw

SAID = Content(
    messages=(
        Text(text="Hi", buttons=(Button(kind="url", title="Rarely", value="https://example.com"),)),
        Text(text="Ho", buttons=(Button(kind="url", title="Often", value="https://example.com"),)),
    )
)
BASE = "https://bot.example.com"


class TakesBytes(FakePlatform):
    """A platform that fetches nothing and takes bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.bytes: list[bytes] = []

    def upload_bytes(self, data: bytes) -> str:
        self.bytes.append(data)
        return f"bytes{len(self.bytes)}"


def begun(channel: int) -> Draft:
    """A broadcast to five: sent at 0, 0, 61 and 130 s, one of them failed; two tapped, one of them twice."""
    people = []
    for number in range(5):
        saw(channel, f"p{number}", START, None)
        people.append(subscribers.find(channel, f"p{number}").id)
    row = broadcasts.create(channel, "b", "boss", START, content=SAID.model_dump(mode="json"))
    broadcasts.move(row.id, S.STARTING, "boss", START)
    broadcasts.move(row.id, S.SENDING, "boss", START, started_at=START)
    came = [("sent", 0), ("delivered", 0), ("read", 61), ("sent", 130), ("failed", 130)]
    for person, (state, seconds) in zip(people, came, strict=True):
        Recipient.create(
            broadcast=row.id, subscriber=person, state=state, sent_at=START + timedelta(seconds=seconds),
            updated_at=START,
        )  # fmt: skip
    for person, place in ((people[0], "0.0"), (people[0], "1.0"), (people[2], "1.0")):
        clicks.record(row.id, person, place, START)
    return from_row(broadcasts.get(row.id))


def test_the_figures_are_those_of_the_report_and_the_ledger(database: pw.Database) -> None:
    draft = begun(channels.ensure("page", "messenger"))
    shown = figures(draft, report(draft), receipts=True)
    assert [(bar.letter, bar.what, bar.people, bar.percent) for bar in (*shown.funnel, *shown.buttons)] == [
        ("A", "audience", 5, 100),
        ("B", "sent", 4, 80),
        ("C", "delivered", 2, 50),
        ("D", "read", 1, 25),
        ("E", "tapped", 2, 50),
        ("G", "Often", 2, 50),
        ("H", "Rarely", 1, 25),
    ]
    assert (shown.timeline.letter, shown.timeline.slot) == ("F", timedelta(seconds=10))
    assert shown.timeline.people == (2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1)


def test_a_clock_that_was_set_back_since_the_start_costs_the_timeline_and_not_the_picture(sqlite: pw.Database) -> None:
    draft = begun(channels.ensure("page", "messenger"))
    Recipient.update(sent_at=START - timedelta(hours=1)).execute()
    shown = figures(draft, report(draft), receipts=True)
    assert shown.timeline.people == ()
    assert [bar.people for bar in shown.funnel] == [5, 4, 2, 1, 2]


def test_where_nothing_is_known_of_single_people_nothing_is_shown(sqlite: pw.Database) -> None:
    draft = begun(channels.ensure("page", "messenger"))
    assert [bar.what for bar in figures(draft, report(draft), receipts=False).funnel] == ["audience", "sent", "tapped"]


@pytest.mark.parametrize(
    ("base_url", "api_base", "possible"),
    [
        ("https://bot.example.com", "https://graph.facebook.com", True),
        ("http://localhost:8000", "https://graph.facebook.com", False),
        ("http://localhost:8000", "http://127.0.0.1:8701", True),
    ],
)
def test_a_platform_that_fetches_has_to_reach_us(base_url: str, api_base: str, possible: bool) -> None:
    assert can_be_shown(FakePlatform(), base_url, api_base) is possible  # type: ignore[arg-type]
    assert can_be_shown(TakesBytes(), base_url, api_base)  # type: ignore[arg-type]


def token(address: str) -> str:
    return address.removeprefix(f"{BASE}{PATH}").removesuffix(ENDING)


def test_an_address_leads_to_the_picture_for_a_day_and_cannot_be_made_by_others(sqlite: pw.Database) -> None:
    draft = begun(channels.ensure("page", "messenger"))
    pictures, others = ReportPictures("our-secret", BASE), ReportPictures("their-secret", BASE)
    address = pictures.address(draft.id, START)
    picture = pictures.fetch(token(address), START + LIFETIME - timedelta(seconds=1))
    assert picture is not None
    assert Pillow.open(io.BytesIO(picture)).format == "PNG"
    assert pictures.fetch(token(address), START + LIFETIME) is None
    assert pictures.fetch(token(others.address(draft.id, START)), START) is None
    assert pictures.fetch(token(pictures.address(draft.id + 1, START)), START) is None
    assert pictures.fetch(pictures._signer.dumps("x"), START) is None


def message(draft: Draft) -> Outgoing:
    return Outgoing(to="anna", message=image_of(draft))


def test_a_platform_that_fetches_is_given_an_address(sqlite: pw.Database) -> None:
    channel = channels.ensure("page", "messenger")
    draft = begun(channel)
    placed = ReportPictures("s", BASE).place(channel, FakePlatform(), message(draft), START)  # type: ignore[arg-type]
    assert isinstance(placed.message, Image)
    assert placed.message.url.startswith(f"{BASE}{PATH}")


def test_a_platform_that_takes_bytes_is_given_the_same_picture_once(sqlite: pw.Database) -> None:
    channel = channels.ensure("account", "wechat")
    draft, platform, pictures = begun(channel), TakesBytes(), ReportPictures("s", BASE)
    for _ in range(2):
        placed = pictures.place(channel, platform, message(draft), START)  # type: ignore[arg-type]
        assert placed.message == Image(url="", platform_ref="bytes1")
    Recipient.update(state="read").where(Recipient.state == "delivered").execute()
    again = pictures.place(channel, platform, message(draft), START)  # type: ignore[arg-type]
    assert again.message == Image(url="", platform_ref="bytes2")
    assert UploadedMedia.select().count() == 2


def test_a_picture_of_another_channels_broadcast_is_not_had(sqlite: pw.Database) -> None:
    draft, other = begun(channels.ensure("page", "messenger")), channels.ensure("other", "messenger")
    with pytest.raises(PlatformError, match="no longer there"):
        ReportPictures("s", BASE).place(other, FakePlatform(), message(draft), START)  # type: ignore[arg-type]


def reply(lab: Lab, message: Image | Text) -> int:
    return outbox.add(lab.channel, "anna", Outgoing(to="anna", message=message).model_dump(mode="json"), lab.now())


def send(lab: Lab, place: Place, last: int, redis_url: str) -> None:
    """Send replies until the last one is dealt with."""

    async def go() -> None:
        redis, database = Redis.from_url(redis_url), DatabaseThread("live")
        lane = Replies(
            lab.channel, lab.platform, lab.rate, Pace(redis), "w1", lab.now, database, place  # type: ignore[arg-type]
        )  # fmt: skip
        running = asyncio.create_task(lane.run())
        async with asyncio.timeout(PATIENCE_SECONDS):
            while OutboxMessage.get_by_id(last).state not in {"sent", "failed"}:
                await asyncio.sleep(0.01)
                lane.wake()
        lane.stop()
        await running
        database.close()
        await redis.aclose()

    asyncio.run(go())


def placer(lab: Lab) -> Place:
    async def place(outgoing: Outgoing) -> Outgoing:
        now: datetime = lab.now()
        return ReportPictures("s", BASE).place(lab.channel, lab.platform, outgoing, now)  # type: ignore[arg-type]

    return place


def test_the_worker_puts_the_picture_in_its_place(lab: Lab, valkey_server: str) -> None:
    number = reply(lab, image_of(begun(lab.channel)))
    send(lab, placer(lab), number, valkey_server)
    (call,) = lab.platform.calls
    assert isinstance(call.message, Image)
    assert call.message.url.startswith(f"{BASE}{PATH}")
    assert OutboxMessage.get_by_id(number).state == "sent"


@pytest.mark.parametrize(
    "answer", [refused("upload_failed", Fate.STOP), refused("throttled", Fate.PAUSE), Uncertain("lost")]
)
def test_a_picture_that_is_not_taken_keeps_nothing_behind_it_waiting(lab: Lab, valkey_server: str, answer) -> None:
    picture, words = reply(lab, image_of(begun(lab.channel))), reply(lab, Text(text="next"))
    taken = lab.platform.answer
    lab.platform.answer = lambda out: answer if isinstance(out.message, Image) else taken(out)
    send(lab, placer(lab), words, valkey_server)
    assert lab.platform.heard("anna") == ["next"]
    row = OutboxMessage.get_by_id(picture)
    assert (row.state, row.reason) == ("failed", "picture_unsent")


def test_a_picture_that_cannot_be_had_fails_alone(lab: Lab, valkey_server: str) -> None:
    picture, words = reply(lab, Image(url="report:999")), reply(lab, Text(text="next"))
    send(lab, placer(lab), words, valkey_server)
    assert lab.platform.heard("anna") == ["next"]
    assert OutboxMessage.get_by_id(picture).reason == "picture_unsent"
