"""Puts a picture on Messenger once, so that a broadcast sends a handle instead of an address."""

from handlers.content import Image
from handlers.contract import PlatformError
from handlers.messenger.answer import read_json, read_refusal
from handlers.messenger.client import NoAnswer, PageClient


def upload(client: PageClient, image: Image) -> str:
    """Have Meta fetch `image.url` and return its attachment_id. Raises `PlatformError`."""
    body = {
        "message": {
            "attachment": {"type": "image", "payload": {"url": image.url, "is_reusable": True}},
        }
    }
    try:
        answer = client.call("POST", f"{client.page_id}/message_attachments", body=body)
    except NoAnswer as silence:
        raise PlatformError("Facebook did not answer while the picture was uploaded. Please try again.") from silence
    refused = read_refusal(*answer)
    if refused is not None:
        raise PlatformError(refused.failure.sentence, code=refused.code)
    attachment_id = (read_json(answer.body) or {}).get("attachment_id")
    if not isinstance(attachment_id, str) or not attachment_id:
        raise PlatformError("Facebook took the picture but gave no handle for it. Please try again.")
    return attachment_id
