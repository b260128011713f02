"""A broadcast in the hands of one worker: what it holds in memory between two looks at the database."""

from collections import deque
from dataclasses import dataclass, field

from broadcast.draft import Draft
from broadcast.outgoing import Composer
from broadcast.trouble import Trouble
from storage.ledger import Claim


@dataclass(slots=True)
class Queue:
    """Rows this worker has claimed and not yet begun, and those it is making calls for.

    `closed`: nothing more is taken from it; what its calls in flight leave to be done goes back to the ledger.
    `template_trouble` follows the template's calls: that the messages arrive says nothing about those.
    `outdated`: a picture must be put on the platform again before more is sent.
    """

    draft: Draft
    composer: Composer
    claims: deque[Claim] = field(default_factory=deque)
    calling: set[Claim] = field(default_factory=set)
    trouble: Trouble = field(default_factory=Trouble)
    template_trouble: Trouble = field(default_factory=Trouble)
    closed: bool = False
    outdated: bool = False
