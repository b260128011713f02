"""Writes `config.example.toml` from the settings: every one, with what it is for and its default.

python -m bot.config_example > config.example.toml
"""

import json
import sys
from collections.abc import Iterator

from pydantic import BaseModel

from bot.settings import CHANNEL_KINDS, Settings

_HEAD = """\
# Clarion's settings: copy this to config.toml and fill in what has no default.
# A line that begins with "#" and a name shows a setting at its default; "…" stands for what only you know.
# Secrets may be written env:NAME or file:PATH. CLARION_DATABASE__URL in the environment wins over [database] url.
"""


NAMES = {"messenger": "page", "wechat": "account"}
"""What the channel of each platform is called here."""

_YOURS = "…"
"""Stands for what only the reader knows."""


def example() -> str:
    """Return the whole file."""
    return "\n".join([_HEAD, *_sections(), *_channels()])


def _sections() -> Iterator[str]:
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            yield f"# {section.__doc__}\n[{name}]"
            yield from _lines(section)
            yield ""


def _channels() -> Iterator[str]:
    for kind in CHANNEL_KINDS:
        yield f"# {kind.__doc__}\n[[channels]]"
        yield from _lines(kind, NAMES[str(kind.model_fields["platform"].default)])
        yield ""


def _lines(section: type[BaseModel], called: str = "") -> Iterator[str]:
    for name, field in section.model_fields.items():
        if name == "platform":  # says which kind of channel this is, so it is always written
            yield f'{name} = "{field.default}"'
            continue
        yield f"# {field.description}"
        if field.is_required():
            yield f'{name} = "{called if name == "name" else _YOURS}"'
        else:
            # What JSON calls a text, a number or true is called so in TOML too.
            yield f"# {name} = {json.dumps(_YOURS if field.default is None else field.default, ensure_ascii=False)}"


if __name__ == "__main__":
    sys.stdout.write(example())
