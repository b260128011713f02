"""A live feed of what happens, for pages that watch; whoever reads too slowly misses lines."""

import asyncio
import json
from typing import Any

from aiohttp import web

_QUEUE_MOST = 1000  # lines one reader may lag behind


class Stream:
    """The readers of a feed of Server-Sent Events."""

    def __init__(self) -> None:
        self._readers: set[asyncio.Queue[bytes]] = set()
        self.missed = 0

    def watched(self) -> bool:
        """Say whether anybody reads, so that lines for nobody need not be made."""
        return bool(self._readers)

    def join(self) -> asyncio.Queue[bytes]:
        """Take in a reader; what it is told waits in its queue, at most 1,000 lines."""
        reader: asyncio.Queue[bytes] = asyncio.Queue(_QUEUE_MOST)
        self._readers.add(reader)
        return reader

    def tell(self, event: str, body: dict[str, Any]) -> None:
        """Give a line to every reader, without waiting; count the lines that slow readers miss."""
        if not self._readers:
            return
        line = f"event: {event}\ndata: {json.dumps(body)}\n\n".encode()
        for reader in self._readers:
            if reader.full():
                self.missed += 1
            else:
                reader.put_nowait(line)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one reader until it goes away."""
        response = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream",
                "Cache-Control": "no-store",
                "Access-Control-Allow-Origin": "*",
            }
        )
        await response.prepare(request)
        reader = self.join()
        try:
            await response.write(b": listening\n\n")
            while True:
                await response.write(await reader.get())
        except ConnectionResetError:
            return response
        finally:
            self._readers.discard(reader)
