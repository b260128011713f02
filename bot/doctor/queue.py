"""What is right with Redis, and what a restart or a full memory would do to it."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import redis

from handlers.finding import Finding, fine, fix, warn

LEAST = {"redis": 7, "valkey": 8}
"""The oldest major versions that the program is tried with."""


def examine(url: str) -> Iterator[Finding]:
    """Yield what the server at `url` says about itself."""
    shown = _without_password(url)
    try:
        info = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2).info()
    except (redis.RedisError, ValueError) as error:
        yield fix(f"redis: {shown} does not answer ({type(error).__name__}); start it or mend [redis] url")
        return
    if isinstance(info, Mapping):
        yield from read(info)


def read(info: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what Redis' own `INFO` comes to."""
    kind = "valkey" if "valkey_version" in info else "redis"
    version = str(info.get(f"{kind}_version", "0"))
    major = int(version.partition(".")[0]) if version.partition(".")[0].isdecimal() else 0
    if major < LEAST[kind]:
        yield fix(f"redis: {kind} {version} is too old; {kind} {LEAST[kind]} or newer is needed")
    else:
        yield fine(f"redis: {kind} {version} answers")
    if not info.get("aof_enabled"):
        yield warn(
            "redis: appendonly is off. Nothing is lost without it, but after a restart work waits for the sweep; set"
            " appendonly yes in its configuration"
        )
    policy = str(info.get("maxmemory_policy", "noeviction"))
    if info.get("maxmemory") and policy != "noeviction":
        yield warn(f"redis: maxmemory-policy {policy} may drop wake-ups; set maxmemory-policy noeviction")
    if info.get("role") == "slave":
        yield fix("redis: this is a replica, which takes no writes; point [redis] url at the primary")


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", ":•••@") if parts.password else url
