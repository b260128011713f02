"""Every kind of message as the Send API wants it, key by key."""

import pytest

from handlers.content import Article, Articles, Button, Card, Carousel, Choice, Image, Outgoing, Text
from handlers.messenger.render import button_payload, render, render_message
from tests.handlers.messenger.page import PSID

LINK = Button(kind="url", title="Open", value="https://example.com")
FLOW = Button(kind="flow", title="Start", value="orders")
PHONE = Button(kind="phone", title="Call", value="+4930123456")
REPLY = Button(kind="reply", title="Yes", value="yes")
BUTTONS = [
    {"type": "web_url", "title": "Open", "url": "https://example.com"},
    {"type": "postback", "title": "Start", "payload": "flow:orders"},
    {"type": "phone_number", "title": "Call", "payload": "+4930123456"},
]


def _template(**payload):
    return {"attachment": {"type": "template", "payload": payload}}


CASES = (
    ("text", Text(text="hi"), {"text": "hi"}),
    (
        "text with buttons",
        Text(text="hi", buttons=(LINK, FLOW, PHONE)),
        _template(template_type="button", text="hi", buttons=BUTTONS),
    ),
    (
        "image by address",
        Image(url="https://example.com/a.png"),
        {"attachment": {"type": "image", "payload": {"url": "https://example.com/a.png"}}},
    ),
    (
        "uploaded image",
        Image(url="https://example.com/a.png", platform_ref="1857777774821032"),
        {"attachment": {"type": "image", "payload": {"attachment_id": "1857777774821032"}}},
    ),
    (
        "card",
        Card(title="T", subtitle="S", image_url="https://e.com/i.png", link="https://e.com", buttons=(REPLY,)),
        _template(
            template_type="generic",
            elements=[
                {
                    "title": "T",
                    "subtitle": "S",
                    "image_url": "https://e.com/i.png",
                    "default_action": {"type": "web_url", "url": "https://e.com"},
                    "buttons": [{"type": "postback", "title": "Yes", "payload": "yes"}],
                }
            ],
        ),
    ),
    (
        "carousel, with nothing empty in it",
        Carousel(cards=(Card(title="A", subtitle="a"), Card(title="B", link="https://e.com"))),
        _template(
            template_type="generic",
            elements=[
                {"title": "A", "subtitle": "a"},
                {"title": "B", "default_action": {"type": "web_url", "url": "https://e.com"}},
            ],
        ),
    ),
    (
        "articles as cards with a link",
        Articles(
            articles=(
                Article(title="N", digest="D", author="W", cover_url="https://e.com/c", source_url="https://e.com"),
                Article(title="M", author="W", source_url="https://e.com"),
            )
        ),
        _template(
            template_type="generic",
            elements=[
                {
                    "title": "N",
                    "subtitle": "D",
                    "image_url": "https://e.com/c",
                    "default_action": {"type": "web_url", "url": "https://e.com"},
                },
                {"title": "M", "subtitle": "W", "default_action": {"type": "web_url", "url": "https://e.com"}},
            ],
        ),
    ),
)


@pytest.mark.parametrize(("message", "rendered"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_message_is_rendered(message, rendered):
    assert render_message(message) == rendered


@pytest.mark.parametrize("message", [case[1] for case in CASES], ids=[case[0] for case in CASES])
def test_choices_and_metadata_go_with_every_kind(message):
    rendered = render_message(message, (Choice(title="Stop", value="stop"),), "b:1:2:0")
    assert rendered["quick_replies"] == [{"content_type": "text", "title": "Stop", "payload": "stop"}]
    assert rendered["metadata"] == "b:1:2:0"


@pytest.mark.parametrize(("purpose", "lane"), [("reply", "RESPONSE"), ("broadcast", "UPDATE")])
def test_the_policy_lane_is_always_named(purpose, lane):
    assert render(Outgoing(to=PSID, message=Text(text="hi"), purpose=purpose, metadata="b:1")) == {
        "recipient": {"id": PSID},
        "messaging_type": lane,
        "message": {"text": "hi", "metadata": "b:1"},
    }


def test_a_flow_button_comes_back_with_the_flows_name():
    assert (button_payload(FLOW), button_payload(REPLY)) == ("flow:orders", "yes")
