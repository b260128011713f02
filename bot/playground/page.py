"""The playground's web page: static files, a live feed, and what its buttons do."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

from bot.playground.accounts import Account
from bot.playground.clock import STEPS
from bot.playground.hub import Hub
from bot.playground.ports import LOOPBACK
from bot.playground.simulator import Json, Refused
from bot.playground.stage import Stage
from bot.playground.trouble import BY_NAME

_HOSTS = frozenset({LOOPBACK, "localhost"})

_HEADERS = {
    # Scripts and styles are our own; only pictures that an admin sends may come from elsewhere.
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' http: https: data:; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def create_page(stage: Stage, hub: Hub) -> Flask:
    """Make the application that serves the page."""
    app = Flask(__name__, static_folder="static", static_url_path="")
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 0  # the next demo may be another version
    page = _Page(stage, hub)
    for method, rule, answer in (
        ("GET", "/", lambda: app.send_static_file("index.html")),
        ("GET", "/events", page.events),
        ("GET", "/scene", stage.scene),
        ("GET", "/people", page.people),
        ("GET", "/people/<channel>/<identity>", page.person),
        ("GET", "/people/<channel>/<identity>/messages", page.messages),
        ("POST", "/people/<channel>/<identity>/say", page.say),
        ("POST", "/people/<channel>/<identity>/away", page.turn_away),
        ("POST", "/greetings", page.greet),
        ("POST", "/clock/<step>", page.move_clock),
        ("POST", "/troubles/<name>", page.trouble),
        ("POST", "/worker", page.worker),
        ("POST", "/queue/wipe", page.wipe_queue),
    ):
        app.add_url_rule(rule, endpoint=rule, view_func=answer, methods=[method])
    app.before_request(_only_from_here)
    app.after_request(_harden)
    app.register_error_handler(Refused, lambda error: ({"error": str(error)}, 400))
    return app


class _Page:
    """What the page asks for, each an answer to one request."""

    def __init__(self, stage: Stage, hub: Hub) -> None:
        self._stage, self._hub = stage, hub

    def events(self) -> Response:
        return Response(self._hub.listen(), mimetype="text/event-stream", headers={"Cache-Control": "no-store"})

    def people(self) -> Json:
        return {"people": self._stage.people()}

    def person(self, channel: str, identity: str) -> Json:
        self._account(channel)
        return self._stage.person(channel, identity)

    def messages(self, channel: str, identity: str) -> Json:
        return self._account(channel).messages(identity)

    def say(self, channel: str, identity: str) -> Json:
        return self._account(channel).say(identity, _body())

    def turn_away(self, channel: str, identity: str) -> Json:
        self._account(channel).turn_away(identity, on=_on())
        return self._stage.person(channel, identity)

    def greet(self) -> Json:
        _body()
        self._stage.greet()
        return {}

    def move_clock(self, step: str) -> Json:
        _body()
        if step not in STEPS:
            abort(404)
        self._stage.move_clock(step)
        return {}

    def trouble(self, name: str) -> Json:
        found, on = BY_NAME.get(name) or abort(404), _on()
        for channel, account in self._stage.accounts.items():
            if account.platform != found.platform:
                continue
            simulator = account.simulator()
            for fault in found.faults(self._stage.subscribers(channel) if on else ()):
                simulator.delete("faults", name=fault["name"])
                if on:
                    simulator.post("faults", fault)
        return {}

    def worker(self) -> Json:
        processes = self._stage.installation.processes
        if not _on():
            processes.kill("worker")
        elif not processes.alive("worker"):
            self._stage.installation.start_worker()
        return {}

    def wipe_queue(self) -> Json:
        self._stage.installation.wipe_queue()
        return {}

    def _account(self, channel: str) -> Account:
        return self._stage.accounts.get(channel) or abort(404)


def _only_from_here() -> None:
    """Refuse other sites: they could point a name of theirs at this machine, or post from a visitor's browser."""
    origin = request.headers.get("Origin")
    if request.host.partition(":")[0] not in _HOSTS or (origin and urlsplit(origin).netloc != request.host):
        abort(403)


def _harden(answer: Response) -> Response:
    answer.headers.update(_HEADERS)
    return answer


def _body() -> dict[str, Any]:
    """Return the JSON object that was posted; anything else is refused, forms of other sites among it."""
    body = request.get_json()
    return body if isinstance(body, dict) else abort(400)


def _on() -> bool:
    """Return what a switch was set to."""
    on = _body().get("on")
    return on if isinstance(on, bool) else abort(400)
