"""What happened on the simulated Page: sends in order, phones, counters."""

from collections import Counter
from typing import Any, NamedTuple

Json = dict[str, Any]


class Sent(NamedTuple):
    """One message the platform accepted.

    `number` is the person's, `at` is in milliseconds, `echoes` says how often the echo comes.
    """

    number: int
    psid: str
    mid: str
    metadata: str
    messaging_type: str
    message: Json
    at: int
    echoes: int = 1

    def as_json(self) -> Json:
        """Return the send for the control API."""
        return {
            "psid": self.psid,
            "mid": self.mid,
            "metadata": self.metadata,
            "messaging_type": self.messaging_type,
            "message": self.message,
            "at": self.at,
        }


class OnPhone(NamedTuple):
    """One message in a person's thread; `sender` is `page` or `person`, `message` its content."""

    mid: str
    sender: str
    message: Json
    at: int

    def as_json(self, psid: str) -> Json:
        """Return the message for the control API and the stream."""
        return {"psid": psid, "mid": self.mid, "from": self.sender, "message": self.message, "at": self.at}


class Record:
    """Everything that tests and the playground ask about; with `keep` False the counters alone."""

    def __init__(self, *, keep: bool) -> None:
        self.keep = keep
        self.sends: list[Sent] = []
        self.phones: dict[str, list[OnPhone]] = {}
        self.accepted = 0
        self.calls = 0
        self.in_flight = 0
        self.most_in_flight = 0
        self.refused: Counter[str] = Counter()
        self._per_metadata: Counter[tuple[str, str]] = Counter()

    def count_sent(self, sent: Sent) -> None:
        """Count, and keep, one accepted message."""
        self.accepted += 1
        if self.keep:
            self.sends.append(sent)
            self._per_metadata[sent.psid, sent.metadata] += 1
            self.show(sent.psid, OnPhone(sent.mid, "page", sent.message, sent.at))

    def show(self, psid: str, message: OnPhone) -> None:
        """Put a message on a person's phone."""
        if self.keep:
            self.phones.setdefault(psid, []).append(message)

    def repeated(self) -> list[tuple[str, str, int]]:
        """Return (PSID, metadata, times) of every named message that reached somebody more than once."""
        return [
            (psid, metadata, times) for (psid, metadata), times in self._per_metadata.items() if times > 1 and metadata
        ]

    def most_per_metadata(self, beginning: str = "") -> int:
        """Return how often the most repeated (PSID, metadata) was accepted, of those that begin so."""
        return max(
            (
                times
                for (_, metadata), times in self._per_metadata.items()
                if metadata and metadata.startswith(beginning)
            ),
            default=0,
        )
