"""`check`: asks everything that can be asked, and says of each thing whether it is right and what to mend."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import redis

from bot import wiring
from bot.settings import BadSettings, load
from storage.database import DatabaseProblem, open_database
from storage.migrate import missing

NAMES = ("bot", "handlers", "broadcast", "storage")
ROOT = Path(__file__).resolve().parent.parent


def examine(config: Path, *, online: bool) -> Iterator[tuple[bool, str]]:
    """Yield one (fine, sentence) per thing; stops early where the rest depends on what is broken."""
    try:
        settings = load(config)
    except BadSettings as error:
        yield False, str(error)
        return
    yield True, f"settings: {config} is complete, {len(settings.channels)} channel(s)"
    yield from _shadowed()
    yield _redis(settings.redis.url)
    try:
        database = open_database(settings.database.url, config.parent)
    except DatabaseProblem as error:
        yield False, str(error)
        return
    lacking = missing(database)
    yield (
        not lacking,
        (f"database: lacks {', '.join(lacking)}; run python -m bot migrate" if lacking else "database: up to date"),
    )
    if lacking:
        return
    runtime = wiring.build(config)
    for name, channel in runtime.channels.items():
        if online:
            for fine, line in channel.platform.diagnose():
                yield fine, f"{name}: {line}"
        else:
            yield True, f"{name}: not asked (offline)"


def _shadowed() -> Iterator[tuple[bool, str]]:
    for name in NAMES:
        spec = importlib.util.find_spec(name)
        origin = spec.origin if spec else None
        if origin is None or not Path(origin).is_relative_to(ROOT):
            yield False, f"package {name} comes from {origin}, not from this checkout; uninstall what provides it"


def _redis(url: str) -> tuple[bool, str]:
    try:
        info = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2).info("server")
    except (redis.RedisError, ValueError) as error:
        return False, f"redis: {url} does not answer ({type(error).__name__}); start it or mend [redis] url"
    return True, f"redis: version {info.get('redis_version', '?')} answers"
