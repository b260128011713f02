"""One call out, one outcome back, by two roads: a blocking one for replies, an asynchronous one for bulk."""

import json
from dataclasses import replace

import aiohttp
from yarl import URL

from handlers.content import Outgoing, Template
from handlers.messenger.answer import read_outcome
from handlers.messenger.client import NoAnswer, PageClient
from handlers.messenger.failures import NEVER_LEFT, template_failure
from handlers.messenger.render import render
from handlers.outcomes import Outcome, Refused, Uncertain


def send(client: PageClient, outgoing: Outgoing) -> Outcome:
    """Send one message and wait. Never raises for what the network or the platform does."""
    try:
        answer = client.send_raw(render(outgoing))
    except NoAnswer as silence:
        return _silence(silence.why, never_left=silence.never_left)
    return _about(outgoing, read_outcome(*answer))


class BulkSender:
    """The asynchronous road of one Page. Address and headers are made once: bulk pays for each microsecond."""

    def __init__(self, client: PageClient) -> None:
        self._url = URL(client.messages_url).with_query(client.auth_args)
        self._headers = client.headers

    async def send(self, http: aiohttp.ClientSession, outgoing: Outgoing) -> Outcome:
        """Send one message over the shared session. Never raises for what the network or the platform does."""
        body = json.dumps(render(outgoing)).encode()
        try:
            async with http.post(self._url, data=body, headers=self._headers, allow_redirects=False) as response:
                answer = read_outcome(response.status, response.headers, await response.read())
                return _about(outgoing, answer)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return _silence(type(error).__name__, never_left=True)
        except (aiohttp.ClientError, TimeoutError) as error:
            return _silence(type(error).__name__, never_left=False)


def _about(outgoing: Outgoing, outcome: Outcome) -> Outcome:
    """Return the outcome, a refusal read as what it says of this kind of message."""
    if isinstance(outgoing.message, Template) and isinstance(outcome, Refused):
        return replace(outcome, failure=template_failure(outcome.failure))
    return outcome


def _silence(why: str, *, never_left: bool) -> Outcome:
    return Refused(NEVER_LEFT, why) if never_left else Uncertain(f"no answer: {why}")
