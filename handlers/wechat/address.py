"""Which addresses are web addresses, and which of them we may fetch a picture from. Nothing is fetched here."""

import re
from urllib.parse import urlsplit

# Where WeChat keeps the pictures people send (`PicUrl`), those of articles (`mmbiz`) and of profiles.
PICTURE_HOSTS = (".qpic.cn", ".qlogo.cn")
_PORTS = {"http": 80, "https": 443}


def is_web_address(address: str) -> bool:
    """Tell whether `address` is http or https, with a host, and without blanks."""
    return _origin(address) is not None and not re.search(r"\s", address)


def may_fetch(address: str, api_base: str) -> bool:
    """Tell whether a picture may be fetched from `address`: WeChat's own picture hosts, or `api_base` itself.

    An address comes out of a chat. Fetched from inside the network, it must not lead anywhere else.
    """
    origin = _origin(address)
    if origin is None or not is_web_address(address):
        return False
    if origin == _origin(api_base):
        return True
    scheme, host, port = origin
    return port == _PORTS[scheme] and host.endswith(PICTURE_HOSTS)


def _origin(address: str) -> tuple[str, str, int] | None:
    """Return (scheme, host, port); None where it is no web address, or names a user, which only deceives."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:  # brackets that do not match, a port that is no number
        return None
    if parts.scheme not in _PORTS or not host or parts.username is not None or "\\" in address:
        return None
    return parts.scheme, host, port or _PORTS[parts.scheme]
