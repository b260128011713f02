"""The reasons the ledger names, as sentences: from each platform's own table of errors."""

from collections.abc import Iterable, Mapping

from handlers.messenger.failures import FAILURES as MESSENGER
from handlers.messenger.failures import TEMPLATE_FAILURES
from handlers.outcomes import Failure
from handlers.wechat.failures import FAILURES as WECHAT
from handlers.wechat.reviews import REVIEWS, SEND_FAILED, UNKNOWN_REVIEW


def _sentences(rows: Iterable[Failure]) -> Mapping[str, str]:
    """Return reason → sentence; where several rows share a reason, the first one speaks for all of them."""
    found: dict[str, str] = {}
    for row in rows:
        found.setdefault(row.reason, row.sentence)
    return found


SENTENCES: Mapping[str, Mapping[str, str]] = {
    "messenger": _sentences([*MESSENGER.values(), *TEMPLATE_FAILURES.values()]),
    "wechat": {
        **_sentences(WECHAT.values()),
        **{ending.reason: ending.sentence for ending in (*REVIEWS.values(), UNKNOWN_REVIEW, SEND_FAILED)},
    },
}
"""By the platform's name and the reason; a sentence may have a place for the `code`."""
