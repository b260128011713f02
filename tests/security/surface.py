"""All that strangers can reach: the product with a Page and two accounts, over the real Flask application."""

from dataclasses import replace
from pathlib import Path

from flask import Flask
from werkzeug.test import TestResponse

from bot import create_blueprint
from bot.wiring import build
from handlers.contract import RawRequest
from handlers.wechat.platform import WeChat
from tests.handlers.wechat import account as wechat
from tests.support.clock import Clock
from tests.support.page import CONFIG

ACCOUNTS = "".join(
    f'[[channels]]\nname = "{name}"\nplatform = "wechat"\napp_id = "{wechat.APP_ID}"\n'
    f'app_secret = "{wechat.APP_SECRET}"\ntoken = "{wechat.TOKEN}"\naccount = "service"\n'
    f'encoding_aes_key = "{key}"\noriginal_id = "{wechat.ORIGINAL_ID}"\napi_base = "http://127.0.0.1:9"\n'
    for name, key in (("account", ""), ("safe", wechat.AES_KEY))
)


class Surface:
    """`page` and `account` in the clear, `safe` encrypted. Nobody listens on their platforms or their Redis."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        path = folder / "config.toml"
        path.write_text(CONFIG.format(url="sqlite:///surface.db") + ACCOUNTS, encoding="utf-8")
        built = build(path)
        for channel in built.channels.values():
            if isinstance(channel.platform, WeChat):
                channel.platform._now = clock.now
        self.runtime = replace(built, now=clock.now)
        app = Flask("surface")
        app.register_blueprint(create_blueprint(self.runtime))
        self.client = app.test_client()

    def page(self, body: bytes, signed: str | None) -> TestResponse:
        """Post bytes to the Page's webhook."""
        headers = {} if signed is None else {"X-Hub-Signature-256": signed}
        return self.client.post("/webhooks/page", data=body, headers=headers)

    def account(self, request: RawRequest) -> TestResponse:
        """Post a request to the account in the clear."""
        return self.client.post("/webhooks/account", data=request.body, query_string=dict(request.query))

    def safe_account(self, request: RawRequest) -> TestResponse:
        """Post a request to the encrypted account."""
        return self.client.post("/webhooks/safe", data=request.body, query_string=dict(request.query))

    def close(self) -> None:
        """Let go of the database."""
        self.runtime.database.close()
