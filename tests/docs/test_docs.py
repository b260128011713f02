"""The documents are true: generated pages are up to date, links lead somewhere, commands exist."""

import dataclasses
import importlib
import inspect
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import parser
from bot.metrics import listed
from bot.plugin import BroadcastCalls, FlowCalls, Plugin, Said, SubscriberCalls
from broadcast.links import PATH as LINK_PATH
from broadcast.report_picture import PATH as REPORT_PATH
from docs.generate import FATES, FOLDER
from docs.generate import PAGES as GENERATED
from handlers.outcomes import Fate
from tests.docs.checkout import commands
from tests.docs.pages import PAGES, ROOT, anchors, blocks, links, named

OTHER_PROGRAMS = {".", "cp", "git", "honcho"}
"""What a shell block may call besides make and our own modules."""


@pytest.mark.parametrize("name", sorted(GENERATED))
def test_a_generated_page_is_up_to_date(name):
    assert (FOLDER / f"{name}.md").read_text("utf-8") == GENERATED[name](), "run: python -m docs.generate"


def test_nothing_else_stands_among_the_generated_pages():
    assert {path.stem for path in FOLDER.iterdir()} == set(GENERATED)


def test_every_fate_is_explained():
    assert set(FATES) == set(Fate)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    for link in links(page):
        path, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", path):
            assert path.startswith("https://"), link
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name}: {link}"
        if anchor:
            assert anchor in anchors(target), f"{page.name}: {link}"


def test_every_page_can_be_reached_from_the_first():
    seen, waiting = set(), [ROOT / "docs" / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        waiting += [(page.parent / path).resolve() for link in links(page) if (path := link.partition("#")[0])
                    and "//" not in path]  # fmt: skip
    assert {page for page in PAGES if page.is_relative_to(ROOT / "docs")} <= seen


def _commands() -> list[tuple[str, str]]:
    return [(named(block), line) for block in blocks("sh") for line in commands(block.text)]


@pytest.mark.parametrize(("where", "line"), _commands())
def test_every_command_shown_exists(where, line):
    words = [word for word in shlex.split(line) if not re.fullmatch(r"[A-Z]+=\S+", word)]
    if words[0] == "make":
        targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        assert set(words[1:]) <= set(targets)
    elif words[:3] == ["python", "-m", "bot"]:
        parser().parse_args(words[3:])
    elif words[:2] == ["python", "-m"]:
        done = subprocess.run(
            [sys.executable, "-m", words[2], "--help"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0
        assert {word for word in words if word.startswith("--")} <= set(re.findall(r"--[a-z-]+", done.stdout))
    else:
        assert words[0] in OTHER_PROGRAMS


def test_commands_named_in_sentences_exist():
    known = {name for action in parser()._actions if action.choices for name in action.choices}
    for page in PAGES:
        for name in re.findall(r"`python -m bot ([a-z]+)", page.read_text("utf-8")):
            assert name in known, f"{page.name}: {name}"


def test_every_security_rule_names_a_test_that_exists():
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    named_tests = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page)
    assert len(named_tests) > 30
    for path, name in named_tests:
        assert re.search(rf"^def {name}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE), f"{path}::{name}"


def test_every_metric_has_a_place_in_an_alert_and_alerts_name_no_other():
    alerts = (ROOT / "examples" / "prometheus" / "alerts.yml").read_text("utf-8")
    known = {name for name, _, _ in listed()}
    used = set(re.findall(r"\bclarion_\w+", alerts))
    assert used == known
    assert alerts.count("- alert:") == alerts.count("promise:") == alerts.count("summary:")


def test_the_environment_variables_of_the_examples_are_settings():
    from bot.settings import Settings  # noqa: PLC0415

    for path in (ROOT / "examples").rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            for section, name in re.findall(r"CLARION_([A-Z]+)__([A-Z_]+)", path.read_text("utf-8")):
                field = Settings.model_fields[section.lower()].annotation
                assert name.lower() in field.model_fields, path


def test_the_units_start_commands_that_exist():
    for path in sorted((ROOT / "examples" / "systemd").iterdir()):
        for line in re.findall(r"python -m bot (\w+)", path.read_text("utf-8")):
            assert line in {"web", "worker", "backup"}, path
    assert Path(ROOT / "examples" / "container" / "Containerfile").read_text().count("COPY ") >= 5


def test_every_route_is_one_that_the_proxy_is_told_to_pass():
    sentence = (ROOT / "docs" / "operations.md").read_text("utf-8").partition("reverse proxy with a certificate")[2]
    told = set(re.findall(r"`(/[a-z]+/?)`", sentence.partition(". ")[0]))
    assert told == {LINK_PATH, REPORT_PATH, "/webhooks/", "/metrics", "/healthz", "/readyz"}


def test_every_call_of_the_plugin_is_documented_with_its_parameters():
    page = (ROOT / "docs" / "plugin.md").read_text("utf-8")
    rows = "".join(re.findall(r"^\| `.*\n", page, re.MULTILINE))
    for calls in (Plugin, SubscriberCalls, FlowCalls, BroadcastCalls):
        for name, call in inspect.getmembers(calls, inspect.isfunction):
            if not name.startswith("_") and name != "unclaimed":
                shown = re.search(rf"\.{name}\(([^)]*)\)", rows)
                assert shown, name
                told = [one.partition("=")[0].strip("* ") for one in shown[1].split(",")]
                assert told == [*inspect.signature(call).parameters][1:], name


def test_what_the_plugin_raises_is_where_the_page_says():
    page = (ROOT / "docs" / "plugin.md").read_text("utf-8")
    for names, module in re.findall(r"((?:`[A-Z]\w+`(?: and )?)+) (?:are )?in\s`([\w.]+)`", page):
        for name in re.findall(r"\w+", names.replace(" and ", " ")):
            assert issubclass(getattr(importlib.import_module(module), name), Exception)
    assert {field.name for field in dataclasses.fields(Said)} <= set(re.findall(r"`(\w+)`", page))
