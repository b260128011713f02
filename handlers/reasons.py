"""The reasons the ledger names, as sentences: from each platform's own table of errors."""

from collections.abc import Iterator, Mapping
from types import ModuleType

from handlers.messenger import failures as messenger
from handlers.outcomes import Failure
from handlers.wechat import failures as wechat
from handlers.wechat.reviews import REVIEWS, SEND_FAILED, UNKNOWN_REVIEW


def _rows(failures: ModuleType) -> Iterator[Failure]:
    """Yield every row of a platform's module: those of its tables, and those beside them for what has no code."""
    for value in vars(failures).values():
        for row in value.values() if isinstance(value, dict) else (value,):
            if isinstance(row, Failure):
                yield row


def _sentences(failures: ModuleType) -> dict[str, str]:
    """Return reason → sentence; where several rows share a reason, the first one speaks for all of them."""
    found: dict[str, str] = {}
    for row in _rows(failures):
        found.setdefault(row.reason, row.sentence)
    return found


SENTENCES: Mapping[str, Mapping[str, str]] = {
    "messenger": _sentences(messenger),
    "wechat": {
        **_sentences(wechat),
        **{ending.reason: ending.sentence for ending in (*REVIEWS.values(), UNKNOWN_REVIEW, SEND_FAILED)},
    },
}
"""By the platform's name and the reason; a sentence may have a place for the `code`."""
