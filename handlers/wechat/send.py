"""Customer-service messages, by two roads: a blocking one for replies, an asynchronous one for bulk.

WeChat gives these messages no id and no key: a call that was not answered is never made again.
"""

import asyncio
import json
from typing import Any

import aiohttp
from yarl import URL

from handlers.content import Image, Outgoing
from handlers.outcomes import Accepted, Outcome, Refused, Uncertain
from handlers.secret import Secret
from handlers.wechat.answer import Result
from handlers.wechat.client import AccountClient, is_stale
from handlers.wechat.failures import NEVER_LEFT, NOT_FOR_THIS_ACCOUNT, NOT_SHOWN
from handlers.wechat.media import Pictures
from handlers.wechat.render import customer_messages

PATH = "message/custom/send"


class Sender:
    """The blocking road. `menus`: the account may send `msgmenu`; when WeChat disagrees it is not tried again."""

    def __init__(self, client: AccountClient, pictures: Pictures, *, menus: bool) -> None:
        self._client = client
        self._pictures = pictures
        self._menus = menus

    def send(self, outgoing: Outgoing) -> Outcome:
        """Send one message and wait. A picture without a media_id is uploaded first. Never raises."""
        if isinstance(outgoing.message, Image):
            handle = self._pictures.place(outgoing.message)
            if isinstance(handle, Refused):
                return handle
            placed = outgoing.message.model_copy(update={"platform_ref": handle})
            outgoing = outgoing.model_copy(update={"message": placed})
        outcome = self._send(outgoing, menus=self._menus)
        if self._menus and isinstance(outcome, Refused) and outcome.code == str(NOT_FOR_THIS_ACCOUNT):
            self._menus = False
            outcome = self._send(outgoing, menus=False)
        return outcome

    def _send(self, outgoing: Outgoing, *, menus: bool) -> Outcome:
        bodies = customer_messages(outgoing, menus=menus)
        if not bodies:
            return Refused(NOT_SHOWN)
        first, *rest = bodies
        outcome = _outcome(self._client.call(PATH, first))
        if isinstance(outcome, Accepted):
            for body in rest:  # the lines under a picture: the picture is out, whatever becomes of them
                self._client.call(PATH, body)
        return outcome


class BulkSender:
    """The asynchronous road of one account."""

    def __init__(self, client: AccountClient) -> None:
        self._client = client
        self._url = URL(f"{client.API_BASE_URL}{PATH}")

    async def send(self, http: aiohttp.ClientSession, outgoing: Outgoing) -> Outcome:
        """Send one message over the shared session; a picture needs its media_id. Never raises."""
        bodies = customer_messages(outgoing)
        if not bodies:
            return Refused(NOT_SHOWN)
        first, *rest = bodies
        outcome = _outcome(await self._call(http, first))
        if isinstance(outcome, Accepted):
            for body in rest:
                await self._call(http, body)
        return outcome

    async def _call(self, http: aiohttp.ClientSession, body: dict[str, Any]) -> Result:
        # Fetching a token blocks, and one thread at a time does it; the event loop goes on meanwhile.
        tokens = self._client.tokens
        token: Secret | Refused | None = tokens.held()
        if token is None:
            token = await asyncio.to_thread(tokens.current)
        if isinstance(token, Refused):
            return token
        data = json.dumps(body, ensure_ascii=False).encode()
        result = await self._once(http, token, data)
        if not is_stale(result):
            return result
        fresh = await asyncio.to_thread(tokens.renew, token)
        if isinstance(fresh, Refused):
            return fresh
        return await self._once(http, fresh, data)

    async def _once(self, http: aiohttp.ClientSession, token: Secret, data: bytes) -> Result:
        try:
            async with http.post(
                self._url.with_query(access_token=str(token)), data=data, allow_redirects=False
            ) as response:
                return self._client.read(PATH, response.status, await response.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return Refused(NEVER_LEFT, type(error).__name__)
        except (aiohttp.ClientError, TimeoutError) as error:
            return Uncertain(f"no answer: {type(error).__name__}")


def _outcome(result: Result) -> Outcome:
    """Return what a send came to. Only an answer that states success is a yes; there is no message id to give."""
    if isinstance(result, dict):
        return Accepted("") if "errcode" in result else Uncertain("an answer without an errcode")
    return result
