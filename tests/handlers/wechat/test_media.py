"""Pictures: fetched from WeChat alone, uploaded by their bytes, refused with a reason."""

import pytest

from handlers.content import Image
from handlers.contract import PlatformError
from handlers.outcomes import Refused
from handlers.wechat.failures import PICTURE_TOO_LARGE
from handlers.wechat.media import MATERIAL_BYTES
from tests.handlers.wechat.api import Told, answer, error

PNG, JPEG, GIF = b"\x89PNG\r\n\x1a\n" + b"x" * 9, b"\xff\xd8\xff\xe0" + b"x" * 9, b"GIF89a" + b"x" * 9
ADD = "material/add_material"


def refused(api, account, url=None) -> PlatformError:
    with pytest.raises(PlatformError) as refusal:
        account.upload(Image(url=url or f"{api.base}/in.png"))
    return refusal.value


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (PNG, b"picture.png", b"image/png"),
        (JPEG, b"picture.jpg", b"image/jpeg"),
        (GIF, b"picture.gif", b"image/gif"),
        (b"BM1234", b"picture.bmp", b"image/bmp"),
    ],
)
def test_a_picture_becomes_permanent_material(api, account, data, name, kind):
    api.tell("/in.png", Told(body=data))
    api.tell(ADD, answer(media_id="media-1", url="http://mmbiz.qpic.cn/1"))
    assert account.upload(Image(url=f"{api.base}/in.png")) == "media-1"
    (asked,) = api.calls(ADD)
    assert asked.query == {"type": "image", "access_token": "token-1"}
    assert asked.headers["content-type"].startswith("multipart/form-data")
    assert all(part in asked.raw for part in (b'name="media"', name, kind, data))


def test_a_picture_that_has_its_handle_is_not_uploaded_again(api, account):
    assert account.upload(Image(url="x", platform_ref="media-1")) == "media-1"
    assert api.asked == []


def test_a_picture_of_our_own_is_uploaded_by_its_bytes(api, account):
    api.tell(ADD, answer(media_id="media-2", url="u"))
    assert account.upload_bytes(PNG) == "media-2"


@pytest.mark.parametrize("url", ["https://example.com/1.png", "http://169.254.169.254/latest", "file:///etc/passwd"])
def test_nothing_is_fetched_from_elsewhere(api, account, url):
    assert refused(api, account, url).failure.reason == "picture_elsewhere"
    assert api.asked == []


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (Told(302, b"", {"Location": "http://127.0.0.1:9/"}), "picture_unfetchable"),
        (Told(404), "picture_unfetchable"),
        (Told(torn=True), "picture_unfetchable"),
        (Told(body=b"<html>"), "picture_refused"),
        (Told(body=b""), "picture_refused"),
        (Told(body=PNG + b"x" * 10 * 1024 * 1024), "picture_too_large"),
    ],
    ids=["redirect", "404", "torn", "HTML", "empty", "too large"],
)
def test_what_is_no_picture_is_not_uploaded(api, account, told, reason):
    api.tell("/in.png", told)
    assert refused(api, account).failure.reason == reason
    assert api.calls(ADD) == []


def test_a_redirect_is_not_followed_wherever_it_leads(api, account):
    api.tell("/in.png", Told(302, b"", {"Location": f"{api.base}/inside.png"}))
    api.tell("/inside.png", Told(body=PNG))
    assert refused(api, account).failure.reason == "picture_unfetchable"
    assert [asked.path for asked in api.asked] == ["/in.png"]


def test_no_more_of_a_picture_is_read_than_could_be_uploaded(api, account):
    api.tell("/in.png", Told(body=PNG + b"x" * MATERIAL_BYTES))
    assert account._pictures.fetch(f"{api.base}/in.png") == Refused(PICTURE_TOO_LARGE)


@pytest.mark.parametrize("told", [answer(errcode=0), answer(media_id=""), Told(502), Told(body=b"[]")])
def test_an_upload_without_a_handle_may_be_tried_again(api, account, told):
    api.tell("/in.png", Told(body=PNG))
    api.tell(ADD, told)
    assert "try again" in str(refused(api, account))


def test_a_refused_upload_says_why(api, account):
    api.tell("/in.png", Told(body=PNG))
    api.tell(ADD, error(45001))
    assert "10 MB" in str(refused(api, account))


@pytest.mark.parametrize(
    ("data", "reason"), [(GIF, "picture_refused"), (JPEG + b"x" * 1024 * 1024, "picture_too_large")]
)
def test_the_page_of_an_article_takes_less(account, data, reason):
    assert account._pictures.add_inline(data).failure.reason == reason
