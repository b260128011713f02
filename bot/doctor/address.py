"""Whether the web process is reached where `base_url` says, and knows the channels of this settings file."""

from collections.abc import Iterable, Iterator

import requests

from handlers.finding import Finding, fine, fix, warn

TIMEOUT = (3.05, 10)
"""Seconds to connect, and without a byte."""


def examine(base_url: str, channels: Iterable[str]) -> Iterator[Finding]:
    """Ask our own address the way a platform would, without a signature: each webhook has to be there and to refuse."""
    base = base_url.rstrip("/")
    try:
        ready = requests.get(f"{base}/readyz", timeout=TIMEOUT, allow_redirects=False)
    except requests.exceptions.SSLError:
        yield fix(f"web: the certificate of {base} is not believed; renew it, with its whole chain")
        return
    except requests.RequestException as error:
        yield warn(
            f"web: {base} does not answer from here ({type(error).__name__}); run python -m bot web, or mend the proxy"
        )
        return
    if not ready.ok:
        yield fix(f"web: {base}/readyz says {ready.status_code}: {ready.text.strip()[:200] or 'nothing'}")
        return
    yield fine(f"web: {base} is ready")
    for name in channels:
        yield _webhook(f"{base}/webhooks/{name}", name)


def _webhook(address: str, name: str) -> Finding:
    try:
        status = requests.get(address, timeout=TIMEOUT, allow_redirects=False).status_code
    except requests.RequestException as error:
        return fix(f"{name}: {address} does not answer ({type(error).__name__})")
    if status == requests.codes.forbidden:
        return fine(f"{name}: {address} is there, and refuses strangers")
    return fix(
        f"{name}: {address} says {status}; expected 403 to a stranger. Restart the web process after changes of the"
        " settings, and let the proxy pass /webhooks/ on"
    )
