"""A stand-in for graph.facebook.com: takes the sends of one Page and posts its webhooks.

Written from the platform's documentation. As a program it serves on this machine only:
`python -m handlers.simulator.messenger --port 0 --webhook http://127.0.0.1:8000/webhooks/page`.
"""

import argparse
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from handlers.simulator.clock import VirtualClock
from handlers.simulator.messenger_config import MessengerConfig
from handlers.simulator.messenger_control import Control
from handlers.simulator.messenger_page import SimulatedPage
from handlers.simulator.messenger_wire import BODY_MOST, Wire
from handlers.simulator.serving import Running, run, start_in_thread


class MessengerSimulator:
    """One simulated Page with its people, its clock and its app's webhook."""

    def __init__(self, config: MessengerConfig, clock: VirtualClock | None = None) -> None:
        self.page = SimulatedPage(config, clock or VirtualClock())

    def app(self) -> web.Application:
        """Return the aiohttp application: Graph calls on every path, the control API under `/_sim/`."""
        app = web.Application(client_max_size=BODY_MOST)
        app.add_routes(Control(self.page).routes())
        app.router.add_route("*", "/{tail:.*}", Wire(self.page).serve)
        app.cleanup_ctx.append(self._webhooks_running)
        return app

    def start_in_thread(self, port: int = 0) -> Running:
        """Serve from a thread of this process; the handle has `.url` and `.stop()`."""
        return start_in_thread(self.app, port)

    async def _webhooks_running(self, _app: web.Application) -> AsyncIterator[None]:
        await self.page.world.webhooks.open()
        yield
        await self.page.world.webhooks.close()


def _latency(text: str) -> tuple[int, int]:
    least, _, most = text.partition("-")
    return int(least), int(most or least)


def _arguments() -> argparse.Namespace:
    defaults = MessengerConfig()
    parser = argparse.ArgumentParser(prog="python -m handlers.simulator.messenger", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one; the address is printed")
    parser.add_argument("--certificate", type=Path, metavar="PEM", help="certificate and key; then calls come over TLS")
    parser.add_argument("--webhook", default="", metavar="URL", help="where events are posted")
    parser.add_argument("--no-webhooks", action="store_true", help="post nothing")
    parser.add_argument("--page-id", default=defaults.page_id)
    parser.add_argument("--app-id", default=defaults.app_id)
    parser.add_argument("--token", default=defaults.token, help="the Page's access token")
    parser.add_argument("--app-secret", default="", help="signs webhooks; asks for appsecret_proof")
    parser.add_argument("--api-version", default=defaults.api_version)
    parser.add_argument("--latency-ms", type=_latency, default=(0, 0), metavar="N[-M]")
    parser.add_argument("--people", type=int, default=0, help="how many exist from the start")
    parser.add_argument("--window-hours", type=float, default=defaults.window_hours)
    parser.add_argument("--rates", choices=("documented", "strict", "off"), default=defaults.rates)
    parser.add_argument("--rate-per-second", type=int, default=defaults.rate_per_second)
    parser.add_argument("--no-record", action="store_true", help="keep counters only")
    parser.add_argument("--no-echoes", action="store_true")
    parser.add_argument("--no-deliveries", action="store_true")
    parser.add_argument("--no-reads", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Run the simulator from the command line until SIGTERM."""
    given = _arguments()
    config = MessengerConfig(
        page_id=given.page_id,
        app_id=given.app_id,
        token=given.token,
        app_secret=given.app_secret,
        api_version=given.api_version,
        latency_ms=given.latency_ms,
        people=given.people,
        window_hours=given.window_hours,
        rates=given.rates,
        rate_per_second=given.rate_per_second,
        record=not given.no_record,
        echoes=not given.no_echoes,
        deliveries=not given.no_deliveries,
        reads=not given.no_reads,
        webhook_url="" if given.no_webhooks else given.webhook,
    )
    run(MessengerSimulator(config).app, given.port, given.certificate)


if __name__ == "__main__":
    main()
