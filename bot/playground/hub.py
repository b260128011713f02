"""Hands what happens to every open page; one that reads too slowly is told to look again."""

import json
import queue
import threading
from collections.abc import Iterator
from typing import Any

BEHIND_MOST = 2_000  # lines; a broadcast to the demo's people and its receipts fit
SILENCE_SECONDS = 10.0  # after so long a comment is sent, which finds out about pages that were closed


class Hub:
    """The readers of one feed of Server-Sent Events. Safe to use from several threads."""

    def __init__(self) -> None:
        self._readers: set[queue.SimpleQueue[bytes]] = set()
        self._lock = threading.Lock()
        self._last: dict[str, bytes] = {}

    def tell(self, event: str, body: object, *, keep: bool = False) -> None:
        """Give an event to every reader; one to `keep` is also the first thing new readers hear."""
        line = f"event: {event}\ndata: {json.dumps(body, ensure_ascii=False)}\n\n".encode()
        with self._lock:
            if keep:
                self._last[event] = line
            for reader in list(self._readers):
                if reader.qsize() < BEHIND_MOST:
                    reader.put(line)
                else:
                    self._readers.discard(reader)
                    reader.put(b"")

    def listen(self) -> Iterator[bytes]:
        """Yield the feed to one reader, until it goes away or has fallen behind (it then connects anew)."""
        reader: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        with self._lock:
            self._readers.add(reader)
            for line in self._last.values():
                reader.put(line)
        try:
            yield b": listening\n\n"
            while (line := _next(reader)) != b"":
                yield line
        finally:
            with self._lock:
                self._readers.discard(reader)


def _next(reader: "queue.SimpleQueue[Any]") -> bytes:
    try:
        return bytes(reader.get(timeout=SILENCE_SECONDS))
    except queue.Empty:
        return b": still here\n\n"
