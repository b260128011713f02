"""The Messenger profile of a Page: greeting, Get Started, menus, commands."""

from collections.abc import Callable, Mapping
from typing import Any

from handlers.simulator.messenger_errors import invalid

# Messenger Profile API and commands reference (Jan 11, 2024); characters, pieces.
GREETING_MOST = 160
ICE_BREAKERS_MOST = 4
COMMANDS_MOST = 100
COMMAND_NAME_MOST = 32
COMMAND_DESCRIPTION_MOST = 64


class PageProfile:
    """What is set on the Page, field by field."""

    def __init__(self) -> None:
        self._fields: dict[str, Any] = {}

    def update(self, body: Mapping[str, Any]) -> None:
        """Set fields. Raises `GraphError` 100 for a field or a value the platform does not take."""
        wanted = {name: value for name, value in body.items() if name != "platform"}
        if not wanted:
            raise invalid("Requires at least one Messenger profile field")
        for name, value in wanted.items():
            check = _CHECKS.get(name)
            if check is None:
                raise invalid(f"{name} is not a Messenger profile field")
            check(value)
        if "persistent_menu" in wanted and "get_started" not in {**self._fields, **wanted}:
            raise invalid("You must set a Get Started button if you also wish to use persistent menu")
        self._fields.update(wanted)

    def read(self, names: str) -> dict[str, Any]:
        """Return the fields named in a comma-separated list, those that are set."""
        return {name: self._fields[name] for name in names.split(",") if name in self._fields}

    def remove(self, names: object) -> None:
        """Unset fields. Raises `GraphError` 100 unless `names` is a list of profile fields."""
        if not isinstance(names, list) or not names or not set(names) <= _CHECKS.keys():
            raise invalid("param fields must be an array of Messenger profile fields")
        for name in names:
            self._fields.pop(name, None)

    def get_started(self) -> str | None:
        """Return the payload of the Get Started button, None where the Page has none."""
        field = self._fields.get("get_started")
        return None if field is None else str(field["payload"])


def _localised(value: object, name: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise invalid(f"param {name} must be an array of objects")
    if not any(entry.get("locale") == "default" for entry in value):
        raise invalid(f"param {name} must have an entry for the default locale")
    return value


def _get_started(value: object) -> None:
    if not isinstance(value, dict) or not isinstance(value.get("payload"), str) or not value["payload"]:
        raise invalid("param get_started must be an object with a payload")


def _greeting(value: object) -> None:
    for entry in _localised(value, "greeting"):
        text = entry.get("text")
        if not isinstance(text, str) or not 1 <= len(text) <= GREETING_MOST:
            raise invalid(f"param greeting[text] must have 1 to {GREETING_MOST} characters")


def _ice_breakers(value: object) -> None:
    for entry in _localised(value, "ice_breakers"):
        actions = entry.get("call_to_actions")
        if not isinstance(actions, list) or not 1 <= len(actions) <= ICE_BREAKERS_MOST:
            raise invalid(f"param ice_breakers must have 1 to {ICE_BREAKERS_MOST} questions")


def _persistent_menu(value: object) -> None:
    for entry in _localised(value, "persistent_menu"):
        actions = entry.get("call_to_actions", [])
        if not isinstance(actions, list) or not all(isinstance(action, dict) for action in actions):
            raise invalid("param persistent_menu[call_to_actions] must be an array of objects")
        if any(action.get("type") not in {"postback", "web_url"} for action in actions):
            raise invalid("param persistent_menu[call_to_actions] takes postback and web_url")


def _commands(value: object) -> None:
    for entry in _localised(value, "commands"):
        commands = entry.get("commands")
        if not isinstance(commands, list) or not 1 <= len(commands) <= COMMANDS_MOST:
            raise invalid(f"param commands must have 1 to {COMMANDS_MOST} commands")
        for command in commands:
            name, description = str(command.get("name", "")), str(command.get("description", ""))
            if not 1 <= len(name) <= COMMAND_NAME_MOST or name.startswith("/"):
                raise invalid(f"A command's name has 1 to {COMMAND_NAME_MOST} characters and no slash")
            if not 1 <= len(description) <= COMMAND_DESCRIPTION_MOST:
                raise invalid(f"A command's description has 1 to {COMMAND_DESCRIPTION_MOST} characters")


def _anything(_value: object) -> None:
    """Accept what no page describes limits for."""


_CHECKS: Mapping[str, Callable[[object], None]] = {
    "get_started": _get_started,
    "greeting": _greeting,
    "ice_breakers": _ice_breakers,
    "persistent_menu": _persistent_menu,
    "commands": _commands,
    "whitelisted_domains": _anything,
    "account_linking_url": _anything,
    "description": _anything,
}
