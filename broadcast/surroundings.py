"""What the delivery on one channel works with."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp

from broadcast.draft import Draft
from broadcast.limits import Pace
from broadcast.outgoing import Composer
from broadcast.quiet import QuietHours
from broadcast.sweep import Notify
from broadcast.threads import DatabaseThread
from handlers.contract import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """One channel, its platform and pace, and this worker on it."""

    channel_id: int
    platform: Platform
    rate: float
    pace: Pace
    worker: str
    now: Callable[[], datetime]
    database: DatabaseThread
    http: aiohttp.ClientSession
    notify: Notify
    prepare: Callable[[Draft], Coroutine[Any, Any, Composer | None]]
    """Uploads what the broadcast shows; None when that failed and the broadcast was held."""
    media_rate: float | None = None
    """The most a second for broadcasts with a picture message; None: as fast as any."""
    quiet: QuietHours | None = None
