"""WeChat as the rest of the program sees it: the files beside this one behind the contract's verbs."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import aiohttp

from handlers.content import Articles, Content, Image, Outgoing
from handlers.contract import (
    BadSignature,
    Capabilities,
    PlatformError,
    Problem,
    Profile,
    RawRequest,
    Reply,
    Unreadable,
)
from handlers.events import Event
from handlers.finding import Finding
from handlers.many import Follower, FollowerPage
from handlers.outcomes import Outcome, Refused
from handlers.secret import Secret
from handlers.wechat import followers
from handlers.wechat.address import may_fetch
from handlers.wechat.capabilities import CAPABILITIES, MASS_RULES, MASS_TEXT_ADVISED, UPLOAD_LIFETIME, Account
from handlers.wechat.check import check, check_personal
from handlers.wechat.client import AccountClient
from handlers.wechat.crypto import Envelope
from handlers.wechat.diagnose import diagnose
from handlers.wechat.fields import read_fields, text
from handlers.wechat.mass import MassSender
from handlers.wechat.media import Pictures
from handlers.wechat.parse import parse
from handlers.wechat.preview import Previews
from handlers.wechat.render import customer_messages, passive_reply
from handlers.wechat.send import BulkSender, Sender
from handlers.wechat.signature import handshake, verify
from handlers.wechat.token import TokenStore

_NO_KEY = Secret("")
NOTHING_TO_SAY = b"success"  # never encrypted; anything else but XML shows the person an error


def _now() -> datetime:
    return datetime.now(UTC)


class WeChat:
    """One Official Account. Implements `handlers.contract.Platform`, and both powers of `handlers.many`.

    With `encoding_aes_key` only encrypted requests are believed (兼容模式 and 安全模式); `previous_aes_key` is tried
    too while the key is being changed. `menus`: choices of a conversation may be lines to tap, which makes WeChat allow
    three messages within a minute instead of five within 48 hours. `mass_text_advised` is in characters. `api_base`
    is scheme, host and port alone; `timeout` is (seconds to connect, seconds without a byte) for single calls.
    Raises ValueError for what is missing or cannot be right.
    """

    def __init__(
        self,
        *,
        app_id: str,
        app_secret: Secret,
        token: Secret,
        token_store: TokenStore,
        encoding_aes_key: Secret = _NO_KEY,
        previous_aes_key: Secret = _NO_KEY,
        account: Account = "subscription",
        original_id: str = "",
        api_base: str = "https://api.weixin.qq.com",
        menus: bool = False,
        mass_text_advised: int = MASS_TEXT_ADVISED,
        timeout: tuple[float, float] = (3.05, 20),
        now: Callable[[], datetime] = _now,
    ) -> None:
        needed = {"app_id": app_id, "app_secret": app_secret, "token": token}
        missing = [name for name, value in needed.items() if not value]
        if missing:
            raise ValueError(f"A WeChat channel needs {', '.join(missing)}.")
        if account not in MASS_RULES:
            raise ValueError(f"account is subscription or service, not {account}.")
        self._app_id = app_id
        self._token = token
        self._account = account
        self._original_id = original_id
        self._api_base = api_base
        self._now = now
        keys = tuple(key for key in (encoding_aes_key, previous_aes_key) if key)
        self._envelope = Envelope(token=token, app_id=app_id, keys=keys) if encoding_aes_key else None
        self._client = AccountClient(
            app_id=app_id, app_secret=app_secret, api_base=api_base, store=token_store, now=now, timeout=timeout
        )
        self._pictures = Pictures(self._client)
        self._sender = Sender(self._client, self._pictures, menus=menus)
        self._bulk = BulkSender(self._client)
        self._mass = MassSender(self._client, self._pictures, account, mass_text_advised)
        self._previews = Previews(self._mass, self._pictures)

    def __repr__(self) -> str:
        return f"<WeChat account {self._app_id}>"

    @property
    def capabilities(self) -> Capabilities:
        """WeChat's table of facts."""
        return CAPABILITIES

    @property
    def mass(self) -> MassSender:
        """The verbs of mass messages."""
        return self._mass

    def handshake(self, request: RawRequest) -> Reply:
        """Answer WeChat's GET with its echo, or 403 to a stranger."""
        return handshake(request.query, self._token, self._now())

    def verify(self, request: RawRequest) -> None:
        """Raise `BadSignature` unless WeChat signed this request just now, and the encrypted part of it."""
        verify(request.query, self._token, self._now())
        if self._envelope is not None:
            self._envelope.verify(request.body, request.query)

    def parse(self, request: RawRequest) -> tuple[Event, ...]:
        """Return what happened. Raises `Unreadable`."""
        return parse(self._xml(request), self._original_id)

    def acknowledge(self, request: RawRequest, replies: tuple[Outgoing, ...]) -> tuple[Reply, int]:
        """Answer with the first of `replies`, encrypted as the request was, or with `success`; say how many ride.

        It rides when it is for whoever made the request and can be shown without a call to WeChat.
        """
        xml = self._ride(request, replies[0]) if replies else None
        return (Reply(200, NOTHING_TO_SAY), 0) if xml is None else (Reply(200, xml.encode(), "application/xml"), 1)

    def check(self, content: Content) -> list[Problem]:
        """List everything about `content` that WeChat would refuse."""
        return check(content, own_picture=lambda address: may_fetch(address, self._api_base))

    def check_personal(self, content: Content) -> list[Problem]:
        """List what cannot go by customer-service messages though it could be mass-sent."""
        return check_personal(content)

    def send(self, outgoing: Outgoing) -> Outcome:
        """Send a customer-service message and wait for its outcome, whose message id is always empty.

        Articles that fit none are shown by WeChat's preview, which has one.
        """
        if isinstance(outgoing.message, Articles) and outgoing.message.articles and not customer_messages(outgoing):
            return self._previews.show(outgoing, outgoing.message)
        return self._sender.send(outgoing)

    async def send_bulk(self, http: aiohttp.ClientSession, outgoing: Outgoing) -> Outcome:
        """Send one customer-service message among many over the shared session (`handlers.http.bulk_session`)."""
        return await self._bulk.send(http, outgoing)

    def upload(self, image: Image) -> str:
        """Make a picture permanent material once; return its media_id. Raises `PlatformError`.

        Only pictures that were sent on WeChat are fetched.
        """
        return _placed(self._pictures.place(image))

    def upload_bytes(self, data: bytes) -> str:
        """Make a picture of our own permanent material; return its media_id. Raises `PlatformError`."""
        return _placed(self._pictures.add(data))

    def upload_lifetime(self) -> timedelta:
        """How long a permanent media_id is used."""
        return UPLOAD_LIFETIME

    def profile(self, person: str) -> Profile | None:  # noqa: ARG002
        """Return None: since 2021 WeChat tells neither names nor language of a follower."""
        return None

    def diagnose(self, now: datetime) -> Iterator[Finding]:  # noqa: ARG002 - nothing that WeChat tells has an end
        """Ask WeChat what is right, what somebody should know and what to mend."""
        return diagnose(
            self._client,
            self._mass,
            account=self._account,
            encrypted=self._envelope is not None,
            original_id=self._original_id,
        )

    def follower_pages(self, after: str = "") -> Iterator[FollowerPage]:
        """Yield the list of followers, up to 10,000 a page, from behind `after`. Raises `PlatformError`."""
        return followers.pages(self._client, after)

    def followers(self, people: Sequence[str]) -> Iterator[Follower]:
        """Yield what WeChat tells about these people, 100 a call. Raises `PlatformError`."""
        return followers.profiles(self._client, people)

    def _xml(self, request: RawRequest) -> str:
        try:
            if self._envelope is not None:
                return self._envelope.open(request.body, request.query)
            return request.body.decode()
        except (BadSignature, UnicodeDecodeError):
            raise Unreadable("not text, or not what was signed") from None

    def _ride(self, request: RawRequest, reply: Outgoing) -> str | None:
        fields = read_fields(self._xml(request))
        if reply.purpose != "reply" or reply.to != text(fields, "FromUserName"):
            return None
        at = int(self._now().timestamp())
        xml = passive_reply(reply, account=text(fields, "ToUserName"), at=at)
        if xml is None or self._envelope is None:
            return xml
        return self._envelope.seal(xml, request.body, request.query, nonce=secrets.token_hex(8), timestamp=at)


def _placed(handle: str | Refused) -> str:
    if isinstance(handle, Refused):
        raise PlatformError(handle.failure.sentence, handle.failure, handle.code)
    return handle
