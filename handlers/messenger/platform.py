"""Messenger as the rest of the program sees it: the files beside this one behind the contract's verbs."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import aiohttp

from handlers.content import Content, Image, Outgoing
from handlers.contract import Capabilities, Problem, Profile, RawRequest, Reply
from handlers.events import Event
from handlers.finding import Finding
from handlers.messenger.capabilities import CAPABILITIES, UPLOAD_LIFETIME
from handlers.messenger.check import check
from handlers.messenger.client import PageClient
from handlers.messenger.diagnose import diagnose
from handlers.messenger.media import upload
from handlers.messenger.parse import parse
from handlers.messenger.profile import read_profile
from handlers.messenger.send import BulkSender, send
from handlers.messenger.signature import handshake, verify
from handlers.messenger.templates import read_templates
from handlers.outcomes import Outcome
from handlers.secret import Secret
from handlers.templates import ListedTemplate


class Messenger:
    """One Messenger Page. Implements `handlers.contract.Platform` and `handlers.templates.HasTemplates`.

    `api_base` is scheme, host and port alone; `timeout` is (seconds to connect, seconds without a byte)
    for single calls. Raises ValueError for an empty id or secret: an empty one would let anybody in.
    """

    def __init__(
        self,
        *,
        page_id: str,
        access_token: Secret,
        app_secret: Secret,
        verify_token: Secret,
        api_base: str = "https://graph.facebook.com",
        api_version: str = "26.0",
        timeout: tuple[float, float] = (3.05, 20),
    ) -> None:
        needed = {
            "page_id": page_id,
            "access_token": access_token,
            "app_secret": app_secret,
            "verify_token": verify_token,
        }
        missing = [name for name, value in needed.items() if not value]
        if missing:
            raise ValueError(f"A Messenger channel needs {', '.join(missing)}.")
        self._page_id = page_id
        self._app_secret = app_secret
        self._verify_token = verify_token
        self._client = PageClient(
            page_id=page_id,
            access_token=access_token,
            app_secret=app_secret,
            api_base=api_base,
            api_version=api_version,
            timeout=timeout,
        )
        self._bulk = BulkSender(self._client)

    def __repr__(self) -> str:
        return f"<Messenger page {self._page_id}>"

    @property
    def capabilities(self) -> Capabilities:
        """Messenger's table of facts."""
        return CAPABILITIES

    def handshake(self, request: RawRequest) -> Reply:
        """Answer Meta's GET with its challenge, or 403 to a stranger."""
        return handshake(request.query, self._verify_token)

    def verify(self, request: RawRequest) -> None:
        """Raise `BadSignature` unless Meta signed these bytes."""
        verify(request.body, request.headers, self._app_secret)

    def parse(self, request: RawRequest) -> tuple[Event, ...]:
        """Return the request's events in order. Raises `Unreadable`."""
        return parse(request.body, self._page_id)

    def acknowledge(self, request: RawRequest, replies: tuple[Outgoing, ...]) -> tuple[Reply, int]:  # noqa: ARG002
        """Answer 200, which Meta wants within 5 seconds; no reply can ride on it."""
        return Reply(200, b"EVENT_RECEIVED"), 0

    def check(self, content: Content) -> list[Problem]:
        """List everything about `content` that Messenger would refuse."""
        return check(content)

    def send(self, outgoing: Outgoing) -> Outcome:
        """Make one call and wait for its outcome."""
        return send(self._client, outgoing)

    async def send_bulk(self, http: aiohttp.ClientSession, outgoing: Outgoing) -> Outcome:
        """Make one call among many over the shared session (`handlers.http.bulk_session`)."""
        return await self._bulk.send(http, outgoing)

    def upload(self, image: Image) -> str:
        """Have Meta fetch a picture once; return its attachment_id. Raises `PlatformError`."""
        return upload(self._client, image)

    def upload_lifetime(self) -> timedelta:
        """How long an attachment_id is used before the picture is uploaded again."""
        return UPLOAD_LIFETIME

    def profile(self, person: str) -> Profile | None:
        """Read what Meta tells about a PSID; None where it tells nothing. Never raises."""
        return read_profile(self._client, person)

    def templates(self) -> tuple[ListedTemplate, ...]:
        """Read the Page's utility templates. Raises `PlatformError`."""
        return read_templates(self._client)

    def diagnose(self, now: datetime) -> Iterator[Finding]:
        """Ask Meta what is right, what somebody should know and what to mend."""
        return diagnose(self._client, now)
