"""Asks WeChat what is right with an account and what is to be mended, line by line."""

from collections.abc import Iterator

from handlers.contract import PlatformError
from handlers.outcomes import Refused, Uncertain
from handlers.wechat.answer import sentence
from handlers.wechat.client import AccountClient
from handlers.wechat.failures import NEVER_LEFT
from handlers.wechat.mass import MassSender


def diagnose(client: AccountClient, mass: MassSender, *, encrypted: bool, original_id: str) -> list[tuple[bool, str]]:
    """Return one (fine, sentence) for each thing that was asked. Without a token nothing else is asked."""
    lines = [*_settings(encrypted=encrypted, original_id=original_id)]
    token = client.fetch_token()
    if isinstance(token, Refused) and token.failure is not NEVER_LEFT:
        return [*lines, (False, f"Access token: {sentence(token)}")]
    if isinstance(token, Refused | Uncertain):
        return [*lines, (False, f"No answer from {client.api_base}. Check api_base and the network.")]
    return [*lines, (True, "WeChat gives an access token for app_id and app_secret."), _mass_messages(mass)]


def _settings(*, encrypted: bool, original_id: str) -> Iterator[tuple[bool, str]]:
    if encrypted:
        yield True, "Messages have to come encrypted. Choose 兼容模式 or 安全模式 in the account's settings."
    else:
        yield True, "Messages come in the clear (明文模式). Set encoding_aes_key to have them encrypted."
    if not original_id:
        yield True, "original_id is not set, so messages for another account would be taken for this one's."


def _mass_messages(mass: MassSender) -> tuple[bool, str]:
    try:
        quota = mass.quota()
    except PlatformError as refused:
        return False, f"Mass messages: {refused}"
    if quota.left <= 0:
        return False, f"All {quota.limit} mass calls of today are used; there are new ones after midnight in China."
    return True, f"{quota.left} of {quota.limit} mass calls are left today."
