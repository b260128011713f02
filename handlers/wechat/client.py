"""WeChat's API for one account: wechatpy's client with `stable_token`, time limits, and answers read by us.

wechatpy 1.8.18 builds addresses and UTF-8 JSON and keeps the session, which is what is used of it here. Its own
token fetching (a fixed address, no time limit, the secret in the address) and its retry (which repeats for ever while
a token is refused) are replaced; its `message.send_mass_*` bodies are out of date and are not used.
"""

import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import requests
import structlog
from wechatpy.client import WeChatClient
from wechatpy.exceptions import WeChatClientException

from handlers.contract import PlatformError
from handlers.http import deafen
from handlers.outcomes import Failure, Refused, Uncertain
from handlers.secret import Secret
from handlers.silence import never_left
from handlers.wechat.answer import Result, read_answer
from handlers.wechat.failures import NEVER_LEFT, STALE_TOKEN, failure, token_failure
from handlers.wechat.token import Tokens, TokenStore

_log = structlog.get_logger()
_TOKEN_IN_ADDRESS = re.compile(r"(access_token=)[^&\s\"']+")
_STALE = frozenset(map(str, STALE_TOKEN))


class Upload(NamedTuple):
    """A file on its way: its name, its bytes and its type."""

    name: str
    data: bytes
    content_type: str


class _TokenStruck(logging.Filter):
    """Strikes tokens from what the HTTP library logs: WeChat wants them in the address and nowhere else."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                _TOKEN_IN_ADDRESS.sub(r"\1•••", value) if isinstance(value, str) else value for value in record.args
            )
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_TokenStruck())


class AccountClient(WeChatClient):  # type: ignore[misc]  # wechatpy is published without types
    """One account's calls. `timeout` is (seconds to connect, seconds without a byte). Prints no secret."""

    def __init__(
        self,
        *,
        app_id: str,
        app_secret: Secret,
        api_base: str,
        store: TokenStore,
        now: Callable[[], datetime],
        timeout: tuple[float, float],
    ) -> None:
        super().__init__(app_id, app_secret, timeout=timeout, auto_retry=False)
        self.api_base = api_base.rstrip("/")
        self.API_BASE_URL = f"{self.api_base}/cgi-bin/"
        self.now = now
        self.tokens = Tokens(app_id=app_id, store=store, fetch=self.fetch_token, now=now)
        deafen(self._http)

    @property
    def access_token(self) -> Secret:
        """The token for wechatpy's own calls. Raises `PlatformError` where there is none."""
        token = self.tokens.current()
        if isinstance(token, Refused):
            raise PlatformError(token.failure.sentence, token.failure, token.code)
        return token

    def fetch_token(self) -> Result:
        """Ask WeChat for the token itself. Never with `force_refresh`, which kills what others hold."""
        body = {
            "grant_type": "client_credential",
            "appid": self.appid,
            "secret": self.secret,
            "force_refresh": False,
        }
        return self._once("post", "stable_token", token=None, body=body, row=token_failure)

    def call(
        self,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        method: str = "post",
        parameters: Mapping[str, str] | None = None,
        upload: Upload | None = None,
        taken: frozenset[int] = frozenset(),
    ) -> Result:
        """Make one call to `path` below /cgi-bin/. Never raises for what the network or the platform does.

        `taken` are errcodes that count as answers. A stale token is renewed once and the call made once more.
        """
        token = self.tokens.current()
        if isinstance(token, Refused):
            return token

        def once(token: Secret) -> Result:
            return self._once(
                method, path, token=token, body=body, parameters=parameters, upload=upload, row=failure, taken=taken
            )

        result = once(token)
        if not is_stale(result):
            return result
        fresh = self.tokens.renew(token)
        if isinstance(fresh, Refused):
            return fresh
        # Also with the same token: `stable_token` gives it again while it is good, and a server of theirs was behind.
        return once(fresh)

    def read(
        self,
        path: str,
        status: int,
        body: bytes,
        row: Callable[[int], Failure] = failure,
        taken: frozenset[int] = frozenset(),
    ) -> Result:
        """Read what came back from `path`, and log a refusal with what Tencent's support asks for."""
        result = read_answer(status, body, now=self.now(), row=row, taken=taken)
        if isinstance(result, Refused):
            _log.info("wechat_refused", call=path, code=result.code, rid=result.trace)
        return result

    def _once(
        self,
        method: str,
        path: str,
        *,
        token: Secret | None,
        row: Callable[[int], Failure],
        body: Mapping[str, Any] | None = None,
        parameters: Mapping[str, str] | None = None,
        upload: Upload | None = None,
        taken: frozenset[int] = frozenset(),
    ) -> Result:
        # A parameter that is None is left out of the address, but keeps wechatpy from putting a token there.
        sent: dict[str, Any] = {"params": {**(parameters or {}), "access_token": token}, "allow_redirects": False}
        if body is not None:
            sent["data"] = dict(body)
        if upload is not None:
            sent["files"] = {"media": tuple(upload)}
        try:
            response = self._request(method, path, **sent)
        except WeChatClientException as refusal:  # a 4xx or 5xx
            response = refusal.response
        except requests.RequestException as error:
            # Not passed on: the library's own error prints the address with the token.
            why = type(error).__name__
            return Refused(NEVER_LEFT, why) if never_left(error) else Uncertain(f"no answer: {why}")
        return self.read(path, response.status_code, response.content, row, taken)

    def _handle_result(self, res: requests.Response, *_: object, **__: object) -> requests.Response:
        """Leave the answer to us: wechatpy drops what stands in a refusal beside its code."""
        return res


def is_stale(result: Result) -> bool:
    """Tell whether a call was refused because of its token."""
    return isinstance(result, Refused) and result.code in _STALE
