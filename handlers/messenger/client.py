"""The Graph API for one Page: pymessenger's `Bot`, with a session, time limits and the token out of the URL.

pymessenger 0.0.7.0 opens a connection for every call, waits for ever, puts the access token into the
address (from where it gets into error messages) and hides status and headers. Every `send_*` of it
that works on Python 3 ends in `send_raw`, so that is what is replaced here; its file and `*_url`
methods are broken there and are not used.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import requests
from pymessenger.bot import Bot

from handlers.http import deafen
from handlers.secret import Secret
from handlers.silence import never_left


class Answer(NamedTuple):
    """What came back. `headers` finds names whatever their case; `body` is as it came, often not JSON."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NoAnswer(Exception):
    """Nothing came back. `never_left` is True where the request certainly did not reach anybody.

    Made afresh rather than passed on: the HTTP library's own error prints the address with its parameters.
    """

    def __init__(self, why: str, *, never_left: bool) -> None:
        super().__init__(why)
        self.why = why
        self.never_left = never_left


class PageClient(Bot):  # type: ignore[misc]  # pymessenger is published without types
    """One Page's calls to the Graph API over one session, each giving an `Answer` or raising `NoAnswer`.

    `timeout` is (seconds to connect, seconds without a byte).
    """

    def __init__(
        self,
        *,
        page_id: str,
        access_token: Secret,
        app_secret: Secret,
        api_base: str,
        api_version: str,
        timeout: tuple[float, float],
    ) -> None:
        super().__init__(access_token, api_version=api_version, app_secret=app_secret)
        self.page_id = page_id
        self.graph_url = f"{api_base.rstrip('/')}/v{api_version}"
        self.timeout = timeout
        self.headers = {"Authorization": f"Bearer {access_token}", "Content-Type": "application/json"}
        self.session = requests.Session()
        deafen(self.session)
        self.session.headers.update(self.headers)

    @property
    def auth_args(self) -> dict[str, str]:
        """The parameters of every call: pymessenger's proof that we know the app secret, not the token."""
        return {"appsecret_proof": super().auth_args["appsecret_proof"]}

    @property
    def messages_url(self) -> str:
        """The address messages are posted to, without parameters.

        It names the Page instead of `me`, so that another Page's token is refused, not obeyed.
        """
        return f"{self.graph_url}/{self.page_id}/messages"

    def send_raw(self, payload: Mapping[str, Any]) -> Answer:
        """Post one Send API body: where all of pymessenger's `send_*` methods end."""
        return self.call("POST", f"{self.page_id}/messages", body=payload)

    def call(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Make one call to `path` below the version. Raises `NoAnswer`; a refusal is an answer."""
        try:
            response = self.session.request(
                method,
                f"{self.graph_url}/{path}",
                params={**self.auth_args, **(parameters or {})},
                data=None if body is None else json.dumps(body).encode(),
                timeout=self.timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            no_answer = NoAnswer(type(error).__name__, never_left=never_left(error))
        else:
            return Answer(response.status_code, response.headers, response.content)
        raise no_answer  # out here, so that the library's error is not chained to it
