"""Builds everything from the settings: the only module that constructs things."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

import peewee as pw
import redis
import structlog
from redis.asyncio import Redis as AsyncRedis
from rq import Queue
from rq.serializers import JSONSerializer

from bot import log
from bot.clock import clock
from bot.flows.definition import Flow
from bot.flows.load import Flows
from bot.flows.load import load as load_flows
from bot.flows.mistakes import BadFlows
from bot.flows.parts import in_language
from bot.flows.runner import Runner
from bot.hearing import Hearing
from bot.settings import BadSettings, CommonSettings, Settings, load, quiet_hours_of, zone_of
from bot.settings import Channel as ChannelSettings
from bot.tokens import RedisTokens
from broadcast import because
from broadcast.because import NO_REASON, Reason
from broadcast.buttons import places
from broadcast.draft import Draft
from broadcast.engine import Channel as SendingChannel
from broadcast.links import Links, derived_secret
from broadcast.report_picture import ReportPictures, can_be_shown
from broadcast.service import Desk
from broadcast.templates import template_problems
from handlers.content import Outgoing
from handlers.contract import Platform
from handlers.events import Event
from handlers.registry import PLATFORMS
from handlers.secret import Secret
from storage import channels, quotas, variables
from storage.database import open_database
from storage.migrate import ensure_schema
from storage.quotas import Limits
from storage.suppression import digests

Unclaimed = Callable[["ChannelRuntime", Event, datetime], "list[Outgoing] | None"]
"""A host's own answer to an event that nobody here wanted; None when the host has none either."""

CONFIG_VARIABLE = "CLARION_CONFIG"
FLOWS_FOLDER = "flows"
OWN_LIMITS = frozenset({"broadcasts_per_day", "messages_per_month", "messages_per_person_per_day"})
WAKE_JOB = "bot.jobs.wake"
WAKE_QUEUE = "clarion"
WAKE_TTL_SECONDS = 60
"""A wake-up nobody heard in time is worth nothing: workers look by themselves every second."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ChannelRuntime:
    """One channel, ready to receive and send."""

    id: int
    settings: ChannelSettings
    platform: Platform


@dataclass(frozen=True)
class Runtime:
    """Everything a process needs, built once."""

    settings: Settings
    base: Path
    database: pw.Database
    channels: dict[str, ChannelRuntime]
    flows: Flows
    now: Callable[[], datetime]
    unclaimed: list[Unclaimed] = field(default_factory=list)

    @cached_property
    def queue_redis(self) -> redis.Redis:
        """The connection of the web process; short time-outs, since nobody may wait for a wake-up to be queued."""
        return redis.Redis.from_url(self.settings.redis.url, socket_connect_timeout=0.5, socket_timeout=1.0)

    @cached_property
    def hearing(self) -> Hearing:
        """What this web process adds to the counts of all of them."""
        return Hearing(self.queue_redis, time.monotonic)

    def async_redis(self) -> AsyncRedis:
        """Make the connection of a worker's event loop."""
        return AsyncRedis.from_url(self.settings.redis.url, socket_connect_timeout=1.0, socket_timeout=2.0)

    def queue(self, connection: redis.Redis) -> Queue:
        """Return the queue of wake-ups. JSON: a pickle from Redis would be run."""
        return Queue(WAKE_QUEUE, connection=connection, serializer=JSONSerializer)

    def wake(self) -> None:
        """Tell a worker that there is work. Losing this costs a second: workers look by themselves."""
        try:
            self.queue(self.queue_redis).enqueue(WAKE_JOB, result_ttl=0, failure_ttl=60, ttl=WAKE_TTL_SECONDS)
        except redis.RedisError as error:
            _log.warning("wake_failed", error=type(error).__name__)

    def desk(self, channel: ChannelRuntime, *, wake: bool = True) -> Desk:
        """Return the desk of a channel; without `wake` the caller wakes the workers after its commit."""
        return Desk(
            channel_id=channel.id,
            channel_name=channel.settings.name,
            platform=channel.platform,
            zone=zone_of(self.settings, channel.settings),
            undo=timedelta(seconds=self.settings.clarion.undo_seconds),
            confirm_above=channel.settings.confirm_above,
            approve_above=channel.settings.approve_above,
            rate=channel.settings.rate_per_second,
            media_rate=channel.settings.media_rate_per_second,
            quiet=quiet_hours_of(self.settings, channel.settings),
            now=self.now,
            wake=self.wake if wake else lambda: None,
            flows={flow.name: _title(flow, self.settings.clarion.language) for flow in self.flows},
            elsewhere=lambda: [self.desk(one, wake=wake) for one in self.channels.values() if one.id != channel.id],
            pictures=can_be_shown(channel.platform, self.settings.clarion.base_url, channel.settings.api_base),
        )

    @cached_property
    def links(self) -> Links:
        """Makes and reads the addresses of counted links."""
        return Links(_signing_secret(self.settings), self.settings.clarion.base_url)

    @cached_property
    def report_pictures(self) -> ReportPictures:
        """Makes the pictures of reports, and makes and reads their addresses."""
        return ReportPictures(_signing_secret(self.settings), self.settings.clarion.base_url)

    def flow_runner(self, channel: ChannelRuntime) -> Runner:
        """Return what takes a channel's subscribers through flows."""
        zone = zone_of(self.settings, channel.settings)
        return Runner(self.flows, channel.id, zone, self.settings.clarion.language)

    def objection(self, draft: Draft) -> Reason:
        """Return why a broadcast may not start after all; no reason when it may.

        Flows may have gone since it was written, and templates been paused.
        """
        names = [button.value for _, button in places(draft.content) if button.kind == "flow"]
        found = self.flows.problems_for(names)
        for channel in self.channels.values():
            if channel.id == draft.channel_id:
                found += template_problems(channel.id, channel.platform, draft.content.template)
        return because.problem(found[0]) if found else NO_REASON

    def sending_channels(self) -> tuple[SendingChannel, ...]:
        """Return what the engine sends on."""
        return tuple(
            SendingChannel(
                id=channel.id,
                platform=channel.platform,
                rate=channel.settings.rate_per_second,
                media_rate=channel.settings.media_rate_per_second,
                quiet=quiet_hours_of(self.settings, channel.settings),
            )
            for channel in self.channels.values()
        )


def config_path(given: str | None) -> Path:
    """Return where the settings are: as given, else `CLARION_CONFIG`, else `config.toml`."""
    return Path(given or os.environ.get(CONFIG_VARIABLE) or "config.toml").absolute()


def build(path: Path) -> Runtime:
    """Read the settings and build everything. Raises `BadSettings` or `DatabaseProblem` with one sentence."""
    settings = load(path)
    log.configure(settings.clarion.log_level, _secrets(settings))
    database = open_database(settings.database.url, path.parent)
    ensure_schema(database)
    digests.use(_signing_secret(settings))
    connection = redis.Redis.from_url(settings.redis.url, socket_connect_timeout=0.5, socket_timeout=1.0)
    now = clock()
    made = {channel.name: _channel(channel, RedisTokens(connection), now) for channel in settings.channels}
    for channel in made.values():
        _tell_limits(settings, channel)
    return Runtime(
        settings=settings,
        base=path.parent,
        database=database,
        channels=made,
        flows=_flows(path.parent, made),
        now=now,
    )


def _flows(base: Path, made: Mapping[str, ChannelRuntime]) -> Flows:
    """Read the flows beside the settings and make the variables they set known on every channel."""
    platforms = [channel.platform.capabilities for channel in made.values()]
    try:
        checks = [channel.platform.check for channel in made.values()]
        flows = load_flows(base / FLOWS_FOLDER, platforms=platforms, checks=checks)
    except BadFlows as error:
        raise BadSettings(str(error)) from None
    for channel in made.values():
        for name, kind in flows.variables.items():
            variables.declare(channel.id, name, kind.value)
    return flows


def _channel(settings: ChannelSettings, tokens: RedisTokens, now: Callable[[], datetime]) -> ChannelRuntime:
    make = PLATFORMS.get(settings.platform)
    if make is None:
        raise BadSettings(f"Channel {settings.name}: there is no platform called {settings.platform}.")
    own = set(type(settings).model_fields) - set(CommonSettings.model_fields) - {"platform"}
    options = {name: getattr(settings, name) for name in own}
    if settings.platform == "wechat":
        options |= {"token_store": tokens, "now": now}
    try:
        platform = make(**options)
    except ValueError as error:  # a key that is none, for example
        raise BadSettings(f"Channel {settings.name}: {error}") from None
    return ChannelRuntime(id=channels.ensure(settings.name, settings.platform), settings=settings, platform=platform)


def _title(flow: Flow, language: str) -> str:
    return in_language(flow.title, language) if flow.title else flow.name


def _tell_limits(settings: Settings, channel: ChannelRuntime) -> None:
    """Put a channel's own limits where every process finds them."""
    numbers = {name: getattr(channel.settings, name) for name in OWN_LIMITS}
    limits = Limits(**numbers, time_zone=zone_of(settings, channel.settings).key)
    if quotas.limits(channel.id) != limits:
        quotas.set_limits(channel.id, limits)


def _signing_secret(settings: Settings) -> str:
    return settings.clarion.secret_key or derived_secret(_secrets(settings))


def _secrets(settings: Settings) -> list[str]:
    found = [settings.clarion.secret_key]
    for channel in settings.channels:
        found += [value for name in type(channel).model_fields if isinstance(value := getattr(channel, name), Secret)]
    return found
