"""Uploading a picture once."""

import pytest

from handlers.content import Image
from handlers.contract import PlatformError
from tests.handlers.messenger.graph import Told
from tests.handlers.messenger.page import PAGE_ID, make_page

PICTURE = Image(url="https://example.com/a.png")


def test_a_picture_is_uploaded_by_its_address_to_be_used_again(graph, page):
    graph.told = Told(body=b'{"attachment_id":"1857777774821032"}')
    assert page.upload(PICTURE) == "1857777774821032"
    (asked,) = graph.asked
    assert (asked.method, asked.path) == ("POST", f"/v26.0/{PAGE_ID}/message_attachments")
    assert asked.body == {
        "message": {
            "attachment": {"type": "image", "payload": {"url": "https://example.com/a.png", "is_reusable": True}}
        }
    }


def test_a_refused_picture_says_why(graph, page):
    graph.error(100, 2018109)
    with pytest.raises(PlatformError, match="too large"):
        page.upload(PICTURE)


@pytest.mark.parametrize(
    "told",
    [Told(body=b"{}"), Told(body=b"<html>"), Told(502, b"<html>"), Told(302, b"{}"), Told(torn=True)],
    ids=["no handle", "no JSON", "a proxy's page", "a redirect", "no answer"],
)
def test_an_answer_without_a_handle_is_an_error_in_a_sentence(graph, page, told):
    graph.told = told
    with pytest.raises(PlatformError, match=r"\.$"):
        page.upload(PICTURE)


def test_an_unreachable_platform_is_an_error_in_a_sentence():
    with pytest.raises(PlatformError, match="did not answer"):
        make_page("http://127.0.0.1:9").upload(PICTURE)


def test_a_handle_is_used_for_80_days(page):
    assert page.upload_lifetime().days == 80
