"""One simulated account: its set-up, its clock, its feed, and the state that can be started over."""

from handlers.simulator.clock import VirtualClock
from handlers.simulator.faults import FaultBoard
from handlers.simulator.stream import Stream
from handlers.simulator.wechat_api import Api
from handlers.simulator.wechat_config import WeChatConfig
from handlers.simulator.wechat_replies import Replies
from handlers.simulator.wechat_runner import Runner
from handlers.simulator.wechat_webhooks import Webhooks
from handlers.simulator.wechat_world import World


class SimulatedAccount:
    """What the API, the webhook side and the control API share."""

    def __init__(self, config: WeChatConfig, clock: VirtualClock) -> None:
        self.config = config
        self.clock = clock
        self.stream = Stream()
        self._build()

    @property
    def faults(self) -> FaultBoard:
        """The faults in force; another board after a reset."""
        return self.world.faults

    def head_count(self) -> int:
        """Return how many people have an OpenID."""
        return len(self.world.people)

    async def open(self) -> None:
        """Start posting webhooks and doing jobs. Needs a running loop."""
        await self.webhooks.open()
        await self.runner.open()

    async def close(self) -> None:
        """Stop both."""
        await self.runner.close()
        await self.webhooks.close()

    async def reset(self) -> None:
        """Start over as configured, with the clock where it is; tokens that were given out are gone too."""
        await self.close()
        self._build()
        await self.open()

    def _build(self) -> None:
        self.world = World(self.config, self.clock)
        self.api = Api(self.config, self.clock, self.world, self.stream)
        self.webhooks = Webhooks(self.config, self.clock, self.world.faults, self.stream)
        self.replies = Replies(self.config, self.webhooks.cipherer, self.world.media)
        self.runner = Runner(self.config, self.clock, self.world, self.webhooks, self.stream)
