"""A Page's webhook from outside: real signed bytes through the real Flask application, on a clock that stands still."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot import create_blueprint
from bot.wiring import build
from storage.models import OutboxMessage
from tests.support.clock import Clock

PAGE, SECRET, VERIFY = "1000001", "app-secret-value", "verify-value"

CONFIG = f"""
[clarion]
secret_key = "0123456789abcdef0123456789abcdef"
timezone = "Europe/Berlin"
[database]
url = "{{url}}"
[redis]
url = "redis://127.0.0.1:9/0"
[[channels]]
name = "page"
platform = "messenger"
page_id = "{PAGE}"
access_token = "page-token-value"
app_secret = "{SECRET}"
verify_token = "{VERIFY}"
api_base = "http://127.0.0.1:9"
"""


def signature(body: bytes, secret: str = SECRET) -> str:
    """Return the header Meta would send with these bytes."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Page:
    """The product with one Page, spoken to over HTTP. Nobody listens on its Redis or its platform."""

    def __init__(self, folder: Path, clock: Clock, url: str = "sqlite:///page.db") -> None:
        path = folder / "config.toml"
        path.write_text(CONFIG.format(url=url), encoding="utf-8")
        built = build(path)
        self.clock = clock
        self.runtime = replace(built, now=clock.now)
        self.channel = self.runtime.channels["page"]
        app = Flask("test")
        app.register_blueprint(create_blueprint(self.runtime))
        self.client: FlaskClient = app.test_client()
        self._number = 0

    def post(self, *items: dict[str, Any], secret: str = SECRET) -> TestResponse:
        """Deliver items in one signed notification."""
        envelope = {"object": "page", "entry": [{"id": PAGE, "time": self._ms(), "messaging": list(items)}]}
        body = json.dumps(envelope).encode()
        return self.raw(body, signature(body, secret))

    def raw(self, body: bytes, signed: str | None) -> TestResponse:
        """Deliver bytes as they are."""
        headers = {} if signed is None else {"X-Hub-Signature-256": signed}
        return self.client.post("/webhooks/page", data=body, headers=headers)

    def message(
        self, person: str, text: str, *, mid: str = "", at: datetime | None = None, **more: Any
    ) -> dict[str, Any]:
        """Return the item of a message from a person."""
        self._number += 1
        message = {"mid": mid or f"m_{self._number}", "text": text, **more}
        return self.item(person, at=at, message=message)

    def item(self, person: str, *, at: datetime | None = None, **body: Any) -> dict[str, Any]:
        """Return an item of any kind about a person."""
        return {"sender": {"id": person}, "recipient": {"id": PAGE}, "timestamp": self._ms(at), **body}

    def _ms(self, at: datetime | None = None) -> int:
        return int((at or self.clock.now()).timestamp() * 1000)

    def say(self, person: str, text: str, **more: Any) -> list[str]:
        """Let a person say something and return what is said in answer."""
        before = OutboxMessage.select().count()
        answer = self.post(self.message(person, text, **more))
        assert answer.status_code == 200
        rows = OutboxMessage.select().order_by(OutboxMessage.id)
        return [words(row.payload) for row in rows][before:]


def words(payload: dict[str, Any]) -> str:
    """Return the words of a message in the outbox."""
    return str(payload["message"].get("text", payload["message"]))
