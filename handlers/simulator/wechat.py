"""A stand-in for api.weixin.qq.com: takes the calls of one Official Account and posts its webhooks.

Written from the platform's documentation. As a program it serves on this machine only:
`python -m handlers.simulator.wechat --port 0 --webhook http://127.0.0.1:8000/webhooks/account`.
"""

import argparse
from collections.abc import AsyncIterator

from aiohttp import web

from handlers.simulator.clock import VirtualClock
from handlers.simulator.serving import Running, run, start_in_thread
from handlers.simulator.wechat_account import SimulatedAccount
from handlers.simulator.wechat_config import WeChatConfig
from handlers.simulator.wechat_control import Control
from handlers.simulator.wechat_wire import BODY_MOST, Wire


class WeChatSimulator:
    """One simulated Official Account with its followers, its clock and its webhook."""

    def __init__(self, config: WeChatConfig, clock: VirtualClock | None = None) -> None:
        self.account = SimulatedAccount(config, clock or VirtualClock())

    def app(self) -> web.Application:
        """Return the aiohttp application: API calls on every path, the control API under `/_sim/`."""
        app = web.Application(client_max_size=BODY_MOST)
        app.add_routes(Control(self.account).routes())
        app.router.add_route("*", "/{tail:.*}", Wire(self.account).serve)
        app.cleanup_ctx.append(self._running)
        return app

    def start_in_thread(self, port: int = 0) -> Running:
        """Serve from a thread of this process; the handle has `.url` and `.stop()`."""
        return start_in_thread(self.app, port)

    async def _running(self, _app: web.Application) -> AsyncIterator[None]:
        await self.account.open()
        yield
        await self.account.close()


def _latency(text: str) -> tuple[int, int]:
    least, _, most = text.partition("-")
    return int(least), int(most or least)


def _arguments() -> argparse.Namespace:
    defaults = WeChatConfig()
    parser = argparse.ArgumentParser(prog="python -m handlers.simulator.wechat", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one; the address is printed")
    parser.add_argument("--webhook", default="", metavar="URL", help="where messages and events are posted")
    parser.add_argument("--app-id", default=defaults.app_id)
    parser.add_argument("--app-secret", default=defaults.app_secret)
    parser.add_argument("--token", default=defaults.token, help="signs webhooks")
    parser.add_argument("--aes-key", default="", help="the EncodingAESKey, 43 characters")
    parser.add_argument("--mode", choices=("plain", "compatible", "encrypted"), default=None)
    parser.add_argument("--account", choices=("subscription", "service"), default=defaults.account)
    parser.add_argument("--original-id", default=defaults.original_id, metavar="gh_…")
    parser.add_argument("--unverified", action="store_true", help="the account is not verified")
    parser.add_argument("--test-account", action="store_true", help="a sandbox account")
    parser.add_argument("--protection", action="store_true", help="sends to all wait for the administrator")
    parser.add_argument("--followers", type=int, default=0, help="how many there are from the start")
    parser.add_argument("--no-record", action="store_true", help="keep counters only")
    parser.add_argument("--latency-ms", type=_latency, default=(0, 0), metavar="N[-M]")
    parser.add_argument("--rates", choices=("documented", "off"), default=defaults.rates)
    parser.add_argument("--bizmsgmenuid", choices=("present", "zero", "absent"), default=defaults.bizmsgmenuid)
    return parser.parse_args()


def main() -> None:
    """Run the simulator from the command line until SIGTERM. Without `--mode` the aes key decides."""
    given = _arguments()
    config = WeChatConfig(
        app_id=given.app_id,
        app_secret=given.app_secret,
        token=given.token,
        aes_key=given.aes_key,
        mode=given.mode or ("encrypted" if given.aes_key else "plain"),
        account=given.account,
        original_id=given.original_id,
        verified=not given.unverified,
        test_account=given.test_account,
        protection=given.protection,
        followers=given.followers,
        record=not given.no_record,
        latency_ms=given.latency_ms,
        rates=given.rates,
        bizmsgmenuid=given.bizmsgmenuid,
        webhook_url=given.webhook,
    )
    run(WeChatSimulator(config).app, given.port)


if __name__ == "__main__":
    main()
