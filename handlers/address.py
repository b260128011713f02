"""Which addresses are web addresses, and what is wrong with one that is not: the one place that decides it. No I/O."""

import re
from urllib.parse import SplitResult, urlsplit

from handlers.contract import Problem
from handlers.fit import with_facts

PORTS = {"http": 80, "https": 443}
"""The schemes there are, and the port of each where none is named."""

WITH_USER = Problem(
    "link_with_user", "“{value}” holds a user name or a password, which everybody could read. Leave that part out."
)

_UNFIT = re.compile(r"[\s\\\x00-\x1f\x7f]")
"""Blanks, signs nobody sees, and the backslash, which browsers read as a slash and programs do not."""


def is_web_address(address: str) -> bool:
    """Tell whether `address` is http or https with a host, and nothing in it that only deceives."""
    return origin(address) is not None


def names_user(address: str) -> bool:
    """Tell whether `address` would be a web address without the user name or the password before its host."""
    parts = _parts(address)
    return parts is not None and parts.username is not None


def address_problem(address: str, otherwise: Problem) -> Problem | None:
    """Return what is wrong with an address, None when it is a web address; `otherwise` where no reason is known."""
    if is_web_address(address):
        return None
    return with_facts(WITH_USER if names_user(address) else otherwise, value=address)


def origin(address: str) -> tuple[str, str, int] | None:
    """Return (scheme, host, port); None where it is no web address, or names a user, which only deceives."""
    parts = _parts(address)
    if parts is None or parts.username is not None:
        return None
    return parts.scheme, parts.hostname or "", parts.port or PORTS[parts.scheme]


def _parts(address: str) -> SplitResult | None:
    """Return an address taken apart, None where it has no host, another scheme, or signs that do not belong in one."""
    if _UNFIT.search(address):
        return None
    try:
        parts = urlsplit(address)
        usable = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not match, a port that is no number
        return None
    return parts if usable else None
