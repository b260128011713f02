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

_POLICY = "default-src 'self'; img-src 'self' http: https: data:; frame-ancestors 'none'; base-uri 'none'"
"""Scripts and styles are our own; only pictures that an admin sends may come from elsewhere."""


def create_page(stage: Stage, hub: Hub) -> Flask:
    """Make the application that serves the page."""
    app = Flask(__name__, static_folder="static", static_url_path="")
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 0  # the next demo may be another version
    simulator_url = stage.installation.simulator_url

    @app.before_request
    def only_from_here() -> None:
        """Refuse other sites: they could point a name of theirs at this machine, or post from a visitor's browser."""
        origin = request.headers.get("Origin")
        if request.host.partition(":")[0] not in _HOSTS or (origin and urlsplit(origin).netloc != request.host):
            abort(403)

    @app.after_request
    def harden(answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = _POLICY
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    @app.errorhandler(Refused)
    def refused(error: Refused) -> tuple[Json, int]:
        return {"error": str(error)}, 400

    @app.get("/")
    def index() -> Response:
        return app.send_static_file("index.html")

    @app.get("/scene")
    def scene() -> Json:
        return stage.scene()

    @app.get("/events")
    def events() -> Response:
        return Response(hub.listen(), mimetype="text/event-stream", headers={"Cache-Control": "no-store"})

    @app.get("/people/<psid>")
    def person(psid: str) -> Json:
        return stage.person(psid)

    @app.get("/people/<psid>/messages")
    def messages(psid: str) -> Json:
        return Simulator(simulator_url).get(f"people/{psid}/messages")

    @app.post("/people/<psid>/say")
    def say(psid: str) -> Json:
        return Simulator(simulator_url).post("say", {**_body(), "psid": psid})

    @app.post("/people/<psid>/blocked")
    def blocked(psid: str) -> Json:
        Simulator(simulator_url).post(f"people/{psid}", {"blocked": bool(_body()["on"])})
        return stage.person(psid)

    @app.post("/troubles/<name>")
    def trouble(name: str) -> Json:
        found = BY_NAME.get(name) or abort(404)
        simulator = Simulator(simulator_url)
        for rule in found.rules:
            simulator.delete("faults", name=rule["name"])
            if _body()["on"]:
                simulator.post("faults", dict(rule))
        return {}

    @app.post("/worker")
    def worker() -> Json:
        processes = stage.installation.processes
        if not _body()["on"]:
            processes.kill("worker")
        elif not processes.alive("worker"):
            stage.installation.start_worker()
        return {}

    @app.post("/queue/wipe")
    def wipe() -> Json:
        stage.installation.wipe_queue()
        return {}

    return app


def _body() -> dict[str, Any]:
    """Return the JSON object that was posted; anything else is refused, forms of other sites among it."""
    body = request.get_json()
    return body if isinstance(body, dict) else abort(400)
