"""Asks Meta what is right with a channel and what is to be mended, line by line."""

from collections.abc import Iterator
from typing import Any

from handlers.messenger.answer import read_json, read_refusal
from handlers.messenger.client import Answer, NoAnswer, PageClient

# What the program cannot do without, and what stays empty in its reports otherwise (webhooks, checked 2026-11-23).
NEEDED_FIELDS = ("messages", "messaging_postbacks", "message_echoes")
USEFUL_FIELDS = (
    "message_deliveries",
    "message_reads",
    "message_reactions",
    "messaging_referrals",
    "messaging_optins",
    "messaging_optouts",
    "messaging_policy_enforcement",
)
VERSION_HEADER = "facebook-api-version"


def diagnose(client: PageClient) -> list[tuple[bool, str]]:
    """Return one (fine, sentence) for each thing that was asked. Stops at the first silence."""
    try:
        return [*_page(client), *_webhook_fields(client)]
    except NoAnswer as silence:
        return [(False, f"No answer from {client.graph_url} ({silence.why}). Check api_base and the network.")]


def _page(client: PageClient) -> Iterator[tuple[bool, str]]:
    # Not /debug_token, which wants the token as a parameter of the address.
    answer = client.call("GET", "me", parameters={"fields": "id,name"})
    page = _object(answer)
    if isinstance(page, str):
        yield False, f"Access token: {page}"
        return
    owner = page.get("id")
    if owner == client.page_id:
        yield True, f"The access token belongs to the Page {page.get('name', owner)}."
    else:
        wrong = f"The access token belongs to {owner}, not to the Page {client.page_id}."
        yield False, f"{wrong} Correct page_id or access_token."
    yield from _version(answer, client.api_version)


def _version(answer: Answer, wanted: str) -> Iterator[tuple[bool, str]]:
    served = answer.headers.get(VERSION_HEADER, "").removeprefix("v")
    if served and served != wanted:
        yield False, f"Facebook serves API version {served}, not {wanted}. Set api_version to one that is alive."
    elif served:
        yield True, f"API version {served} is served."


def _webhook_fields(client: PageClient) -> Iterator[tuple[bool, str]]:
    apps = _object(client.call("GET", f"{client.page_id}/subscribed_apps"))
    if isinstance(apps, str):
        yield False, f"Webhook: {apps}"
        return
    data = apps.get("data")
    subscribed = {
        str(field)
        for app in (data if isinstance(data, list) else [])
        if isinstance(app, dict) and isinstance(app.get("subscribed_fields"), list)
        for field in app["subscribed_fields"]
    }
    missing = [field for field in NEEDED_FIELDS if field not in subscribed]
    useful = [field for field in USEFUL_FIELDS if field not in subscribed]
    if missing:
        yield False, f"The webhook lacks the fields {', '.join(missing)}. Subscribe the app to them."
    else:
        yield True, "The webhook has every field the program needs."
    if useful:
        yield False, f"Reports will have gaps without the webhook fields {', '.join(useful)}. Subscribe them too."


def _object(answer: Answer) -> dict[str, Any] | str:
    """Return the answer's object, or the sentence that says why there is none."""
    refused = read_refusal(*answer)
    if refused is not None:
        return refused.failure.sentence.format(code=refused.code)
    return read_json(answer.body) or {}
