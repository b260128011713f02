"""The two roads of platforms that have both: one message to many people, or a message to each."""

from handlers.contract import Platform
from handlers.many import SendsToMany
from storage.broadcasts import MASS_ROAD

MASS = MASS_ROAD
SINGLE = "single"


def roads(platform: Platform) -> tuple[str, ...]:
    """Return the roads a broadcast may take on a platform, the usual one first; none where there is no choice."""
    return (MASS, SINGLE) if isinstance(platform, SendsToMany) else ()
