"""The playground's web page: static files, a live feed, and what its buttons do."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

from bot.playground.hub import Hub
from bot.playground.ports import LOOPBACK
from bot.playground.simulator import Json, Refused, Simulator
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
        ("GET", "/people/<psid>", stage.person),
        ("GET", "/people/<psid>/messages", page.messages),
        ("POST", "/people/<psid>/say", page.say),
        ("POST", "/people/<psid>/blocked", page.block),
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

    def messages(self, psid: str) -> Json:
        return self._simulator().get(f"people/{psid}/messages")

    def say(self, psid: str) -> Json:
        return self._simulator().post("say", {**_body(), "psid": psid})

    def block(self, psid: str) -> Json:
        self._simulator().post(f"people/{psid}", {"blocked": _on()})
        return self._stage.person(psid)

    def trouble(self, name: str) -> Json:
        found = BY_NAME.get(name) or abort(404)
        simulator, on = self._simulator(), _on()
        for fault in found.faults(self._stage.subscribers() if on else ()):
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

    def _simulator(self) -> Simulator:
        return Simulator(self._stage.installation.simulator_url)


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
