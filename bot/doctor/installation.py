"""What is right with the checkout, the settings file and what it says about this host."""

import importlib.util
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from bot.settings import Settings
from handlers.finding import Finding, fine, fix, warn

NAMES = ("bot", "handlers", "broadcast", "storage")
ROOT = Path(__file__).resolve().parents[2]
KEY_CHARACTERS = 32
"""As the settings ask for: below that a signature could be guessed by trying."""

_OTHERS_READ = stat.S_IRGRP | stat.S_IROTH


def examine(config: Path, settings: Settings) -> Iterator[Finding]:
    """Yield what is found without asking anybody else."""
    yield from _settings(config, settings)
    yield _secret_key(settings.clarion.secret_key)
    yield from _base_url(settings.clarion.base_url)
    yield from shadowed()


def shadowed(root: Path = ROOT) -> Iterator[Finding]:
    """Yield a finding for each of our packages that another one of the same name hides."""
    hidden = False
    for name in NAMES:
        spec = importlib.util.find_spec(name)
        origin = spec.origin if spec else None
        if origin is None or not Path(origin).is_relative_to(root):
            hidden = True
            yield fix(f"packages: {name} comes from {origin}, not from {root}; uninstall what provides it")
    if not hidden:
        yield fine(f"packages: {', '.join(NAMES)} come from {root}")


def _settings(config: Path, settings: Settings) -> Iterator[Finding]:
    if settings.channels:
        yield fine(f"settings: {config} is complete; channels: {', '.join(one.name for one in settings.channels)}")
    else:
        yield fix(f"settings: {config} has no [[channels]]; add one with python -m bot init --add")
    if config.stat().st_mode & _OTHERS_READ:
        yield warn(f"settings: other users of this host can read {config}, which holds secrets; chmod 600 {config}")


def _secret_key(key: str) -> Finding:
    if not key:
        return warn(
            "secret_key: not set, so links are signed with a key made from the channels' secrets and stop working when"
            " one of those changes; set [clarion] secret_key to 32 random characters"
        )
    if len(key) < KEY_CHARACTERS:
        return warn(f"secret_key: {len(key)} characters are few; set [clarion] secret_key to {KEY_CHARACTERS} or more")
    return fine("secret_key: set")


def _base_url(url: str) -> Iterator[Finding]:
    parts = urlsplit(url)
    if parts.scheme == "https":
        yield fine(f"base_url: {url}")
    elif parts.scheme == "http" and parts.hostname:
        yield warn(
            f"base_url: {url} is not https; the platforms deliver to https only. Put the web process behind a reverse"
            " proxy with a certificate and set [clarion] base_url to its address"
        )
    else:
        yield fix(f"base_url: {url} is no address; set [clarion] base_url to something like https://bot.example.com")
