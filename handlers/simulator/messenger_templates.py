"""Utility message templates: made by name and language, used outside the messaging window."""

import re
from collections.abc import Mapping
from typing import Any

from handlers.simulator.messenger_errors import invalid

Json = dict[str, Any]

STATUSES = {"APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED", "ARCHIVED"}

_PLACEHOLDER = re.compile(r"\{\{\w+\}\}")


class Templates:
    """The templates of one Page. Source: Messenger Platform, utility messages (Mar 13, 2026)."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], Json] = {}

    def add(self, body: Mapping[str, Any]) -> Json:
        """Make a template; approved at once, as the library's are within seconds."""
        name, language = body.get("name"), body.get("language")
        if not isinstance(name, str) or not name or not isinstance(language, str) or not language:
            raise invalid("params name and language must be non-empty strings")
        if body.get("category") != "UTILITY":
            raise invalid("param category must be UTILITY")
        components = body.get("components")
        if not isinstance(components, list) or not any(_is_body(part) for part in components):
            raise invalid("param components must hold a BODY")
        made = {
            "id": str(3_000_000_000_000_000 + len(self._made)),
            "name": name,
            "language": language,
            "category": "UTILITY",
            "status": "APPROVED",
            "components": components,
        }
        self._made[name, language] = made
        return {key: made[key] for key in ("id", "status", "category")}

    def all(self) -> list[Json]:
        """Return every template, oldest first."""
        return list(self._made.values())

    def remove(self, name: object) -> bool:
        """Remove a template in all its languages; say whether there was one."""
        gone = [key for key in self._made if key[0] == name]
        for key in gone:
            del self._made[key]
        return bool(gone)

    def set_status(self, name: object, status: object) -> bool:
        """Put a template in review, reject it or approve it; say whether there is one of this name."""
        if status not in STATUSES:
            raise ValueError(f"'status' is one of {', '.join(sorted(STATUSES))}; {status!r} was given.")
        found = [made for key, made in self._made.items() if key[0] == name]
        for made in found:
            made["status"] = status
        return bool(found)

    def check(self, wanted: object) -> None:
        """Raise `GraphError` 100 unless this names an approved template with its parameters."""
        if not isinstance(wanted, dict):
            raise invalid("param message[template] must be an object")
        language = wanted.get("language")
        code = language.get("code") if isinstance(language, dict) else None
        made = self._made.get((str(wanted.get("name")), str(code)))
        if made is None or made["status"] != "APPROVED":
            raise invalid("The message template does not exist in this language or is not approved")
        text = next(str(part.get("text", "")) for part in made["components"] if _is_body(part))
        needed = len(set(_PLACEHOLDER.findall(text)))
        components = wanted.get("components", [])
        given = [part for part in components if isinstance(part, dict) and _is_body(part)]
        count = len(given[0].get("parameters", [])) if given else 0
        if count != needed:
            raise invalid(f"The template takes {needed} body parameters, {count} were given")


def _is_body(part: object) -> bool:
    return isinstance(part, dict) and str(part.get("type")).upper() == "BODY"
