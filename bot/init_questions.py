"""What `init` asks about a channel, and where the owner finds the answer: one row for each setting."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import choice, token_urlsafe
from string import ascii_letters, digits
from typing import Annotated, Any

from pydantic import AfterValidator, TypeAdapter, ValidationError

from bot.settings import CHANNEL_KINDS, ClarionSettings
from handlers.secret import Secret

AES_KEY_CHARACTERS = 43
"""Length of an EncodingAESKey (developers.weixin.qq.com, "消息加解密说明", checked 2026-11-23)."""

WECHAT_TOKEN_CHARACTERS = 32
"""The longest Token that the account's settings take: 3 to 32 letters and digits (same page)."""


@dataclass(frozen=True, slots=True)
class Question:
    """One setting to be asked for: `where` the owner finds it, and what an empty answer stands for.

    `make` invents a value that the owner pastes into the platform's settings; without it and without a default an
    empty answer is refused.
    """

    name: str
    where: str
    make: Callable[[], str] | None = None


def _words() -> str:
    return token_urlsafe(18)


def _wechat_token() -> str:
    return "".join(choice(ascii_letters + digits) for _ in range(WECHAT_TOKEN_CHARACTERS))


QUESTIONS: Mapping[str, tuple[Question, ...]] = {
    "messenger": (
        Question("name", "a short name of your own, such as page; it becomes part of the webhook address"),
        Question("page_id", "on the Page under About, Page transparency"),
        Question("access_token", "developers.facebook.com, your app, Messenger, Access tokens: Generate"),
        Question("app_secret", "developers.facebook.com, your app, App settings, Basic: App secret"),
        Question("verify_token", "words of your own; leave it empty and some are made up", _words),
    ),
    "wechat": (
        Question("name", "a short name of your own, such as account; it becomes part of the webhook address"),
        Question("app_id", "developers.weixin.qq.com, your account: AppID"),
        Question("app_secret", "developers.weixin.qq.com, your account: AppSecret"),
        Question("token", "words of your own; leave it empty and some are made up", _wechat_token),
        Question("encoding_aes_key", "the account's message settings; leave it empty for 明文模式 (plain mode)"),
        Question("account", "subscription (公众号) or service (服务号)"),
        Question("original_id", "mp.weixin.qq.com, account details: 原始ID; may be left empty"),
    ),
}
"""What is asked for each platform, in this order."""

KINDS = {str(kind.model_fields["platform"].default): kind for kind in CHANNEL_KINDS}


def is_secret(platform: str, name: str) -> bool:
    """Say whether a setting is not to be shown while it is typed."""
    metadata = KINDS[platform].model_fields[name].metadata
    return any(isinstance(rule, AfterValidator) and rule.func is Secret for rule in metadata)


def default(platform: str, name: str) -> str | None:
    """Return what an empty answer stands for, None where there has to be one."""
    field = KINDS[platform].model_fields[name]
    return None if field.is_required() else str(field.default)


def problem(platform: str, name: str, value: str) -> str | None:
    """Return what is wrong with an answer, None when it can be used."""
    if value.startswith(("env:", "file:")):
        return None  # read and checked with the whole file
    if name == "encoding_aes_key" and len(value) not in {0, AES_KEY_CHARACTERS}:
        return f"an EncodingAESKey has {AES_KEY_CHARACTERS} characters; this has {len(value)}"
    if name == "page_id" and value and not value.isdecimal():
        return f"a Page's id is a number such as 10485760; got {value!r}"
    return _refused(KINDS[platform].model_fields[name], value)


def base_url_problem(value: str) -> str | None:
    """Return what is wrong with the address people reach this program at, None when it can be used."""
    if not value.startswith(("http://", "https://")):
        return f"{value!r} is not an address; expected something like https://bot.example.com"
    return _refused(ClarionSettings.model_fields["base_url"], value)


_PLAIN = {
    "string_too_short": "it cannot be empty",
    "string_pattern_mismatch": "small letters, digits, - and _ are taken, 40 at most",
}
"""What the library says of these is for programmers."""


def _refused(field: Any, value: str) -> str | None:
    try:
        TypeAdapter(Annotated[field.annotation, field]).validate_python(value)
    except ValidationError as error:
        mistake = error.errors()[0]
        return _PLAIN.get(mistake["type"]) or str(mistake["msg"]).removeprefix("Value error, ")
    return None
