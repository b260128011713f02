"""Asks WeChat what is right with an account and what is to be mended, line by line."""

import re
from collections.abc import Iterator

from handlers.contract import PlatformError
from handlers.finding import Finding, fine, fix, warn
from handlers.outcomes import Refused, Uncertain
from handlers.wechat.answer import Result, sentence
from handlers.wechat.capabilities import Account
from handlers.wechat.client import AccountClient
from handlers.wechat.failures import NEVER_LEFT
from handlers.wechat.mass import MassSender

ADDRESS_NOT_LISTED = "40164"
UNAUTHORISED = "48001"

_ADDRESS = re.compile(r"invalid ip ([0-9a-fA-F.:]+)")


def diagnose(
    client: AccountClient, mass: MassSender, *, account: Account, encrypted: bool, original_id: str
) -> Iterator[Finding]:
    """Yield a finding for each thing that was asked. Without a token nothing else is asked."""
    yield from _settings(encrypted=encrypted, original_id=original_id)
    token = client.fetch_token()
    if isinstance(token, Uncertain) or (isinstance(token, Refused) and token.failure is NEVER_LEFT):
        yield fix(f"No answer from {client.api_base}. Check api_base and the network.")
    elif isinstance(token, Refused):
        listed = token.code != ADDRESS_NOT_LISTED
        yield fix(f"Access token: {sentence(token)}" if listed else _not_listed(token.said))
    else:
        yield fine("WeChat gives an access token for app_id and app_secret.")
        yield fine("this server's address may ask for tokens")
        yield _verified(client.call("tags/get", method="get"))
        yield _kind(account)
        yield _mass_messages(mass)


def _settings(*, encrypted: bool, original_id: str) -> Iterator[Finding]:
    if encrypted:
        yield fine("Messages have to come encrypted. Choose 兼容模式 or 安全模式 in the account's settings.")
    else:
        yield warn("Messages come in the clear (明文模式). Set encoding_aes_key to have them encrypted.")
    if not original_id:
        yield warn(
            "original_id is not set, so messages for another account would be taken for this one's. Set it to the"
            " account's gh_… (原始ID) from mp.weixin.qq.com."
        )


def _not_listed(said: str) -> str:
    """Name the address that WeChat saw: behind a gateway nobody else can tell it."""
    found = _ADDRESS.search(said)
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


def _kind(account: Account) -> Finding:
    """No call of WeChat's tells the kind of an account, and to try what only one of them may would send something."""
    return warn(
        f"cannot tell what kind of account this is; the settings say {account}: see on mp.weixin.qq.com whether it is"
    )


def _mass_messages(mass: MassSender) -> Finding:
    try:
        quota = mass.quota()
    except PlatformError as refused:
        return fix(f"Mass messages: {refused}")
    if quota.left <= 0:
        return warn(f"All {quota.limit} mass calls of today are used; there are new ones after midnight in China.")
    return fine(f"{quota.left} of {quota.limit} mass calls are left today.")
