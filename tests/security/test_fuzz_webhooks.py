"""Whatever comes signed is answered below 500 and changes nothing it should not; whatever is not signed is refused.

Through the real Flask application: bytes that are the platforms' own, bent, and bytes that are nobody's.
"""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.models import Admin, Broadcast
from tests.conftest import START
from tests.handlers.wechat import account as wechat
from tests.security.seeds import every
from tests.security.surface import Surface
from tests.support.clock import Clock
from tests.support.page import signature

PAYLOADS = Path(__file__).parents[1] / "handlers"
RECORDED_JSON = [json.loads(path.read_text()) for path in sorted((PAYLOADS / "messenger/payloads").glob("*.json"))]
RECORDED_XML = [path.read_bytes() for path in sorted((PAYLOADS / "wechat/payloads").glob("*.xml"))]
FUZZ = settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

PRINTABLE = st.characters(codec="ascii", min_codepoint=32, max_codepoint=126)
odd = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _places(inner, (*path, key))


@st.composite
def bent_json(draw: st.DrawFn) -> bytes:
    """One of the platform's payloads with one value replaced by another of any shape."""
    payload = copy.deepcopy(draw(st.sampled_from(RECORDED_JSON)))
    *path, last = draw(st.sampled_from([place for place in _places(payload) if place]))
    inner = payload
    for key in path:
        inner = inner[key]
    inner[last] = draw(odd)
    return json.dumps(payload).encode()


@st.composite
def bent_bytes(draw: st.DrawFn) -> bytes:
    """One of the platform's payloads with some bytes replaced."""
    body = draw(st.sampled_from(RECORDED_XML))
    start = draw(st.integers(0, len(body)))
    end = draw(st.integers(start, min(len(body), start + 40)))
    return body[:start] + draw(st.binary(max_size=40)) + body[end:]


@pytest.fixture(scope="module")
def surface(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surface]:
    made = Surface(tmp_path_factory.mktemp("fuzz"), Clock(START))
    yield made
    made.close()


def _harmless(surface: Surface, status: int) -> None:
    assert status < 500
    assert Admin.select().count() == 0
    assert Broadcast.select().count() == 0


@FUZZ
@given(body=bent_json() | st.binary(max_size=200))
def test_any_signed_body_to_a_page_is_answered_below_500(surface, body):
    _harmless(surface, surface.page(body, signature(body)).status_code)


@FUZZ
@given(body=bent_bytes() | st.binary(max_size=200))
def test_any_signed_body_to_an_account_is_answered_below_500(surface, body):
    _harmless(surface, surface.account(wechat.posted(body)).status_code)


@FUZZ
@given(body=bent_bytes() | st.binary(max_size=200), compatible=st.booleans())
def test_any_encrypted_body_to_an_account_is_answered_below_500(surface, body, compatible):
    compatible = compatible and body.isascii()
    _harmless(surface, surface.safe_account(wechat.encrypted(body, compatible=compatible)).status_code)


@FUZZ
@given(cipher=st.text(max_size=80), body=st.binary(max_size=80), signed=st.text(PRINTABLE, max_size=80))
def test_any_cipher_and_any_signature_is_answered_below_500(surface, cipher, body, signed):
    _harmless(surface, surface.safe_account(wechat.around(cipher.replace("]]>", ""))).status_code)
    assert surface.page(body, signed).status_code == 403


@FUZZ
@given(name=st.text(max_size=20), query=st.dictionaries(st.text(max_size=10), st.text(max_size=20), max_size=4))
def test_any_handshake_and_any_link_is_answered_below_500(surface, name, query):
    for path in (
        "/webhooks/page",
        "/webhooks/account",
        "/webhooks/safe",
        f"/webhooks/{quote(name, safe='')}",
        f"/r/{quote(name, safe='')}",
    ):
        answer = surface.client.get(path, query_string=query)
        assert answer.status_code in {403, 404, 405}, path
        assert "Location" not in answer.headers


@every("messenger")
def test_a_kept_body_to_a_page_is_answered_below_500(surface, seed):
    body = seed.read_bytes()
    _harmless(surface, surface.page(body, signature(body)).status_code)


@every("wechat")
def test_a_kept_body_to_an_account_is_answered_below_500(surface, seed):
    answer = surface.account(wechat.posted(seed.read_bytes()))
    _harmless(surface, answer.status_code)
    assert b"root:" not in answer.data
    _harmless(surface, surface.safe_account(wechat.encrypted(seed.read_bytes())).status_code)
