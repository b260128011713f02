"""A lane takes jobs on one after the other, and begins nothing once it was told to stop."""

import asyncio
from collections.abc import Callable

from broadcast.limits import Grant
from broadcast.mass.lane import MassLane
from handlers.content import Content, Image
from handlers.contract import Problem
from storage import mass_jobs
from tests.broadcast.mass.account import FakeAccount, MassLab


class Account(FakeAccount):
    """An account that has single messages too."""

    def check_personal(self, _content: Content) -> list[Problem]:
        return []


class Slots:
    """Gives every slot at once, after doing what happens while one waits for it."""

    def __init__(self) -> None:
        self.meanwhile: Callable[[], None] = lambda: None

    async def bulk(self, _channel: int, _rate: float, count: int) -> Grant:
        self.meanwhile()
        return Grant(count, 0.0, 0.0)


def lane_of(lab: MassLab, slots: Slots) -> MassLane:
    lab.account = Account(lab.mass)
    return MassLane(lab.channel, lab.account, slots, lab.worker, lab.clock.now, lab.notify)


def test_a_lane_told_to_stop_while_it_waits_for_a_slot_makes_no_call(service):
    service.people(3)
    broadcast = service.broadcast(Image(url="http://mmbiz.qpic.cn/a"))
    slots = Slots()
    lane = lane_of(service, slots)
    slots.meanwhile = lane.stop
    asyncio.run(lane.run())
    assert (service.mass.sent, service.account.uploads) == ([], [])
    assert service.states(broadcast) == {"pending": 3}
    assert mass_jobs.of(broadcast)[0].worker is None


def test_a_lane_told_to_stop_while_an_article_is_stored_makes_no_call(service):
    service.people(3)
    broadcast = service.broadcast(service.news())
    lane = lane_of(service, Slots())
    draft = service.mass.draft

    def stores(*given: object, **more: object) -> str:
        lane.stop()
        return draft(*given, **more)

    service.mass.draft = stores
    asyncio.run(lane.run())
    assert service.mass.sent == []
    assert mass_jobs.of(broadcast)[0].worker is None
    service.work()
    assert service.mass.sent[0][2] == "draft1"


def test_a_lane_ends_what_it_has_sent(service):
    service.people(3)
    broadcast = service.broadcast()
    lane = lane_of(service, Slots())
    service.heard = lambda what: lane.stop() if what == "sent" else None
    asyncio.run(asyncio.wait_for(lane.run(), 30))
    assert service.states(broadcast) == {"sent": 3}
    assert service.draft(broadcast).status == "sent"
