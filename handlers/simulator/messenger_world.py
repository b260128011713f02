"""All state of one simulated Page in one place, so that it can be started over."""

from handlers.simulator.clock import VirtualClock
from handlers.simulator.faults import FaultBoard
from handlers.simulator.messenger_attachments import Attachments
from handlers.simulator.messenger_config import MessengerConfig
from handlers.simulator.messenger_people import People
from handlers.simulator.messenger_profile import PageProfile
from handlers.simulator.messenger_rates import Rates
from handlers.simulator.messenger_record import Record
from handlers.simulator.messenger_templates import Templates
from handlers.simulator.messenger_webhooks import Webhooks
from handlers.simulator.stream import Stream

_HOUR_MS = 60 * 60 * 1000


class World:
    """The Page, its people, and what has happened to them since the start."""

    def __init__(self, config: MessengerConfig, clock: VirtualClock, stream: Stream) -> None:
        self.people = People(config.page_id)
        self.attachments = Attachments()
        self.templates = Templates()
        self.profile = PageProfile()
        self.rates = Rates(config)
        self.record = Record(keep=config.record)
        self.faults = FaultBoard()
        self.webhooks = Webhooks(config, clock, self.faults, stream)
        if config.people:
            self.people.add(config.people, clock.millis() + int(config.window_hours * _HOUR_MS))
