"""What WeChat says of an account beyond what the channel itself asks: its address list, its kind and verification."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from bot.doctor.finding import Finding, fine, fix, warn
from bot.settings import WeChatChannel
from handlers.outcomes import Refused
from handlers.secret import Secret
from handlers.wechat.answer import Result, read_json
from handlers.wechat.client import AccountClient
from handlers.wechat.token import TokenStore

ADDRESS_NOT_LISTED = "40164"
UNAUTHORISED = "48001"
NOT_FOR_THIS_KIND = "76022"
"""What `openapi/quota/get` answers for a call that the kind of account does not have (checked 2026-11-23)."""

_TIMEOUT = (3.05, 20.0)
_ADDRESS = re.compile(r"invalid ip ([0-9a-fA-F.:]+)")


class _Listening(AccountClient):
    """The account's client, which keeps the words of the last answer: in one of them WeChat names our address."""

    last = b""

    def read(self, path: str, status: int, body: bytes, *rest: Any) -> Result:
        """Keep the body, then read it as always."""
        self.last = body
        return super().read(path, status, body, *rest)


def examine(settings: WeChatChannel, store: TokenStore, now: Callable[[], datetime]) -> Iterator[Finding]:
    """Yield what can be told. Silence and refused credentials are left to the channel's own diagnosis."""
    client = _Listening(
        app_id=settings.app_id, app_secret=Secret(settings.app_secret), api_base=settings.api_base, store=store,
        now=now, timeout=_TIMEOUT,
    )  # fmt: skip
    token = client.fetch_token()
    if isinstance(token, Refused) and token.code == ADDRESS_NOT_LISTED:
        yield fix(_not_listed(client.last))
    if not isinstance(token, dict):
        return
    yield fine("this server's address may ask for tokens")
    yield _verified(client.call("tags/get", method="get"))
    yield from _kind(settings.account, client.call("openapi/quota/get", {"cgi_path": "/cgi-bin/message/mass/send"}))


def _not_listed(body: bytes) -> str:
    found = _ADDRESS.search(str((read_json(body) or {}).get("errmsg", "")))
    address = f"this server's address {found[1]}" if found else "this server's address"
    return f"{address} is not on the IP allow-list (40164); add it on developers.weixin.qq.com and wait five minutes"


def _verified(answer: Result) -> Finding:
    """Tags are for verified accounts alone, and reading them changes nothing."""
    if isinstance(answer, Refused) and answer.code == UNAUTHORISED:
        return fix(
            "the account is not verified (48001), so WeChat lets it send nothing by API; have it verified on"
            " mp.weixin.qq.com (微信认证)"
        )
    if isinstance(answer, dict):
        return fine("the account is verified")
    return warn("WeChat does not say whether the account is verified; try again")


def _kind(account: str, answer: Result) -> Iterator[Finding]:
    """Only service accounts may name the people of a mass message one by one."""
    subscription = isinstance(answer, Refused) and answer.code == NOT_FOR_THIS_KIND
    if not (subscription or isinstance(answer, dict)):
        yield warn("WeChat does not say what kind of account this is; compare account with mp.weixin.qq.com")
        return
    kind = "subscription" if subscription else "service"
    if kind == account:
        yield fine(f"the account is a {kind} account")
    else:
        yield fix(f'WeChat treats this as a {kind} account; set account = "{kind}" in the settings')
