"""Writes `config.example.toml` from the settings: every one, with what it is for and its default.

python -m bot.config_example > config.example.toml
"""

import sys
from collections.abc import Iterator

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.settings import CHANNEL_KINDS, Settings

_HEAD = """\
# Clarion's settings: copy this to config.toml and fill in what has no default.
# A line that begins with "#" and a name shows a setting at its default.
# Secrets may be written env:NAME or file:PATH. CLARION_DATABASE__URL in the environment wins over [database] url.
"""


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
        yield from _lines(kind)
        yield ""


def _lines(section: type[BaseModel]) -> Iterator[str]:
    for name, field in section.model_fields.items():
        yield f"# {field.description}"
        yield f"{name} = {_placeholder(name)}" if field.is_required() else _default(name, field)


def _placeholder(name: str) -> str:
    return '"page"' if name == "name" else '"…"'


def _default(name: str, field: FieldInfo) -> str:
    if name == "platform":  # says which kind of channel this is, so it is always written
        return f'{name} = "{field.default}"'
    if field.default is None:
        return f"# {name} ="
    return f'# {name} = "{field.default}"' if isinstance(field.default, str) else f"# {name} = {field.default}"


if __name__ == "__main__":
    sys.stdout.write(example())
