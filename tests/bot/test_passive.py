"""On platforms whose answer rides on the webhook's response: once, again for a redelivery, by a call if it must."""

import hashlib
from pathlib import Path

import pytest
from flask import Flask

from bot import create_blueprint
from bot.settings import BadSettings
from bot.wiring import build
from storage import admins
from storage.database import proxy
from storage.models import OutboxMessage
from tests.support.clock import Clock

CONFIG = """
[redis]
url = "redis://127.0.0.1:9/0"
[[channels]]
name = "account"
platform = "wechat"
app_id = "wx1"
app_secret = "secret-value"
token = "token-value"
api_base = "http://127.0.0.1:9"
"""


class Account:
    """The product with one account in plain mode, spoken to over HTTP at the present moment."""

    def __init__(self, folder: Path) -> None:
        (folder / "config.toml").write_text(CONFIG)
        self.runtime = build(folder / "config.toml")
        app = Flask("test")
        app.register_blueprint(create_blueprint(self.runtime))
        self.client = app.test_client()

    def say(self, person: str, inside: str, number: int) -> str:
        at = str(int(self.runtime.now().timestamp()))
        signed = hashlib.sha1("".join(sorted(["token-value", at, "n"])).encode()).hexdigest()
        body = (
            f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{person}</FromUserName><CreateTime>{at}</CreateTime>"
            f"{inside}<MsgId>{number}</MsgId></xml>"
        )
        query = {"signature": signed, "timestamp": at, "nonce": "n"}
        answer = self.client.post("/webhooks/account", query_string=query, data=body.encode())
        assert answer.status_code == 200
        return answer.text


def text(words: str) -> str:
    return f"<MsgType>text</MsgType><Content>{words}</Content>"


@pytest.fixture
def account(tmp_path, clock: Clock):
    made = Account(tmp_path)
    code = admins.invite(made.runtime.channels["account"].id, "owner", made.runtime.now())
    assert "Welcome" in made.say("o1", text(f"/admin claim {code}"), 1)
    yield made
    made.runtime.database.close()


def test_the_answer_rides_on_the_response_and_a_redelivery_gets_the_same(account):
    first = account.say("o1", text("/broadcast new Sale"), 2)
    assert "When should it go out?" in first
    again = account.say("o1", text("/broadcast new Sale"), 2)
    assert first.split("<Content>")[1] == again.split("<Content>")[1]
    assert {row.state for row in OutboxMessage.select()} == {"sent"}


def test_what_does_not_fit_into_a_response_is_sent_by_a_call_once(account):
    for number, words in enumerate(("/broadcast new Sale", "now", "everyone"), 10):
        account.say("o1", text(words), number)
    picture = "<MsgType>image</MsgType><PicUrl>http://mmbiz.qpic.cn/a.jpg</PicUrl><MediaId>m1</MediaId>"
    account.say("o1", picture, 20)
    for _ in range(2):
        assert account.say("o1", text("preview"), 21) == "success"
    waiting = [row.payload["message"]["kind"] for row in OutboxMessage.select() if row.state == "pending"]
    assert waiting.count("image") == 1


def test_an_answer_whose_response_cannot_be_made_is_sent_by_a_call(account, monkeypatch):
    platform = type(account.runtime.channels["account"].platform)
    acknowledge = platform.acknowledge

    def broken(self, raw, riding):
        if riding:
            raise RuntimeError
        return acknowledge(self, raw, riding)

    monkeypatch.setattr(platform, "acknowledge", broken)
    assert account.say("o1", text("/broadcast new Sale"), 2) == "success"
    assert [row.state for row in OutboxMessage.select().order_by(OutboxMessage.id)] == ["sent", "pending"]


def test_a_flow_with_a_picture_that_wechat_takes_from_nowhere_else_is_refused_at_start(tmp_path):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "a.toml").write_text(
        '[[steps]]\nid = "a"\ntype = "message"\nimage = "https://example.com/x.png"\ntext = "hi"\n'
    )
    with pytest.raises(BadSettings, match=r"a\.toml:1: .*pictures are only taken out of WeChat itself"):
        Account(tmp_path)
    proxy.obj.close()
