"""`python -m bot demo`: the real web process and worker over a simulated platform, with a page to play on.

Everything lives in one temporary folder and in child processes; both are gone when this returns, however it ends.
"""

import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from bot.playground.accounts import account
from bot.playground.channels import demo_channels
from bot.playground.clock import Clock
from bot.playground.hub import Hub
from bot.playground.installation import Installation
from bot.playground.page import create_page
from bot.playground.people import CHINA, WORLD, made_up
from bot.playground.processes import ChildFailed, Processes, forget_settings
from bot.playground.seed import bring_in, speak
from bot.playground.serving import PortTaken, listen, serving
from bot.playground.stage import Stage
from bot.playground.watch import watch
from bot.playground.words import TYPED_PATH

_FOLLOWERS = 60  # on WeChat, beside the people on the Page

_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Told(BaseException):
    """Somebody asked us to stop; not an `Exception`, so that nothing on the way takes it for a failure."""


def run(*, port: int, people: int) -> None:
    """Run the demo with its page on `port` (0: a free one) and `people` who can be written to, until told to stop.

    Exits with one sentence when the port is taken or a process does not start.
    """
    try:
        with _until_told(), _processes() as processes:
            _run(processes, port, people)
    except (ChildFailed, PortTaken) as error:
        sys.exit(str(error))


def _run(processes: Processes, port: int, people: int) -> None:
    with listen(port) as door:
        _say("Starting the queue, two simulated platforms, the web process and the worker …")
        stage, hub = _set_up(processes, people), Hub()
        watch(stage, hub)
        with serving(create_page(stage, hub), door) as address:
            _say(f"\n  Clarion's playground: {address}\n\n  Open it and type, on Anna's phone:\n")
            _say("\n".join(f"    {line}" for line in TYPED_PATH["messenger"]))
            _say("\n  Ctrl-C stops everything and leaves nothing behind.")
            signal.pause()


def _set_up(processes: Processes, people: int) -> Stage:
    """Start everything and take everybody in: people arrive while the web process is still starting."""
    forget_settings()
    channels = demo_channels()
    installation = Installation.start(processes, channels)
    accounts = {
        channel.name: account(channel.name, channel.platform, installation.simulators[channel.name])
        for channel in channels
    }
    places = {"page": made_up(people, WORLD), "account": made_up(_FOLLOWERS, CHINA)}
    seeded = {name: bring_in(installation, each, places[name]) for name, each in accounts.items()}
    installation.wait_for_web()
    for name, each in accounts.items():
        speak(installation, each, seeded[name])
    installation.runtime.database.close()  # this thread's; the page's threads have their own
    clock = Clock(installation.clock_file, list(accounts.values()), installation.runtime.now)
    return Stage(installation, accounts, {name: each.admin for name, each in seeded.items()}, clock)


@contextmanager
def _processes() -> Iterator[Processes]:
    processes = Processes(Path(tempfile.mkdtemp(prefix="clarion-demo-")))
    try:
        yield processes
    finally:
        processes.stop()


@contextmanager
def _until_told() -> Iterator[None]:
    """Leave the block at the first signal; later ones find us cleaning up already."""

    def told(_number: int, _frame: FrameType | None) -> None:
        for number in _STOPS:
            signal.signal(number, signal.SIG_IGN)
        raise _Told

    before = {number: signal.signal(number, told) for number in _STOPS}
    try:
        yield
    except _Told:
        _say("\nStopped; nothing is left behind.")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()
