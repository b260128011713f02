"""Whether this host's clock agrees with a platform's. WeChat refuses, and we refuse, what is signed too far off."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

from handlers.finding import Finding, fine, fix, warn

MOST_OFF_SECONDS = 60
"""Requests signed more than ten minutes off are refused; a minute eats into that, and moves windows and schedules."""

OFF_SECONDS = 5
"""The header counts whole seconds and the answer took its time; below this nothing is known."""

TIMEOUT = (3.05, 10)
"""Seconds to connect, and without a byte."""


def examine(origin: str, now: Callable[[], datetime]) -> Finding:
    """Compare clocks with whoever answers at `origin`; its Date header needs no credentials and no right address."""
    try:
        answer = requests.head(origin, timeout=TIMEOUT, allow_redirects=False)
    except requests.RequestException as error:
        return warn(f"clock: not compared, {origin} does not answer ({type(error).__name__})")
    return compare(answer.headers, now())


def compare(headers: Mapping[str, str], now: datetime) -> Finding:
    """Say how far `now` is from the Date header (RFC 9110, 6.6.1) of an answer that just came."""
    try:
        theirs = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return warn("clock: not compared, the platform's answer has no date")
    off = (now - theirs.replace(tzinfo=theirs.tzinfo or UTC)).total_seconds()
    ahead = f"{abs(off):,.0f} s {'ahead of' if off > 0 else 'behind'} the platform's"
    if abs(off) > MOST_OFF_SECONDS:
        return fix(f"clock: this host's is {ahead}; let it be set by NTP (timedatectl set-ntp true)")
    if abs(off) > OFF_SECONDS:
        return warn(f"clock: this host's is {ahead}; let it be set by NTP (timedatectl set-ntp true)")
    return fine("clock: agrees with the platform's")
