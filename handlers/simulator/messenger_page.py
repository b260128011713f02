"""One simulated Page: its set-up, its clock, its feed, and the state that can be started over."""

from handlers.simulator.clock import VirtualClock
from handlers.simulator.faults import FaultBoard
from handlers.simulator.messenger_config import MessengerConfig
from handlers.simulator.messenger_graph import Graph
from handlers.simulator.messenger_world import World
from handlers.simulator.stream import Stream


class SimulatedPage:
    """What the Graph side, the webhook side and the control API share."""

    def __init__(self, config: MessengerConfig, clock: VirtualClock) -> None:
        self.config = config
        self.clock = clock
        self.stream = Stream()
        self._build()

    @property
    def faults(self) -> FaultBoard:
        """The faults in force; another board after a reset."""
        return self.world.faults

    def head_count(self) -> int:
        """Return how many people there are."""
        return len(self.world.people)

    async def reset(self) -> None:
        """Start over as configured, with the clock where it is."""
        await self.world.webhooks.close()
        self._build()
        await self.world.webhooks.open()

    def _build(self) -> None:
        self.world = World(self.config, self.clock, self.stream)
        self.graph = Graph(self.config, self.clock, self.world)
