"""Writes the pages of `docs/reference/` and their pictures from the program's tables: they cannot say anything else.

python -m docs.generate
"""

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.cli import parser
from bot.commands.reasons import OURS
from bot.commands.run import COMMANDS
from bot.metrics import listed
from bot.settings import CHANNEL_KINDS, Settings
from broadcast.audience.fields import FIELDS, OPERATORS, typed_operators
from docs.machines import state_pictures, states
from docs.markdown import page, table
from handlers.contract import Capabilities
from handlers.messenger import capabilities as messenger
from handlers.messenger import failures as messenger_failures
from handlers.outcomes import Failure, Fate
from handlers.wechat import capabilities as wechat
from handlers.wechat import failures as wechat_failures
from handlers.wechat.reviews import REVIEWS

FOLDER = Path(__file__).parent / "reference"
PICTURES = Path(__file__).parent / "pictures"

FATES: Mapping[Fate, str] = {
    Fate.RETRY: "tried again by itself",
    Fate.PAUSE: "the channel pauses",
    Fate.SKIP: "this person is skipped",
    Fate.UNSUBSCRIBE: "this person gets nothing more",
    Fate.GIVE_UP: "this message fails",
    Fate.STOP: "the broadcast pauses and asks",
    Fate.UNKNOWN: "in doubt until there is evidence",
}
"""What each fate means to whoever reads the page of errors."""


ENDS: Mapping[Failure, str] = {wechat_failures.FAILURES[wechat_failures.QUOTA_SPENT]: "it is midnight in China"}
"""When a pause ends that is neither so many seconds long nor anybody's to mend."""

_SETTINGS = """What `config.toml` may hold. In the environment a name is `CLARION_`, the section, two underscores and
the setting: `CLARION_DATABASE__URL`. A secret may be written `env:NAME` or `file:PATH`. A name nobody knows is refused
at start."""


def settings() -> str:
    """Return the page of settings."""
    parts = [
        "Settings",
        _SETTINGS,
    ]
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            parts += [f"## `[{name}]`", str(field.annotation.__doc__), _settings_table(field.annotation)]
    for kind in CHANNEL_KINDS:
        parts += [
            f"## `[[channels]]`: {kind.model_fields['platform'].default}",
            str(kind.__doc__),
            _settings_table(kind),
        ]
    return page(*parts)


def _settings_table(section: type[BaseModel]) -> str:
    rows = [(f"`{name}`", _default(field), str(field.description)) for name, field in section.model_fields.items()]
    return table(("setting", "default", "what for"), rows)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    return f"`{field.default}`" if field.default not in {None, ""} else "none"


def commands() -> str:
    """Return the page of commands: those of the shell and those of the chat."""
    shell = [
        part
        for name, made in _subcommands()
        for part in (f"### `python -m bot {name}`", str(made.description), _arguments(made))
    ]
    chat = table(
        ("command", "what it does", "for example", "least role"),
        [(f"`{one.name}`", one.help, f"`{one.example}`", one.role) for one in COMMANDS],
    )
    return page(
        "Commands",
        "## In the chat",
        "For admins. To anybody else they do not exist.",
        chat,
        "`/admin claim CODE` makes whoever says it an admin, once; `python -m bot invite` prints the code.",
        "## In the shell",
        "All take `--config PATH`; else the environment's `CLARION_CONFIG`, else `config.toml`. The exit status is 0 on"
        " success alone.",
        *shell,
    )


def _subcommands() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def _arguments(command: argparse.ArgumentParser) -> str:
    rows = [
        (f"`{'`, `'.join(action.option_strings) or action.metavar or action.dest}`", _help(action))
        for action in command._actions
        if action.dest not in {"help", "config"}
    ]
    return table(("argument", "what for"), rows) if rows else ""


def _help(action: argparse.Action) -> str:
    said = [str(action.help)] if action.help else []
    said += [f"one of {', '.join(map(str, action.choices))}"] if action.choices else []
    said += ["needed"] if action.required else []
    return "; ".join(said)


def limits() -> str:
    """Return the page of the platforms' limits."""
    rules = [
        (
            account,
            "yes" if rule.lists else "no",
            str(rule.a_day or "the API's own quota"),
            str(rule.a_month or "not counted"),
        )
        for account, rule in wechat.MASS_RULES.items()
    ]
    return page(
        "Limits",
        "What the platforms allow, as the program holds itself to it. Every number has its unit, where it is written"
        " down and the day it was read there.",
        *_limits(messenger.CAPABILITIES),
        *_limits(wechat.CAPABILITIES),
        "### Mass messages",
        table(("account", "lists of people", "calls a day", "messages a month for each follower"), rules),
    )


def _limits(platform: Capabilities) -> Iterator[str]:
    yield f"## {platform.title}"
    hours, margin = platform.window.total_seconds() / 3600, platform.window_margin.total_seconds() / 60
    yield (
        f"Kinds of messages: {', '.join(sorted(platform.kinds))}."
        f" A person's message opens a window of {hours:.0f} hours, which is treated as closed {margin:.0f} minutes"
        f" early. Unless it is set otherwise, {platform.default_rate} messages a second."
    )
    rows = [
        (f"`{limit.what}`", f"{limit.most:,}", limit.unit, f"[source]({limit.source})", limit.checked)
        for limit in platform.limits
    ]
    yield table(("what", "most", "unit", "source", "read on"), rows)


def errors() -> str:
    """Return the page of the platforms' error codes."""
    meta = [(_meta_code(*key), row) for key, row in messenger_failures.FAILURES.items()]
    meta += [(f"HTTP {status}", row) for status, row in messenger_failures.STATUSES.items()]
    templates = [
        (", ".join(code for code, row in meta if row.reason == reason), row)
        for reason, row in messenger_failures.TEMPLATE_FAILURES.items()
    ]
    tencent = [(str(code), row) for code, row in wechat_failures.FAILURES.items()]
    token = [(str(code), row) for code, row in wechat_failures.TOKEN_FAILURES.items()]
    return page(
        "Troubleshooting by error code",
        "A report, `/broadcast why` and `python -m bot export recipients` name a reason, and the platform's code where"
        " it gave one. The ledger keeps the reason; this is what each code means and what is done about it. A code that"
        f" stands nowhere here has the reason `{messenger_failures.UNKNOWN_CODE.reason}` and ends that message alone.",
        "## Messenger",
        "A code alone, or code/subcode. Where a code has a row without a subcode, it is for every other subcode.",
        _failures(meta),
        "### Where the message was a template",
        "What other codes say of a template is what they say of any message.",
        _failures(templates),
        "## WeChat",
        _failures(tencent),
        "### When an access token is asked for",
        _failures(token),
        "### When a mass message is reviewed",
        "The broadcast's people become `failed` with this reason, as WeChat says it of a mass message as a whole.",
        table(
            ("code", "reason", "what it means"),
            [(f"err({code})", f"`{one.reason}`", one.sentence) for code, one in REVIEWS.items()],
        ),
        "## Reasons without a code",
        "These are the same on every platform.",
        table(
            ("reason", "what it means"),
            [(f"`{reason}`", said.format(platform="the platform")) for reason, said in OURS.items()],
        ),
    )


def _meta_code(code: int | None, subcode: int | None) -> str:
    return f"…/{subcode}" if code is None else str(code) if subcode is None else f"{code}/{subcode}"


def _failures(rows: Iterable[tuple[str, Failure]]) -> str:
    codes: dict[Failure, list[str]] = {}
    for code, row in rows:
        codes.setdefault(row, []).append(code)
    return table(
        ("code", "reason", "what happens", "what it means, and what to do"),
        [
            (", ".join(found), f"`{row.reason}`", _fate(row), row.sentence.format(code="…"))
            for row, found in codes.items()
        ],
    )


def _fate(row: Failure) -> str:
    told = FATES[row.fate]
    if row.fate is Fate.RETRY:
        return f"{told}, {row.retries} times at most"
    if row.fate is Fate.PAUSE:
        return (
            f"{told} for {row.wait_seconds:.0f} s"
            if row.wait_seconds
            else f"{told} until {ENDS.get(row, 'it is mended')}"
        )
    return told


def metrics() -> str:
    """Return the page of metrics."""
    rows = [
        (f"`{name}`", ", ".join(f"`{label}`" for label in labels) or "none", said) for name, labels, said in listed()
    ]
    return page(
        "Metrics",
        "`GET /metrics` in Prometheus' text form, read from the database and Redis at each scrape: every web process"
        " tells the same, so scrape one of them. What ends in `_total` is a counter, which begins at 0 when Redis was"
        " emptied; everything else is a gauge. Example alerts: [examples/prometheus/alerts.yml]"
        "(../../examples/prometheus/alerts.yml).",
        table(("metric", "labels", "what it says"), rows),
    )


def fields() -> str:
    """Return the page of what a filter may ask about."""
    rows = [
        (f"`{one.name}`", one.label, one.kind.value, ", ".join(f"`{word}`" for word in one.synonyms)) for one in FIELDS
    ]
    kinds = [(kind.value, typed_operators(kind)) for kind in OPERATORS]
    return page(
        "Fields and operators",
        "What a filter may ask about a person, besides variables, flows and earlier broadcasts: see"
        " [filters](../filters.md).",
        table(("field", "is a person's", "kind", "may also be called"), rows),
        "## Operators of each kind",
        "Each has its opposite as well: `is not`, `not in`, `does not contain`, `is not set`.",
        table(("kind", "operators"), kinds),
    )


PAGES: Mapping[str, Callable[[], str]] = {
    "commands": commands,
    "errors": errors,
    "fields": fields,
    "limits": limits,
    "metrics": metrics,
    "settings": settings,
    "states": states,
}
"""Every page, by the name of its file."""


if __name__ == "__main__":
    for name, make in PAGES.items():
        (FOLDER / f"{name}.md").write_text(make(), encoding="utf-8")
    for file, picture in state_pictures().items():
        (PICTURES / file).write_text(picture, encoding="utf-8")
