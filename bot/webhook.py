"""Flask's edge: request → raw bytes → verify → parse → take in → acknowledge, in that order and quickly."""

import peewee as pw
import structlog
from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST
from redis import RedisError

from bot.hearing import Heard
from bot.inbox import Riding, receive
from bot.links import follow
from bot.metrics import exposition
from bot.report_picture import fetch
from bot.unforeseen import note
from bot.wiring import ChannelRuntime, Runtime
from broadcast.links import PATH as LINK_PATH
from broadcast.report_picture import ENDING
from broadcast.report_picture import PATH as REPORT_PATH
from handlers.contract import BadSignature, RawRequest, Reply, Unreadable
from storage import outbox
from storage.database import AWAY, sqlstate
from storage.migrate import missing

MOST_BYTES = 1_000_000
"""A webhook body larger than this is refused unread; platforms batch at most about a thousand small events."""

_log = structlog.get_logger()


def create_blueprint(runtime: Runtime) -> Blueprint:
    """Return the routes of this program, to be registered on any Flask application."""
    blueprint = Blueprint("clarion", __name__)

    @blueprint.route("/webhooks/<name>", methods=["GET", "POST"])
    def webhook(name: str) -> Response:
        channel = runtime.channels.get(name)
        if channel is None:
            return Response(status=404)
        raw = _raw_request()
        if raw is None:
            return Response(status=413)
        if raw.method == "GET":
            return _response(channel.platform.handshake(raw))
        return _take_in(runtime, channel, raw)

    @blueprint.get(f"{LINK_PATH}<token>")
    def link(token: str) -> Response:
        return follow(runtime, token, tapped=request.method == "GET")

    @blueprint.get(f"{REPORT_PATH}<token>{ENDING}")
    def report_picture(token: str) -> Response:
        return fetch(runtime, token)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @blueprint.get("/readyz")
    def readyz() -> Response:
        return _readiness(runtime)

    @blueprint.get("/metrics")
    def metrics() -> Response:
        return Response(exposition(runtime), content_type=CONTENT_TYPE_LATEST)

    return blueprint


def _raw_request() -> RawRequest | None:
    """Return the request as it came, None when it is too large to be one of a platform's."""
    if (request.content_length or 0) > MOST_BYTES:
        return None
    body = request.stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return None
    return RawRequest(
        method=request.method,
        query=request.args.to_dict(),
        headers={key.lower(): value for key, value in request.headers.items()},
        body=body,
    )


def _take_in(runtime: Runtime, channel: ChannelRuntime, raw: RawRequest) -> Response:
    name = channel.settings.name
    try:
        channel.platform.verify(raw)
        events = channel.platform.parse(raw)
    except BadSignature:
        _log.warning("signature_refused", channel=name)
        runtime.hearing.count(Heard.SIGNATURE_REFUSED, name)
        return Response(status=403)
    except Unreadable as error:
        _log.warning("body_unreadable", channel=name, why=str(error))
        return Response(status=400)
    try:
        riding = receive(runtime, channel, events)
        reply, rode = _acknowledge(runtime, channel, raw, riding)
        for one in riding[rode:]:  # a picture does not fit into a response, for example
            outbox.send_after_all(one.outbox_id, runtime.now())
    except AWAY as error:
        # Not taken in: the platform delivers it again.
        _log.error("inbox_unavailable", channel=name, error=type(error).__name__, sqlstate=sqlstate(error))
        return Response(status=503, headers={"Retry-After": "5"})
    if riding[rode:]:
        runtime.wake()
    return _response(reply)


def _acknowledge(
    runtime: Runtime, channel: ChannelRuntime, raw: RawRequest, riding: tuple[Riding, ...]
) -> tuple[Reply, int]:
    """Return the response, and how many of the replies ride on it: none of them if that went wrong."""
    try:
        return channel.platform.acknowledge(raw, tuple(one.outgoing for one in riding))
    except Exception as error:  # noqa: BLE001 - all was taken in; another delivery would only end here again
        note(runtime, channel, "acknowledge", error)
        return channel.platform.acknowledge(raw, ())


def _readiness(runtime: Runtime) -> Response:
    try:
        lacking = missing(runtime.database)
    except pw.DatabaseError as error:
        return Response(f"database: {type(error).__name__}\n", status=503, mimetype="text/plain")
    if lacking:
        return Response(f"database lacks {', '.join(lacking)}\n", status=503, mimetype="text/plain")
    try:
        runtime.queue_redis.ping()
        queue = "ok"
    except RedisError:
        queue = "away (wake-ups are late, nothing is lost)"
    return Response(f"database: ok\nredis: {queue}\n", mimetype="text/plain")


def _response(reply: Reply) -> Response:
    return Response(reply.body, status=reply.status, content_type=reply.content_type)
