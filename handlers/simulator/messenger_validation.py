"""What the Send API checks about a message before it looks at the person: the documented limits."""

from collections.abc import Callable, Mapping
from typing import Any

from handlers.simulator.messenger_attachments import Attachments, check_url
from handlers.simulator.messenger_errors import GraphError, invalid

Json = dict[str, Any]

# The most of each thing, in characters (code points) for words and in pieces for lists.
# Sources: Messenger Platform, Send Messages (May 5, 2026), quick replies, generic and button template
# (Apr 22, 2026), postback button reference (2026). "Less than 2000" is documented for text; 2000 is
# accepted in practice. "Less than 1000" for metadata is taken at its word.
LIMITS: Mapping[str, int] = {
    "text": 2000,
    "metadata": 999,
    "quick_replies": 13,
    "quick_reply.title": 20,
    "payload": 1000,
    "button.title": 20,
    "buttons": 3,
    "elements": 10,
    "element.title": 80,
    "element.subtitle": 80,
    "button_template.text": 640,
    "attachments": 30,
}

_CONTENT_KEYS = ("text", "attachment", "attachments", "template", "sticker_id", "dynamic_text")
_MESSAGE_KEYS = {*_CONTENT_KEYS, "quick_replies", "metadata"}
_QUICK_REPLY_TYPES = {"text", "user_phone_number", "user_email"}
_FILE_TYPES = {"image", "audio", "video", "file"}
_HEIGHTS = {"compact", "tall", "full"}
_ELEMENT_KEYS = {"title", "subtitle", "image_url", "default_action", "buttons"}


def check_message(message: object, attachments: Attachments, now_ms: int) -> Json:
    """Return the message as it will be shown, or raise the `GraphError` the platform gives.

    Quick-reply titles over 20 characters come back cut, as they are shown; all else over its limit is
    refused with code 100.
    """
    if not isinstance(message, dict):
        raise invalid("param message must be an object")
    if stray := message.keys() - _MESSAGE_KEYS:
        raise invalid(f'Invalid keys "{min(stray)}" were found in param "message".')
    present = [key for key in _CONTENT_KEYS if key in message]
    if not present:
        raise invalid("Param message must contain text or an attachment")
    if len(present) > 1:
        raise invalid("Only one of the text, attachment, and dynamic_text fields can be specified")
    if "metadata" in message:
        _words(message["metadata"], "message[metadata]", LIMITS["metadata"], empty=True)
    match present[0]:
        case "text":
            _words(message["text"], "message[text]", LIMITS["text"])
        case "attachment":
            _attachment(message["attachment"], attachments, now_ms)
        case "attachments":
            _several_images(message["attachments"], attachments, now_ms)
        case "dynamic_text":
            raise invalid("dynamic_text is no longer supported")
        case _:
            pass  # a template's name is looked up by the sender; a sticker's id is opaque
    if "quick_replies" in message:
        if present[0] not in {"text", "attachment", "attachments"}:
            raise invalid("quick_replies go with text or an attachment")
        return {**message, "quick_replies": _quick_replies(message["quick_replies"])}
    return message


def check_upload(body: Mapping[str, Any]) -> tuple[str, str]:
    """Return (kind, url) of the file to keep, or raise the `GraphError` for it."""
    message = body.get("message")
    attachment = message.get("attachment") if isinstance(message, dict) else None
    if not isinstance(attachment, dict) or attachment.get("type") not in _FILE_TYPES:
        raise invalid("param message[attachment][type] must be one of image, audio, video, file")
    payload = attachment.get("payload")
    if not isinstance(payload, dict):
        raise invalid("param message[attachment][payload] must be an object")
    check_url(payload.get("url"), attachment["type"])
    return attachment["type"], payload["url"]


def _words(value: object, param: str, most: int, *, empty: bool = False) -> None:
    if not isinstance(value, str):
        raise invalid(f"param {param} must be a string")
    if not value and not empty:
        raise invalid(f"param {param} must be non-empty")
    if len(value) > most:
        raise invalid(f"Length of param {param} must be less than or equal to {most}")


def _pieces(value: object, param: str, most: int, *, least: int = 1) -> list[Json]:
    if not isinstance(value, list) or not all(isinstance(piece, dict) for piece in value):
        raise invalid(f"param {param} must be an array of objects")
    if not least <= len(value) <= most:
        raise invalid(f"param {param} must have {least} to {most} entries, it has {len(value)}")
    return value


def _quick_replies(value: object) -> list[Json]:
    shown = []
    for reply in _pieces(value, "message[quick_replies]", LIMITS["quick_replies"]):
        kind = reply.get("content_type")
        if kind not in _QUICK_REPLY_TYPES:
            raise invalid("param quick_replies[content_type] must be text, user_phone_number or user_email")
        if kind == "text" and not (isinstance(reply.get("title"), str) and reply["title"]):
            raise invalid("param quick_replies[title] is required for content_type text")
        if "payload" in reply:
            _words(reply["payload"], "quick_replies[payload]", LIMITS["payload"], empty=True)
        if "image_url" in reply:
            check_url(reply["image_url"], "image")
        title = reply.get("title")
        shown.append({**reply, "title": title[: LIMITS["quick_reply.title"]]} if title else reply)
    return shown


def _attachment(value: object, attachments: Attachments, now_ms: int) -> None:
    if not isinstance(value, dict):
        raise invalid("param message[attachment] must be an object")
    kind, payload = value.get("type"), value.get("payload")
    if not isinstance(payload, dict):
        raise invalid("param message[attachment][payload] must be an object")
    if kind == "template":
        check = _TEMPLATES.get(str(payload.get("template_type")))
        if check is None:
            raise invalid("param message[attachment][payload][template_type] is not supported")
        check(payload, attachments, now_ms)
    elif kind in _FILE_TYPES:
        _file(kind, payload, attachments, now_ms)
    else:
        raise invalid("param message[attachment][type] must be image, audio, video, file or template")


def _file(kind: str, payload: Json, attachments: Attachments, now_ms: int) -> None:
    if ("attachment_id" in payload) == ("url" in payload):
        raise invalid("param message[attachment][payload] needs either url or attachment_id")
    if "attachment_id" in payload:
        attachments.url(payload["attachment_id"], kind, now_ms)
    else:
        check_url(payload["url"], kind)


def _several_images(value: object, attachments: Attachments, now_ms: int) -> None:
    for piece in _pieces(value, "message[attachments]", LIMITS["attachments"]):
        if piece.get("type") != "image" or not isinstance(piece.get("payload"), dict):
            raise invalid("param message[attachments] takes images only")
        _file("image", piece["payload"], attachments, now_ms)


def _generic(payload: Json, _attachments: Attachments, _now_ms: int) -> None:
    for element in _pieces(payload.get("elements"), "elements", LIMITS["elements"]):
        _words(element.get("title"), "elements[title]", LIMITS["element.title"])
        if "subtitle" in element:
            _words(element["subtitle"], "elements[subtitle]", LIMITS["element.subtitle"], empty=True)
        if len(element.keys() & _ELEMENT_KEYS) < 2:
            raise invalid("elements need at least one property besides title")
        if "image_url" in element:
            check_url(element["image_url"], "image")
        if "default_action" in element:
            _default_action(element["default_action"])
        if "buttons" in element:
            _buttons(element["buttons"])


def _default_action(value: object) -> None:
    if not isinstance(value, dict) or value.get("type") != "web_url":
        raise invalid("param default_action must be a web_url button")
    if "title" in value:
        raise invalid("param default_action must not have a title")
    _web_url(value)


def _button_template(payload: Json, _attachments: Attachments, _now_ms: int) -> None:
    _words(payload.get("text"), "text", LIMITS["button_template.text"])
    _buttons(payload.get("buttons"))


def _media(payload: Json, attachments: Attachments, now_ms: int) -> None:
    (element,) = _pieces(payload.get("elements"), "elements", 1)
    kind = element.get("media_type")
    if kind not in {"image", "video"}:
        raise invalid("param elements[media_type] must be image or video")
    _file(kind, element, attachments, now_ms)
    url = element.get("url")
    if url is not None and not str(url).startswith(("https://www.facebook.com/", "https://facebook.com/")):
        raise invalid("param elements[url] must be a facebook.com url")
    if "buttons" in element:
        _buttons(element["buttons"])


_TEMPLATES: Mapping[str, Callable[[Json, Attachments, int], None]] = {
    "generic": _generic,
    "button": _button_template,
    "media": _media,
}


def _buttons(value: object) -> None:
    for button in _pieces(value, "buttons", LIMITS["buttons"]):
        check = _BUTTONS.get(str(button.get("type")))
        if check is None:
            raise invalid("param buttons[type] is not a known button type")
        check(button)


def _titled(button: Json) -> None:
    _words(button.get("title"), "buttons[title]", LIMITS["button.title"])


def _web_url(button: Json) -> None:
    url = button.get("url")
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        raise invalid("param buttons[url] is not a valid URI")
    if button.get("webview_height_ratio", "full") not in _HEIGHTS:
        raise invalid("param webview_height_ratio must be compact, tall or full")


def _link_button(button: Json) -> None:
    _titled(button)
    _web_url(button)


def _postback_button(button: Json) -> None:
    _titled(button)
    _words(button.get("payload"), "buttons[payload]", LIMITS["payload"])


def _phone_button(button: Json) -> None:
    _titled(button)
    payload = button.get("payload")
    if not (isinstance(payload, str) and payload.startswith("+") and payload[1:].isdecimal()):
        raise invalid("param buttons[payload] must be a phone number like +15105551234")


_BUTTONS: Mapping[str, Callable[[Json], None]] = {
    "web_url": _link_button,
    "postback": _postback_button,
    "phone_number": _phone_button,
    "account_link": _web_url,
    "account_unlink": lambda _button: None,
    "game_play": _titled,
    "audio_call": _titled,
}

_MESSAGING_TYPES = {"RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY"}
_NOTIFICATION_TYPES = {"REGULAR", "SILENT_PUSH", "NO_PUSH"}
_SENDER_ACTIONS = {"typing_on", "typing_off", "mark_seen", "react", "unreact"}


def check_envelope(body: Mapping[str, Any]) -> tuple[str, str]:
    """Return (PSID, messaging type) of a call to `/messages`, or raise the `GraphError` for it.

    A missing `messaging_type` is taken as RESPONSE, as the platform does. Message tags are refused:
    with 100 those switched off on 27 Apr 2026, all older ones and CUSTOMER_FEEDBACK (it takes a template
    that is not played here), with 10 HUMAN_AGENT, which needs a permission this Page does not have.
    """
    recipient = body.get("recipient")
    psid = recipient.get("id") if isinstance(recipient, dict) else None
    if not isinstance(psid, str) or not psid:
        raise invalid("param recipient must be an object with the id of a person")
    if "sender_action" in body:
        if "message" in body:
            raise GraphError("action_with_message")
        if body["sender_action"] not in _SENDER_ACTIONS:
            raise invalid("param sender_action is not one of typing_on, typing_off, mark_seen")
    elif "message" not in body:
        raise invalid("param message must be non-empty")
    kind = body.get("messaging_type", "RESPONSE")
    if kind not in _MESSAGING_TYPES:
        raise invalid("param messaging_type must be one of RESPONSE, UPDATE, MESSAGE_TAG, UTILITY")
    if kind == "MESSAGE_TAG" or "tag" in body:
        if body.get("tag") == "HUMAN_AGENT":
            raise GraphError("no_permission")
        raise invalid("The message tag is missing, deprecated or not allowed for this message")
    if body.get("notification_type", "REGULAR") not in _NOTIFICATION_TYPES:
        raise invalid("param notification_type must be one of REGULAR, SILENT_PUSH, NO_PUSH")
    reply_to = body.get("reply_to")
    if reply_to is not None and not (isinstance(reply_to, dict) and reply_to.get("mid")):
        raise invalid("param reply_to must be an object with a mid")
    return psid, kind
