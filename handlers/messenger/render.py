"""From our content to the Send API's JSON. Pure: the same message always gives the same payload."""

from typing import Any

from handlers.content import Article, Button, Card, Choice, Message, Outgoing, Template, Text

# Policy lanes (reference/send-api, `messaging_type`): an answer, or a proactive message inside the window.
MESSAGING_TYPES = {"reply": "RESPONSE", "broadcast": "UPDATE"}
TEMPLATE_TYPE = "UTILITY"  # whatever the purpose: a template goes by no other


def render(outgoing: Outgoing) -> dict[str, Any]:
    """Return the whole body of the call that sends `outgoing`."""
    return {
        "recipient": {"id": outgoing.to},
        "messaging_type": (
            TEMPLATE_TYPE if isinstance(outgoing.message, Template) else MESSAGING_TYPES[outgoing.purpose]
        ),
        "message": render_message(outgoing.message, outgoing.choices, outgoing.metadata),
    }


def render_message(message: Message | Template, choices: tuple[Choice, ...] = (), metadata: str = "") -> dict[str, Any]:
    """Return the `message` part, which names nobody: it may be kept for everyone who gets the same."""
    rendered = _utility(message) if isinstance(message, Template) else _body(message)
    # Quick replies go with a text or an attachment only; a template brings its own buttons.
    if choices and not isinstance(message, Template):
        rendered["quick_replies"] = [
            {"content_type": "text", "title": choice.title, "payload": choice.value} for choice in choices
        ]
    if metadata:
        rendered["metadata"] = metadata
    return rendered


def button_payload(button: Button) -> str:
    """Return what comes back when a `flow` or `reply` button is tapped."""
    return f"flow:{button.value}" if button.kind == "flow" else button.value


def _body(message: Message) -> dict[str, Any]:
    match message.kind:
        case "text":
            return _text(message)
        case "image":
            payload = {"attachment_id": message.platform_ref} if message.platform_ref else {"url": message.url}
            return {"attachment": {"type": "image", "payload": payload}}
        case "card":
            return _generic([_card(message)])
        case "carousel":
            return _generic([_card(card) for card in message.cards])
        case "articles":
            return _generic([_article(article) for article in message.articles])


def _utility(template: Template) -> dict[str, Any]:
    """Return a template with its values: in their order, or each with the name of its place."""
    sent: dict[str, Any] = {"name": template.name, "language": {"code": template.language}}
    if template.values:
        parameters = [
            {"type": "text", **({"parameter_name": value.name} if template.named else {}), "text": value.text}
            for value in template.values
        ]
        sent["components"] = [{"type": "body", "parameters": parameters}]
    return {"template": sent}


def _text(message: Text) -> dict[str, Any]:
    if not message.buttons:
        return {"text": message.text}
    return _template(
        {
            "template_type": "button",
            "text": message.text,
            "buttons": [_button(button) for button in message.buttons],
        }
    )


def _template(payload: dict[str, Any]) -> dict[str, Any]:
    return {"attachment": {"type": "template", "payload": payload}}


def _generic(elements: list[dict[str, Any]]) -> dict[str, Any]:
    return _template({"template_type": "generic", "elements": elements})


def _card(card: Card) -> dict[str, Any]:
    element = _element(card.title, card.subtitle, card.image_url, card.link)
    if card.buttons:
        element["buttons"] = [_button(button) for button in card.buttons]
    return element


def _article(article: Article) -> dict[str, Any]:
    return _element(article.title, article.digest or article.author, article.cover_url, article.source_url)


def _element(title: str, subtitle: str, image_url: str, link: str) -> dict[str, Any]:
    """Return one element of a generic template; empty properties are refused, so they are left out."""
    element: dict[str, Any] = {"title": title}
    if subtitle:
        element["subtitle"] = subtitle
    if image_url:
        element["image_url"] = image_url
    if link:
        element["default_action"] = {"type": "web_url", "url": link}
    return element


def _button(button: Button) -> dict[str, str]:
    match button.kind:
        case "url":
            return {"type": "web_url", "title": button.title, "url": button.value}
        case "phone":
            return {"type": "phone_number", "title": button.title, "payload": button.value}
        case "flow" | "reply":
            return {"type": "postback", "title": button.title, "payload": button_payload(button)}
