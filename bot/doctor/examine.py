"""`check`: asks everything that can be asked, and says of each thing whether it is right and what to mend."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from bot import wiring
from bot.doctor import address, clock, database, installation, queue, running
from bot.settings import BadSettings, load
from bot.wiring import FLOWS_FOLDER, Runtime
from handlers.finding import Finding, fine, fix
from storage.database import DatabaseProblem, open_database
from storage.migrate import missing, unknown


def _now() -> datetime:
    return datetime.now(UTC)


def examine(config: Path, *, online: bool, now: Callable[[], datetime] = _now) -> Iterator[Finding]:
    """Yield a finding for each thing; stops early where the rest depends on what is broken.

    `online` False leaves out whatever would be asked of a platform or of our own public address.
    """
    try:
        settings = load(config)
    except BadSettings as error:
        yield fix(f"settings: {error}")
        return
    yield from installation.examine(config, settings)
    yield from queue.examine(settings.redis.url)
    try:
        opened = open_database(settings.database.url, config.parent)
    except DatabaseProblem as error:
        yield fix(f"database: {error}")
        return
    yield from database.examine(opened)
    if missing(opened) or unknown(opened):
        return
    try:
        runtime = wiring.build(config)
    except (BadSettings, ValueError) as error:  # a flow that cannot be used, a key of the wrong length
        yield fix(f"flows and channels: {error}")
        return
    yield _flows(runtime)
    yield from running.examine(runtime.channels.values(), now())
    if not online:
        yield fine("platforms: not asked (--offline)")
        return
    yield from address.examine(settings.clarion.base_url, runtime.channels)
    for name, channel in runtime.channels.items():
        for found in chain(channel.platform.diagnose(now()), [clock.examine(channel.settings.api_base, now)]):
            yield replace(found, sentence=f"{name}: {found.sentence}")


def _flows(runtime: Runtime) -> Finding:
    names = [flow.name for flow in runtime.flows]
    folder = runtime.base / FLOWS_FOLDER
    return fine(f"flows: {', '.join(names)}" if names else f"flows: none in {folder}")
