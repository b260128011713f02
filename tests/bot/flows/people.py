"""People to walk through flows, and flows that need no file."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.flows.definition import Flow
from bot.flows.load import Flows, assemble
from bot.flows.read import read
from bot.flows.walk import Walker
from bot.texts import texts
from broadcast.audience.matches import Person
from handlers.contract import Limit
from handlers.messenger.capabilities import CAPABILITIES

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[3]

MESSENGER = CAPABILITIES
WITHOUT_CHOICES = replace(
    CAPABILITIES,
    name="plain",
    title="Plain",
    choices=False,
    limits=(Limit("text", 2048, "bytes", "a platform that counts bytes and has no quick replies", "2026-11-24"),),
)
PLATFORMS = (MESSENGER, WITHOUT_CHOICES)


def walker(language: str = "en", **known: object) -> Walker:
    """Return somebody of whom these profile fields and variables are known."""
    profile: dict[str, object] = {name: known.pop(name) for name in ("first_name", "city") if name in known}
    return Walker(Person(profile=profile, variables=known), language, texts(language))


def flows_of(**sources: str) -> Flows:
    """Return flows as if each were in a file of its name."""
    return assemble([read(f"{name}.toml", source) for name, source in sources.items()], platforms=PLATFORMS)


def flow_of(source: str, name: str = "visit") -> Flow:
    """Return one flow."""
    found = flows_of(**{name: source}).find(name)
    assert found is not None
    return found


def steps(*each: str) -> str:
    """Return the steps of a flow, each given by the keys of its table."""
    return "\n".join(f"[[steps]]\n{one}" for one in each)
