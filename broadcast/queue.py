"""A broadcast in the hands of one worker: what it holds in memory between two looks at the database."""

from collections import deque
from dataclasses import dataclass, field

from broadcast.draft import Draft
from broadcast.outgoing import Composer
from storage.ledger import Claim


@dataclass(slots=True)
class Queue:
    """Rows this worker has claimed and not yet begun, and how many calls of the broadcast are in flight.

    `same_code` and `same_count` follow a run of equal failures: the sign that it is not about one person.
    `outdated`: a picture must be put on the platform again before more is sent.
    """

    draft: Draft
    composer: Composer
    claims: deque[Claim] = field(default_factory=deque)
    in_flight: int = 0
    same_code: str = ""
    same_count: int = 0
    outdated: bool = False
