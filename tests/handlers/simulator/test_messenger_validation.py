"""Section 2 of the platform's documentation, both sides of every number."""

import pytest

from tests.handlers.simulator.rig import OfflinePage, code_of

IMAGE = "https://files.example/a.jpg"


def quick(count=1, **more):
    reply = {"content_type": "text", "title": "Yes", "payload": "yes", **more}
    return {"text": "?", "quick_replies": [reply] * count}


def generic(count=1, **more):
    element = {"title": "Sale", "subtitle": "Today", **more}
    return template("generic", elements=[element] * count)


def template(kind, **payload):
    return {"attachment": {"type": "template", "payload": {"template_type": kind, **payload}}}


def buttons(*some, text="Look"):
    return template("button", text=text, buttons=list(some))


def postback(title="Go", payload="go"):
    return {"type": "postback", "title": title, "payload": payload}


def link(**more):
    return {"type": "web_url", "title": "Open", "url": "https://example.org", **more}


def file(kind="image", **payload):
    return {"attachment": {"type": kind, "payload": payload}}


def media(**element):
    return template("media", elements=[{"media_type": "image", **element}])


ACCEPTED = [
    ("2.3 text of 2000 characters", {"text": "x" * 2000}),
    ("2.3 text of 2000 Chinese characters, which are more bytes", {"text": "文" * 2000}),
    ("2.3 metadata of 999", {"text": "x", "metadata": "m" * 999}),
    ("2.3 13 quick replies", quick(13)),
    ("2.3 a quick reply payload of 1000", quick(payload="p" * 1000)),
    ("2.3 quick reply asking for a phone number has no title", quick(content_type="user_phone_number")),
    ("2.3 quick replies with an attachment", {**file(url=IMAGE), "quick_replies": quick()["quick_replies"]}),
    ("2.3 one button", buttons(postback())),
    ("2.3 three buttons", buttons(postback(), link(), postback())),
    ("2.3 a button title of 20", buttons(postback(title="t" * 20))),
    ("2.3 a postback payload of 1000", buttons(postback(payload="p" * 1000))),
    ("2.3 button template text of 640", buttons(postback(), text="t" * 640)),
    ("2.3 a phone button", buttons({"type": "phone_number", "title": "Call", "payload": "+15105551234"})),
    ("2.3 an account link button", buttons({"type": "account_link", "url": "https://example.org/login"})),
    ("2.3 a tall web view", buttons(link(webview_height_ratio="tall"))),
    ("2.3 ten elements", generic(10)),
    ("2.3 element title and subtitle of 80", generic(title="t" * 80, subtitle="s" * 80)),
    ("2.3 an element with an image only", template("generic", elements=[{"title": "t", "image_url": IMAGE}])),
    ("2.3 three buttons on an element", generic(buttons=[postback()] * 3)),
    ("2.3 a default action", generic(default_action={"type": "web_url", "url": "https://example.org"})),
    ("2.3 30 images", {"attachments": [{"type": "image", "payload": {"url": IMAGE}}] * 30}),
    ("2.3 a sticker", {"sticker_id": "369239263222822"}),
    ("2.3 an image of 8 MB", file(url=IMAGE + "?bytes=8000000")),
    ("2.3 a video of 25 MB", file("video", url="https://files.example/a.mp4?bytes=25000000")),
    ("2.3 a media template from facebook.com", media(url="https://www.facebook.com/p/1")),
]

REFUSED = [
    ("2.3 text of 2001 characters", {"text": "x" * 2001}, None),
    ("2.3 empty text", {"text": ""}, None),
    ("2.3 no content", {"metadata": "x"}, None),
    ("2.3 text that is a number", {"text": 5}, None),
    ("2.3 text and attachment", {"text": "x", **file(url=IMAGE)}, None),
    ("2.3 text and template", {"text": "x", "template": {}}, None),
    ("2.3 attachment and attachments", {**file(url=IMAGE), "attachments": []}, None),
    ("2.1 a key nobody knows", {"text": "x", "buttons": []}, None),
    ("7.1 a message in a string (double-encoded)", '{"text": "x"}', None),
    ("2.3 metadata of 1000", {"text": "x", "metadata": "m" * 1000}, None),
    ("2.3 14 quick replies", quick(14), None),
    ("2.3 an unknown content type", quick(content_type="location"), None),
    ("2.3 a text quick reply without a title", quick(title=""), None),
    ("2.3 a quick reply payload of 1001", quick(payload="p" * 1001), None),
    ("2.3 quick replies with a sticker", {"sticker_id": "1", "quick_replies": quick()["quick_replies"]}, None),
    ("2.3 no buttons", buttons(), None),
    ("2.3 four buttons", buttons(*[postback()] * 4), None),
    ("2.3 a button title of 21", buttons(postback(title="t" * 21)), None),
    ("2.3 a button without a title", buttons({"type": "postback", "payload": "p"}), None),
    ("2.3 a postback payload of 1001", buttons(postback(payload="p" * 1001)), None),
    ("2.3 a postback without a payload", buttons({"type": "postback", "title": "t"}), None),
    ("2.3 a web_url without a url", buttons({"type": "web_url", "title": "t"}), None),
    ("2.3 a web_url that is no address", buttons(link(url="example")), None),
    ("2.3 an unknown web view height", buttons(link(webview_height_ratio="huge")), None),
    ("2.3 a phone button without +", buttons({"type": "phone_number", "title": "t", "payload": "1510"}), None),
    ("2.3 an unknown button type", buttons({"type": "share", "title": "t"}), None),
    ("2.3 button template text of 641", buttons(postback(), text="t" * 641), None),
    ("2.3 no elements", generic(0), None),
    ("2.3 eleven elements", generic(11), None),
    ("2.3 an element title of 81", generic(title="t" * 81), None),
    ("2.3 a subtitle of 81", generic(subtitle="s" * 81), None),
    ("2.3 an element with nothing but a title", template("generic", elements=[{"title": "t"}]), None),
    ("2.3 four buttons on an element", generic(buttons=[postback()] * 4), None),
    ("2.3 a default action with a title", generic(default_action=link()), None),
    ("2.3 a default action that is a postback", generic(default_action={"type": "postback"}), None),
    ("2.3 31 images", {"attachments": [{"type": "image", "payload": {"url": IMAGE}}] * 31}, None),
    ("2.3 several attachments, one a video", {"attachments": [{"type": "video", "payload": {"url": IMAGE}}]}, None),
    ("2.3 a media template from elsewhere", media(url="https://files.example/a.jpg"), None),
    ("2.3 a media template with two elements", template("media", elements=[{}, {}]), None),
    ("3.3 the old marketing opt-in request", template("notification_messages", payload="x"), None),
    ("2.4 neither url nor attachment id", file(), None),
    ("4.3 a file that cannot be fetched", file(url="https://gone.invalid/a.jpg"), 2018008),
    ("4.3 a video in an image's place", file(url="https://files.example/a.mp4"), 2018047),
    ("2.3 an image above 8 MB", file(url=IMAGE + "?bytes=8000001"), 2018109),
    ("2.3 a file above 25 MB", file("file", url="https://files.example/a.pdf?bytes=25000001"), 2018109),
    ("4.3 an attachment id nobody made", file(attachment_id="123"), 2018074),
]


@pytest.mark.parametrize(("label", "message"), ACCEPTED, ids=[label for label, _ in ACCEPTED])
def test_a_message_within_its_limits_is_sent(label, message):
    page = OfflinePage()
    psid = page.person()
    status, body = page.send(psid, message)
    assert (status, body.get("recipient_id")) == (200, psid)


@pytest.mark.parametrize(("label", "message", "subcode"), REFUSED, ids=[label for label, *_ in REFUSED])
def test_a_message_over_its_limits_is_refused_with_code_100(label, message, subcode):
    page = OfflinePage()
    answer = page.send(page.person(), message)
    assert answer[0] == 400
    assert code_of(answer) == (100, subcode)
    assert page.world.record.accepted == 0


def test_the_refusal_of_a_long_text_names_the_parameter_and_the_limit():
    page = OfflinePage()
    _, body = page.send(page.person(), {"text": "x" * 2001})
    assert "Length of param message[text] must be less than or equal to 2000" in body["error"]["message"]


def test_a_quick_reply_title_over_20_characters_is_cut():
    page = OfflinePage()
    page.send(page.person(), quick(title="t" * 21))
    assert page.world.record.sends[0].message["quick_replies"][0]["title"] == "t" * 20


ENVELOPES = [
    ("2.1 messaging_type may be missing", {"messaging_type": None}, None),
    ("2.1 a silent push", {"notification_type": "SILENT_PUSH"}, None),
    ("2.1 a reply to a message", {"reply_to": {"mid": "m_1"}}, None),
    ("2.1 an unknown messaging_type", {"messaging_type": "PROMOTION"}, (100, None)),
    ("2.1 an unknown notification_type", {"notification_type": "LOUD"}, (100, None)),
    ("2.1 no recipient", {"recipient": None}, (100, None)),
    ("7.1 a recipient in a string (double-encoded)", {"recipient": '{"id": "1"}'}, (100, None)),
    ("2.1 no message", {"message": None}, (100, None)),
    ("2.1 message and sender_action together", {"sender_action": "typing_on"}, (100, 2018014)),
    ("2.1 an unknown sender_action", {"message": None, "sender_action": "wave"}, (100, None)),
    ("2.2 a tag that ended on 27 Apr 2026", {"messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE"}, (100, None)),
    ("2.2 another", {"messaging_type": "MESSAGE_TAG", "tag": "CONFIRMED_EVENT_UPDATE"}, (100, None)),
    ("2.2 and the third", {"messaging_type": "MESSAGE_TAG", "tag": "POST_PURCHASE_UPDATE"}, (100, None)),
    ("2.2 a tag of before 2020", {"messaging_type": "MESSAGE_TAG", "tag": "GAME_EVENT"}, (100, None)),
    ("2.2 a tag type without a tag", {"messaging_type": "MESSAGE_TAG"}, (100, None)),
    ("2.2 customer feedback as plain text", {"messaging_type": "MESSAGE_TAG", "tag": "CUSTOMER_FEEDBACK"}, (100, None)),
    ("2.2 human agent without the permission", {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}, (10, None)),
]


@pytest.mark.parametrize(("label", "changes", "refusal"), ENVELOPES, ids=[label for label, *_ in ENVELOPES])
def test_the_call_around_a_message_is_checked(label, changes, refusal):
    page = OfflinePage()
    body = {"recipient": {"id": page.person()}, "messaging_type": "UPDATE", "message": {"text": "x"}, **changes}
    answer = page.call("POST", "/v26.0/me/messages", {key: value for key, value in body.items() if value is not None})
    assert code_of(answer) == refusal


def test_a_sender_action_answers_with_the_recipient_alone():
    page = OfflinePage()
    psid = page.person()
    body = {"recipient": {"id": psid}, "sender_action": "typing_on"}
    assert page.call("POST", "/v26.0/me/messages", body) == (200, {"recipient_id": psid})
    assert page.world.record.accepted == 0
