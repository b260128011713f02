"""Writes `config.toml`: readable by its owner alone, whole or not at all, and valid before it is in place."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bot.settings import BadSettings, Settings, load

OWNER_ONLY = 0o600

_HEAD = "# Clarion's settings. config.example.toml describes every setting there is, with its default.\n"


def sections(tables: Mapping[str, Mapping[str, str]]) -> str:
    """Return the TOML of `[section]` tables of texts."""
    return "\n".join([_HEAD, *(_table(f"[{name}]", values) for name, values in tables.items())])


def channel(values: Mapping[str, str]) -> str:
    """Return the TOML of one channel."""
    return _table("[[channels]]", values)


def _table(head: str, values: Mapping[str, str]) -> str:
    # A JSON string is a TOML string: both escape the quotation mark, the backslash and control characters alike.
    return "\n".join(
        [head, *(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()), ""]
    )


def put(path: Path, text: str) -> Settings:
    """Write the file and return what it says; what was there before stays when the new text cannot be used.

    Raises `bot.settings.BadSettings` for a text that is no valid configuration, `OSError` where it cannot be written.
    """
    # Made with mode 0600 and in the same folder: relative `file:` paths are read from there, and replacing is one step.
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new", text=True)
    made = Path(name)
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        settings = load(made)
        made.replace(path)
    except BadSettings as error:
        raise BadSettings(str(error).replace(str(made), str(path))) from None
    finally:
        made.unlink(missing_ok=True)
    return settings
