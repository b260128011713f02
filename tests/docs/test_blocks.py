"""Every block of code on a page is run, loaded or played. A block that nothing here knows fails the suite."""

import re
import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.conversation.edits import read_canary, read_edit, read_way_out
from bot.conversation.words import WORDS
from bot.flows.load import assemble
from bot.flows.load import load as load_flows
from bot.flows.mistakes import BadFlows
from bot.flows.read import read
from bot.settings import load as load_settings
from broadcast.audience.fields import Vocabulary
from broadcast.audience.nodes import Kind
from broadcast.audience.parse import parse
from broadcast.when.parse import parse_time
from broadcast.when.readings import At, Later, Now
from handlers.messenger.capabilities import CAPABILITIES as MESSENGER
from handlers.wechat.capabilities import CAPABILITIES as WECHAT
from storage import channels
from storage.broadcasts import create
from storage.models import Broadcast
from tests.docs.pages import PAGES, ROOT, blocks, named
from tests.support.page import CONFIG

LANGUAGES = {
    "chat": "typed in tests/docs/test_shell.py; docs/conversations.md is played in tests/scenarios",
    "filter": "parsed here",
    "python": "run in tests/docs/test_shell.py",
    "sh": "run in tests/docs/test_shell.py and tests/docs/test_first_hour.py",
    "sql": "run here, on both databases",
    "text": "each has a row in TEXTS",
    "toml": "loaded here, as a flow or as settings",
}
"""Where the blocks of each language are tried."""

TEXTS = {
    "CONTRIBUTING.md-1": "a drawing; its names are looked up here",
    "CONTRIBUTING.md-2": "a drawing; its names are looked up here",
    "docs/architecture.md-1": "a drawing; its names are looked up here",
    "docs/architecture.md-2": "a drawing of states and places, no module in it",
    "docs/connect_a_page.md-2": "compared with what `check` prints in tests/docs/test_first_hour.py",
    "docs/connect_an_account.md-2": "compared with what `check` prints in tests/docs/test_first_hour.py",
    "docs/flows.md-1": "compared here with the mistakes of such a file",
}
"""What becomes of each block that is nobody's language."""

PLAYED_PAGES = {
    "docs/conversations.md": "tests/scenarios",
    "README.md": "test_shell",
    "docs/first_hour.md": "test_shell",
}
KINDS = Vocabulary({"plan": Kind.TEXT, "visits": Kind.NUMBER, "paid": Kind.YES_NO, "born": Kind.DATE})
PLATFORMS = (MESSENGER, WECHAT)


@pytest.mark.parametrize("block", blocks(), ids=named)
def test_every_block_is_tried_somewhere(block):
    assert block.language in LANGUAGES, "name its language, and run it"
    assert block.language != "text" or named(block) in TEXTS, "say in TEXTS who compares it with the truth"
    assert block.language != "chat" or str(block.page.relative_to(ROOT)) in PLAYED_PAGES
    assert block.language != "python" or block.page.name == "plugin.md"


def test_no_page_hides_a_block_from_this():
    for page in PAGES:
        fences = re.findall(r"^ *(?:```|~~~)", page.read_text("utf-8"), re.MULTILINE)
        assert len(fences) == 2 * sum(block.page == page for block in blocks()), page


def test_every_text_that_is_spoken_of_is_there():
    assert set(TEXTS) == {named(block) for block in blocks("text")}


@pytest.mark.parametrize("line", [line for block in blocks("filter") for line in block.text.splitlines()])
def test_every_filter_shown_is_understood(line):
    parse(line, KINDS)


def _filters_in_sentences() -> list[str]:
    pages = [ROOT / "README.md", *(ROOT / "docs" / name for name in ("filters.md", "flows.md", "admins.md"))]
    condition = re.compile(r"`((?:not )?[\w.]+ (?:[<>]=?|=|is|contains|in) [^`\"\[{]+|(?:not )?completed \w+)`")
    return sorted({found for page in pages for found in condition.findall(page.read_text("utf-8"))})


@pytest.mark.parametrize("line", _filters_in_sentences())
def test_every_filter_in_a_sentence_is_understood(line):
    kinds = {**KINDS.variables, "rating": Kind.NUMBER, "lunch": Kind.TEXT, "visit_people": Kind.NUMBER}
    parse(line, Vocabulary(kinds))


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """A folder with the settings of a Page, and the flows that pages show, each under the name it gives itself."""
    (tmp_path / "flows").mkdir()
    (tmp_path / "config.toml").write_text(CONFIG.format(url="sqlite:///docs.db"), "utf-8")
    for name, text in _files("flows/"):
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def _files(beginning: str) -> Iterable[tuple[str, str]]:
    for block in blocks("toml"):
        named_file = re.match(r"# (\S+\.toml)\n", block.text)
        assert named_file, f"{named(block)}: its first line says which file it is"
        if named_file[1].startswith(beginning):
            yield named_file[1], block.text


def test_the_flows_shown_go_together(beside):
    flows = load_flows(beside / "flows", platforms=PLATFORMS)
    assert {f"flows/{flow.name}.toml" for flow in flows} == {name for name, _ in _files("flows/")}


def test_the_settings_shown_are_settings(beside):
    config = beside / "config.toml"
    for _, text in _files("config.toml"):
        config.write_text(f"{text}\n{_without(tomllib.loads(text))}", "utf-8")
        load_settings(config)
    assert {name.partition("/")[0] for name, _ in _files("")} <= {"flows", "config.toml"}


def _without(shown: dict[str, object]) -> str:
    """Return the sections of the settings that a page's example leaves out."""
    sections = re.split(r"\n(?=\[)", CONFIG.format(url="sqlite:///docs.db"))
    return "\n".join(part for part in sections if part.strip("[]\n").partition("]")[0] not in shown)


def test_the_mistakes_shown_are_those_that_the_first_flow_would_have():
    (shown,) = [block.text for block in blocks("text") if block.page.name == "flows.md"]
    (lunch,) = [text for name, text in _files("flows/lunch.toml")]
    lunch = lunch.replace('title.en = "Salad"', 'title.en = "Something without meat"')
    lunch = lunch.replace('title.zh_CN = "汤"', 'title.zh_CN = "汤", goto = "thank"')
    with pytest.raises(BadFlows) as caught:
        assemble([read("flows/lunch.toml", lunch)], platforms=PLATFORMS)
    assert str(caught.value) == shown.rstrip()


@pytest.mark.parametrize("block", blocks("sql"), ids=named)
def test_the_statement_shown_holds_what_was_under_way(database, block):
    channel, now = channels.ensure("page", "messenger"), datetime(2026, 11, 24, 9, tzinfo=UTC)
    for status in ("scheduled", "starting", "sending", "sent"):
        Broadcast.update(status=status).where(Broadcast.id == create(channel, status, "anna", now).id).execute()
    database.execute_sql(block.text)
    assert {one.name: one.status for one in Broadcast.select()} == {
        "scheduled": "draft", "starting": "paused", "sending": "paused", "sent": "sent",
    }  # fmt: skip


def _row(page: str, name: str) -> list[str]:
    """Return the code in a row of a table, which begins with a name in bold."""
    (line,) = re.findall(rf"^\| \*\*{name}\*\* \|(.*)$", (ROOT / "docs" / page).read_text("utf-8"), re.MULTILINE)
    return re.findall(r"`([^`]+)`", line)


@pytest.mark.parametrize("words", _row("admins.md", "when"))
def test_every_time_shown_to_admins_is_understood(words):
    now = datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert isinstance(parse_time(words, now, ZoneInfo("Europe/Berlin")), At | Now | Later)


def test_every_order_shown_to_admins_is_obeyed():
    assert [words for words in _row("admins.md", "change them") if read_edit(words) is None] == []
    assert [words for words in _row("admins.md", "the way out") if read_way_out(words) is None] == []


def test_every_word_of_the_builder_shown_to_admins_is_one():
    shown = [*_row("admins.md", "review"), *_row("admins.md", "make one"), "everyone", "pick", "use it", "leave out"]
    assert [word for word in shown if word not in WORDS and read_canary(word) is None] == []


def test_every_module_in_a_drawing_is_there():
    drawn = "".join(block.text for block in blocks("text") if "drawing; its names" in TEXTS[named(block)])
    paths = re.findall(r"\b(?:bot|broadcast|handlers|storage)(?:/[a-z_*]+)+", drawn)
    assert len(paths) > 10
    for path in paths:
        assert [*ROOT.glob(f"{path}.py"), *(one for one in ROOT.glob(path) if one.is_dir())], path
    modules = {path.stem for room in ("bot", "broadcast", "handlers", "storage") for path in (ROOT / room).rglob("*")}
    for line in re.findall(r"│ ([a-z]+(?: · [a-z]+)+) *│", drawn):
        assert set(line.split(" · ")) <= modules, line
