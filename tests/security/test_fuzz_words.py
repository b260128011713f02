"""Whatever an admin types or a flow's author writes is understood or refused in a sentence; nothing else happens."""

from contextlib import suppress
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.flows.load import assemble
from bot.flows.mistakes import BadFlows
from bot.flows.read import read
from broadcast.audience.fields import Vocabulary
from broadcast.audience.nodes import Kind
from broadcast.audience.parse import parse
from broadcast.audience.problems import FilterProblem
from broadcast.audience.write import write
from broadcast.when.parse import parse_time
from handlers.messenger.capabilities import CAPABILITIES as MESSENGER
from handlers.wechat.capabilities import CAPABILITIES as WECHAT
from tests.conftest import START
from tests.security.seeds import SEEDS, every

FUZZ = settings(max_examples=250, deadline=None, derandomize=True)
VOCABULARY = Vocabulary({"plan": Kind.TEXT, "visits": Kind.NUMBER, "paid": Kind.YES_NO, "born": Kind.DATE})
BERLIN = ZoneInfo("Europe/Berlin")

filters = st.lists(
    st.sampled_from(
        ["plan", "visits", "paid", "born", "tag", "last_seen", "=", "!=", ">", "<=", "in", "not", "and", "or", "(", ")",
         "pro", "'", '"', "5", "-1", "days ago", "completed", "got", "包含", "且", "不", "，", "between", "\\", "%"]
    ) | st.text(max_size=4),
    max_size=14,
).map(" ".join)  # fmt: skip

times = st.lists(
    st.sampled_from(
        ["now", "in", "2", "hours", "tomorrow", "9", "am", ":", "18:30", "fri", "24", "dec", "2026-12-24", "/", "03/04",
         "明天", "下午", "3点", "半", "周五", "late", "each", "+02:00", "-", "."]
    ) | st.text(max_size=3),
    max_size=7,
).map(" ".join)  # fmt: skip

_SEEDED_FLOWS = [path.read_text() for path in sorted((SEEDS / "flows").iterdir())]
_OWN_FLOWS = [path.read_text() for path in sorted((SEEDS.parents[2] / "flows").glob("*.toml"))]


@st.composite
def bent_flows(draw: st.DrawFn) -> str:
    """A flow file with a stretch of it replaced, by text or by a piece of another."""
    source = draw(st.sampled_from([*_OWN_FLOWS, *_SEEDED_FLOWS]))
    other = draw(st.sampled_from(_OWN_FLOWS))
    start, cut = draw(st.integers(0, len(source))), draw(st.integers(0, 60))
    at = draw(st.integers(0, len(other)))
    return source[:start] + draw(st.text(max_size=12) | st.just(other[at : at + cut])) + source[start + cut :]


def _filter(text: str) -> None:
    tree = None
    with suppress(FilterProblem):
        tree = parse(text, VOCABULARY)
    if tree is not None:
        assert parse(write(tree), VOCABULARY) == tree


def _flow(source: str) -> None:
    written = read("fuzz.toml", source)
    assert all(mistake.line >= 1 and mistake.sentence for mistake in written.mistakes)
    with suppress(BadFlows):
        assemble([written], platforms=[MESSENGER, WECHAT])


@FUZZ
@given(filters)
def test_any_filter_is_a_tree_that_can_be_written_again_or_a_problem(text):
    _filter(text)


@every("filters")
def test_a_kept_filter_is_understood_or_refused(seed):
    _filter(seed.read_text())


@FUZZ
@given(times)
def test_any_time_is_read_or_refused(text):
    parse_time(text, START, BERLIN)


@every("times")
def test_a_kept_time_is_read_or_refused(seed):
    parse_time(seed.read_text(), START, BERLIN)


@FUZZ
@given(bent_flows() | st.text(max_size=60))
def test_any_flow_file_is_a_flow_or_mistakes_with_their_lines(source):
    _flow(source)


@every("flows")
def test_a_kept_flow_file_is_a_flow_or_mistakes_with_their_lines(seed):
    _flow(seed.read_text())
