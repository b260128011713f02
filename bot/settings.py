"""Every setting once: its name, type, default and what it is for.

Read from a TOML file, then from the environment (`CLARION_DATABASE__URL` sets `[database] url`). A secret may be
written as `env:NAME` or `file:PATH` (relative to the file) to keep it out of the file. Names nobody knows are refused.
`config.example.toml` is made from this module and a test holds the two equal.
"""

import os
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

import redis
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.environment import PREFIX, strange
from broadcast.quiet import QuietHours, quiet_hours
from handlers.secret import Secret


class BadSettings(Exception):
    """The settings cannot be used; the sentence says which, what was expected and where."""


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not a time zone; expected a name like Europe/Berlin")
    return name


def _origin(url: str) -> str:
    scheme, _, rest = url.partition("://")
    if scheme not in {"http", "https"} or not rest.rstrip("/") or "/" in rest.rstrip("/"):
        raise ValueError(
            f"{url!r} is not scheme, host and port alone; expected something like https://graph.facebook.com"
        )
    return url.rstrip("/")


_DATABASE = re.compile(r"/?|/[0-9]{1,4}")
"""The path of an address of Redis: which of its databases."""


def _redis(url: str) -> str:
    try:
        redis.Redis.from_url(url).close()  # connects to nothing, and takes what is missing or no number for its default
        parts = urlsplit(url)
        of_a_host = bool(parts.hostname) and parts.port != 0 and bool(_DATABASE.fullmatch(parts.path))
        usable = bool(parts.path) if parts.scheme == "unix" else of_a_host
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(
            f"{url.rpartition('@')[2]!r} is no address of Redis; expected something like redis://127.0.0.1:6379/0"
        )
    return url


def _quiet_hours(written: str) -> str:
    quiet_hours(written, UTC)
    return written


Quiet = Annotated[str, AfterValidator(_quiet_hours)]
Zone = Annotated[str, AfterValidator(_zone)]
RedisAddress = Annotated[str, AfterValidator(_redis)]
Origin = Annotated[str, AfterValidator(_origin)]
SecretText = Annotated[str, AfterValidator(Secret)]


class _Section(BaseModel):
    # Ids are digits, and are easily written without their quotes.
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class ClarionSettings(_Section):
    """What concerns the whole program."""

    base_url: str = Field(
        "http://localhost:8000",
        description="Where people reach this program from outside; links in messages begin with it.",
    )
    timezone: Zone = Field(
        "UTC", description="Time zone of times typed and shown, until an admin chooses another with /timezone."
    )
    language: Literal["en", "zh_CN"] = Field(
        "en", description="Language of the program's own words, until an admin chooses another with /language."
    )
    undo_seconds: float = Field(
        15, ge=0, le=3600, description="How long a Send can be taken back before the first message leaves, in seconds."
    )
    secret_key: SecretText = Field(
        "",
        description="Signs links and buttons: 32 random characters or more, the same on every host.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="How much is written to the log."
    )


class DatabaseSettings(_Section):
    """Where everything is remembered."""

    url: str = Field(
        "sqlite:///clarion.db",
        description="sqlite:/// and a path (relative to this file, or absolute), or postgresql://user:password@host/name.",
    )


class RedisSettings(_Section):
    """Wake-ups, rate tokens and caches; may be wiped at any moment with nothing lost."""

    url: RedisAddress = Field(
        "redis://127.0.0.1:6379/0",
        description="redis://host:port/db. Redis 7 or Valkey 8, or newer.",
    )


class CommonSettings(_Section):
    """What channels of every platform have."""

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$",
        description="Short name of the channel; part of its webhook address /webhooks/NAME.",
    )
    rate_per_second: float = Field(
        30,
        gt=0,
        description="Messages a second for all workers together. Above 40 a Page's Inbox stops showing new messages.",
    )
    media_rate_per_second: float = Field(
        10,
        gt=0,
        description="The most a second for broadcasts with a picture message; Meta names no rate for pictures.",
    )
    confirm_above: int = Field(
        1000, ge=0, description="Sending to more people than this asks the admin to type the number."
    )
    approve_above: int = Field(
        0, ge=0, description="Sending to more people than this needs a second person's approval; 0 is never."
    )
    timezone: Zone | None = Field(None, description="Time zone of this channel, if not the program's.")
    broadcasts_per_day: int = Field(0, ge=0, description="The most broadcasts that start on one day; 0 is no limit.")
    messages_per_month: int = Field(
        0, ge=0, description="The most messages of broadcasts in one calendar month; 0 is no limit."
    )
    messages_per_person_per_day: int = Field(
        0, ge=0, description="The most messages of broadcasts one person gets on one day; 0 is no limit."
    )

    quiet_hours: Quiet = Field(
        "",
        description="When messages of broadcasts wait, by the clock where each person lives: 22:00-08:00. Empty: never."
        " Replies never wait, and a mass message goes to all at once.",
    )


class MessengerChannel(CommonSettings):
    """A Facebook Page."""

    platform: Literal["messenger"] = Field("messenger", description="messenger")
    page_id: str = Field(min_length=1, description="Id of the Page.")
    access_token: SecretText = Field(min_length=1, description="Page access token.")
    app_secret: SecretText = Field(min_length=1, description="App secret: proves that a webhook is Meta's.")
    verify_token: SecretText = Field(
        min_length=1, description="The words you typed as Verify Token in the app's webhook settings."
    )
    api_version: str = Field("26.0", pattern=r"^\d+\.\d+$", description="Version of the Graph API.")
    api_base: Origin = Field(
        "https://graph.facebook.com", description="The platform, or a simulator: scheme, host and port alone."
    )


class WeChatChannel(CommonSettings):
    """A WeChat Official Account."""

    platform: Literal["wechat"] = Field("wechat", description="wechat")
    app_id: str = Field(min_length=1, description="AppID of the account.")
    app_secret: SecretText = Field(min_length=1, description="AppSecret of the account.")
    token: SecretText = Field(min_length=1, description="The Token in the account's message settings.")
    encoding_aes_key: SecretText = Field("", description="EncodingAESKey, 43 characters. Empty: plain mode.")
    previous_aes_key: SecretText = Field("", description="The key before it, while it is being changed.")
    account: Literal["subscription", "service"] = Field(
        "subscription", description="subscription (one mass message a day) or service (four a month for each follower)."
    )
    original_id: str = Field("", description="Original id of the account, gh_…; others' messages are refused then.")
    menus: bool = Field(False, description="Let admins tap choices; a tap allows fewer messages than a typed answer.")
    api_base: Origin = Field(
        "https://api.weixin.qq.com", description="The platform, or a simulator: scheme, host and port alone."
    )


Channel = MessengerChannel | WeChatChannel
CHANNEL_KINDS = (MessengerChannel, WeChatChannel)
PLATFORMS = tuple(kind.model_fields["platform"].default for kind in CHANNEL_KINDS)


class Settings(BaseSettings):
    """All settings of one installation."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True)

    clarion: ClarionSettings = ClarionSettings()
    database: DatabaseSettings = DatabaseSettings()
    redis: RedisSettings = RedisSettings()
    channels: tuple[Annotated[Channel, Field(discriminator="platform")], ...] = Field(
        (), description="One [[channels]] table for each Page or account."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is the library's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file."""
        return env_settings, init_settings


def load(path: Path) -> Settings:
    """Read and check the settings. Raises `BadSettings` with one sentence for every mistake."""
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadSettings(
            f"There is no settings file at {path}. Copy config.example.toml there, or run: python -m bot init"
        ) from None
    except OSError as error:
        raise BadSettings(
            f"{path} cannot be read: {error.strerror}. --config names the settings file itself."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path} is not readable as TOML: {error}") from None
    if strangers := strange(os.environ, Settings.model_fields, set(_referred(written))):
        raise BadSettings(
            f"The environment has {', '.join(strangers)}, and there is no such setting; see config.example.toml for the"
            " names there are, with two underscores after the section's: CLARION_DATABASE__URL."
        )
    try:
        settings = Settings(**_resolved(written, path.parent))
    except ValidationError as error:
        raise BadSettings(f"{path}: " + "; ".join(_sentence(mistake) for mistake in error.errors())) from None
    names = [channel.name for channel in settings.channels]
    if twice := {name for name in names if names.count(name) > 1}:
        raise BadSettings(f"{path}: two channels are called {', '.join(sorted(twice))}; names must differ")
    return settings


def _resolved(value: Any, base: Path) -> Any:
    """Replace `env:NAME` and `file:PATH` by what they point to."""
    match value:
        case dict():
            return {key: _resolved(item, base) for key, item in value.items()}
        case list():
            return [_resolved(item, base) for item in value]
        case str() if value.startswith("env:"):
            name = value.removeprefix("env:")
            if name not in os.environ:
                raise BadSettings(f"A setting says {value}, but the environment has no {name}.")
            return os.environ[name]
        case str() if value.startswith("file:"):
            path = base / value.removeprefix("file:")
            try:
                return path.read_text(encoding="utf-8").strip()
            except OSError as error:
                raise BadSettings(f"A setting says {value}, which cannot be read: {error.strerror}.") from None
    return value


def _referred(value: Any) -> Iterator[str]:
    """Yield the names of the environment's variables that the file takes values from."""
    match value:
        case dict():
            yield from (name for item in value.values() for name in _referred(item))
        case list():
            yield from (name for item in value for name in _referred(item))
        case str() if value.startswith("env:"):
            yield value.removeprefix("env:")


def _sentence(mistake: Any) -> str:
    where = ".".join(str(part) for part in mistake["loc"] if part not in PLATFORMS)
    if mistake["type"] == "extra_forbidden":
        return f"{where} is not a setting; see config.example.toml for the names there are"
    if mistake["type"] in {"union_tag_not_found", "union_tag_invalid"}:
        return f"{where}.platform has to be one of {', '.join(PLATFORMS)}"
    if mistake["type"] == "missing":
        return f"{where} is missing"
    return f"{where}: {mistake['msg'].removeprefix('Value error, ')}"


def zone_of(settings: Settings, channel: Channel) -> ZoneInfo:
    """Return the time zone a channel's admins start with."""
    return ZoneInfo(channel.timezone or settings.clarion.timezone)


def quiet_hours_of(settings: Settings, channel: Channel) -> QuietHours | None:
    """Return when broadcasts of a channel wait, or None."""
    return quiet_hours(channel.quiet_hours, zone_of(settings, channel))
