"""Asks Meta what is right with a channel and what is to be mended, line by line."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from handlers.finding import Finding, fine, fix, warn
from handlers.messenger.answer import read_json, read_refusal
from handlers.messenger.client import Answer, NoAnswer, PageClient
from handlers.messenger.credential import ask_about_token, inner, read_token
from handlers.messenger.usage import read_usage

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

BUSY_PERCENT = 80.0
"""From here on an admin should know that a broadcast will go slower than the rate that is set."""


def diagnose(client: PageClient, now: datetime) -> Iterator[Finding]:
    """Yield a finding for each thing that was asked. Ends at the first silence."""
    try:
        yield from _page(client)
        yield from _webhook_fields(client)
        yield from _token(client, now)
    except NoAnswer as silence:
        yield fix(f"No answer from {client.graph_url} ({silence.why}). Check api_base and the network.")


def _page(client: PageClient) -> Iterator[Finding]:
    answer = client.call("GET", "me", parameters={"fields": "id,name"})
    page = _object(answer)
    if isinstance(page, str):
        yield fix(f"Access token: {page}")
        return
    owner = page.get("id")
    if owner == client.page_id:
        yield fine(f"The access token belongs to the Page {page.get('name', owner)}.")
    else:
        wrong = f"The access token belongs to {owner}, not to the Page {client.page_id}."
        yield fix(f"{wrong} Correct page_id or access_token.")
    yield from _version(answer, client.api_version)


def _version(answer: Answer, wanted: str) -> Iterator[Finding]:
    served = answer.headers.get(VERSION_HEADER, "").removeprefix("v")
    if served and served != wanted:
        yield fix(f"Facebook serves API version {served}, not {wanted}. Set api_version to one that is alive.")
    elif served:
        yield fine(f"API version {served} is served.")


def _webhook_fields(client: PageClient) -> Iterator[Finding]:
    apps = _object(client.call("GET", f"{client.page_id}/subscribed_apps"))
    if isinstance(apps, str):
        yield fix(f"Webhook: {apps}")
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
        yield fix(f"The webhook lacks the fields {', '.join(missing)}. Subscribe the app to them.")
    else:
        yield fine("The webhook has every field the program needs.")
    if useful:
        yield warn(f"Reports will have gaps without the webhook fields {', '.join(useful)}. Subscribe them too.")


def _token(client: PageClient, now: datetime) -> Iterator[Finding]:
    answer = ask_about_token(client)
    if read_json(answer.body) is not None:
        return  # an object where a list was asked for is an error, and the first question has said which
    yield from read_token(inner(answer.body), now)
    usage = read_usage(answer.headers)
    if usage is not None:
        told = f"{usage.percent:.0f} % of what Facebook allows is used"
        yield warn(f"{told}; sending slows down by itself") if usage.percent >= BUSY_PERCENT else fine(told)


def _object(answer: Answer) -> dict[str, Any] | str:
    """Return the answer's object, or the sentence that says why there is none."""
    refused = read_refusal(*answer)
    if refused is not None:
        return refused.failure.sentence.format(code=refused.code)
    return read_json(answer.body) or {}
