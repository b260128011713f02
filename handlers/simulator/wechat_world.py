"""All state of one simulated account in one place, so that it can be started over."""

from handlers.simulator.clock import VirtualClock
from handlers.simulator.faults import FaultBoard
from handlers.simulator.wechat_config import WeChatConfig
from handlers.simulator.wechat_drafts import Drafts
from handlers.simulator.wechat_faults import FAULTS
from handlers.simulator.wechat_jobs import Jobs
from handlers.simulator.wechat_media import Media
from handlers.simulator.wechat_menu import Menu
from handlers.simulator.wechat_people import Followers
from handlers.simulator.wechat_quotas import Quotas
from handlers.simulator.wechat_record import Record
from handlers.simulator.wechat_tags import Tags
from handlers.simulator.wechat_tokens import Tokens
from handlers.simulator.wechat_windows import Windows


class World:
    """The account, its followers, and what has happened to them since the start.

    `exchanged` has the time of the last message either way, in milliseconds, by follower.
    """

    def __init__(self, config: WeChatConfig, clock: VirtualClock) -> None:
        self.people = Followers(config.app_id)
        self.faults = FaultBoard(FAULTS)
        self.tags = Tags(self.people, self.faults)
        self.windows = Windows()
        self.quotas = Quotas(config)
        self.tokens = Tokens(config, self.quotas)
        self.media = Media()
        self.drafts = Drafts(config, self.media)
        self.jobs = Jobs()
        self.menu = Menu()
        self.record = Record(keep=config.record)
        self.exchanged: dict[int, int] = {}
        if config.followers:
            self.people.add(config.followers, clock.millis())
