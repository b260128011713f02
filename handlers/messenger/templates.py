"""The utility templates of a Page: what Meta lets us say outside the window.

Source: Messenger Platform, Utility Messages (13 March 2026) for the edge and its fields; Graph API, Paginated Results,
for its pages; checked 2026-11-23.
"""

import re
from collections.abc import Mapping
from typing import Any

from handlers.contract import PlatformError
from handlers.messenger.answer import read_json, read_refusal
from handlers.messenger.client import NoAnswer, PageClient
from handlers.messenger.item import objects, text
from handlers.outcomes import Failure, Fate
from handlers.templates import ListedTemplate

PAGE_SIZE = 100
MOST_PAGES = 20
"""Two thousand templates, in all their languages, are more than anybody chooses from in a chat."""

NOT_ALLOWED = frozenset({"no_permission", "app_not_live"})
"""Reasons that, for reading templates, come down to a permission that was not granted."""

NOT_GRANTED = Failure(
    "no_utility_permission",
    Fate.GIVE_UP,
    "Facebook shows me no templates: the app lacks the permission page_utility_messaging for this Page. "
    "Have it granted, then ask again.",
)
SILENT = Failure(
    "no_answer", Fate.RETRY, "Facebook did not answer when I asked for the templates. Ask again in a minute."
)

_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_WAY_OUT = re.compile(r"\b(?:stop|unsubscribe)\b|退订", re.IGNORECASE)


def read_templates(client: PageClient) -> tuple[ListedTemplate, ...]:
    """Return every template of the Page, in Meta's order. Raises `PlatformError`."""
    found: list[ListedTemplate] = []
    after = ""
    for _ in range(MOST_PAGES):
        page = _page(client, after)
        found += [read_template(entry) for entry in objects(page.get("data"))]
        paging = page.get("paging")
        cursors = paging.get("cursors") if isinstance(paging, dict) and paging.get("next") else None
        after = text(cursors.get("after")) if isinstance(cursors, dict) else ""
        if not after:
            break
    return tuple(found)


def read_template(entry: Mapping[str, Any]) -> ListedTemplate:
    """Return one entry of the list. Only the places of the body can be filled in by us."""
    components = [*objects(entry.get("components"))]
    body = next((text(part.get("text")) for part in components if _kind(part) == "BODY"), "")
    named, places = _places(body)
    rest = [part for part in components if _kind(part) != "BODY"]
    return ListedTemplate(
        name=text(entry.get("name")),
        language=text(entry.get("language")),
        status=text(entry.get("status")),
        body=body,
        places=places,
        named=named,
        fillable=not any(_PLACE.search(words) for part in rest for words in _words(part)),
        way_out=any(_WAY_OUT.search(words) for part in components for words in _words(part)),
    )


def _page(client: PageClient, after: str) -> Mapping[str, Any]:
    parameters = {"limit": str(PAGE_SIZE), **({"after": after} if after else {})}
    try:
        answer = client.call("GET", f"{client.page_id}/message_templates", parameters=parameters)
    except NoAnswer as silence:
        raise PlatformError(SILENT.sentence, SILENT) from silence
    if (refused := read_refusal(*answer)) is not None:
        row = NOT_GRANTED if refused.failure.reason in NOT_ALLOWED else refused.failure
        raise PlatformError(row.sentence, row, refused.code)
    return read_json(answer.body) or {}


def _kind(part: Mapping[str, Any]) -> str:
    return text(part.get("type")).upper()


def _places(body: str) -> tuple[bool, tuple[str, ...]]:
    """Return whether the places of a body are named, and what they are called; numbers in their order."""
    found = [*dict.fromkeys(_PLACE.findall(body))]
    if all(place.isdecimal() for place in found):
        return False, tuple(sorted(found, key=int))
    return True, tuple(found)


def _words(value: object) -> list[str]:
    """Return every text in a component, however deep: headers, titles, addresses and payloads of buttons."""
    if isinstance(value, dict):
        return [words for inner in value.values() for words in _words(inner)]
    if isinstance(value, list):
        return [words for inner in value for words in _words(inner)]
    return [value] if isinstance(value, str) else []
