"""Section 5: drafts, pictures and publications."""

import pytest

from tests.handlers.simulator.wechat.rig import JPEG, PNG, OfflineAccount, code


@pytest.fixture
def account():
    return OfflineAccount()


def add(account, count=1, **change):
    article = {"title": "Sale", "content": "<p>x</p>", "thumb_media_id": account.cover(), **change}
    return account.post("draft/add", articles=[article] * count)


ARTICLES = [
    ("a title of 32", {"title": "促" * 32}, 0),
    ("a title of 33", {"title": "促" * 33}, 45003),
    ("no title", {"title": ""}, 45003),
    ("an author of 16", {"author": "促" * 16}, 0),
    ("an author of 17", {"author": "促" * 17}, 45110),
    ("a digest of 120", {"digest": "促" * 120}, 0),
    ("a digest of 121", {"digest": "促" * 121}, 45004),
    ("19,999 characters", {"content": "促" * 19_999}, 0),
    ("20,000 characters", {"content": "促" * 20_000}, 45002),
    ("no content", {"content": ""}, 44004),
    ("a source of 1 KB", {"content_source_url": "h" * 1024}, 0),
    ("a longer source", {"content_source_url": "h" * 1025}, 45005),
    ("no cover", {"thumb_media_id": None}, 40007),
    ("a cover of nobody's", {"thumb_media_id": "x"}, 40007),
    ("an unknown type", {"article_type": "film"}, 40035),
    ("a newspic without pictures", {"article_type": "newspic"}, 40035),
]


@pytest.mark.parametrize(("label", "change", "expected"), ARTICLES, ids=[label for label, *_ in ARTICLES])
def test_each_field_of_an_article_is_measured(account, label, change, expected):
    assert code(add(account, **change)) == expected


@pytest.mark.parametrize(("count", "expected"), [(0, 44004), (1, 0), (8, 0), (9, 45008)])
def test_a_draft_has_1_to_8_articles(account, count, expected):
    assert code(add(account, count)) == expected


def test_a_cover_is_permanent(account):
    temporary = account.upload("media/upload")["media_id"]
    assert code(add(account, thumb_media_id=temporary)) == 40007


@pytest.mark.parametrize(("count", "expected"), [(20, 0), (21, 45008)])
def test_a_newspic_has_up_to_20_pictures(account, count, expected):
    pictures = [{"image_media_id": account.cover()}] * count
    assert code(add(account, article_type="newspic", image_info={"image_list": pictures})) == expected


def test_the_digest_of_a_single_article_is_its_first_54_characters(account):
    draft = add(account, content=f"<p>{'促' * 100}</p>")["media_id"]
    assert account.post("draft/get", media_id=draft)["news_item"][0]["digest"] == "促" * 54
    two = add(account, 2)["media_id"]
    assert "digest" not in account.post("draft/get", media_id=two)["news_item"][0]


def test_scripts_and_foreign_pictures_are_taken_out(account):
    inside = account.upload("media/uploadimg", JPEG)["url"]
    content = f'<p>a<script>alert(1)</script><img src="https://example.org/x.png"><img src="{inside}"></p>'
    draft = add(account, content=content)["media_id"]
    assert account.post("draft/get", media_id=draft)["news_item"][0]["content"] == f'<p>a<img src="{inside}"></p>'


def test_characters_written_as_escapes_are_shown_as_escapes(account):
    cover = account.cover()
    raw = f'{{"articles":[{{"title":"\\u4f60","content":"x","thumb_media_id":"{cover}"}}]}}'.encode()
    draft = account.raw("draft/add", raw)["media_id"]
    assert account.post("draft/get", media_id=draft)["news_item"][0]["title"] == "\\u4f60"


def test_a_draft_is_updated_counted_listed_and_deleted(account):
    draft = add(account, 2)["media_id"]
    article = {"title": "New", "content": "y", "thumb_media_id": account.cover()}
    assert code(account.post("draft/update", media_id=draft, index=1, articles=article)) == 0
    assert code(account.post("draft/update", media_id=draft, index=2, articles=article)) == 40035
    assert [one["title"] for one in account.post("draft/get", media_id=draft)["news_item"]] == ["Sale", "New"]
    assert account.get("draft/count") == {"total_count": 1}
    listed = account.post("draft/batchget", offset=0, count=20, no_content=1)
    assert (listed["total_count"], listed["item_count"], listed["item"][0]["media_id"]) == (1, 1, draft)
    assert "content" not in listed["item"][0]["content"]["news_item"][0]
    assert code(account.post("draft/delete", media_id=draft)) == 0
    assert code(account.post("draft/get", media_id=draft)) == 40007


@pytest.mark.parametrize(("count", "expected"), [(0, 40035), (1, 0), (20, 0), (21, 40035)])
def test_drafts_are_listed_1_to_20_at_a_time(account, count, expected):
    assert code(account.post("draft/batchget", offset=0, count=count)) == expected


MB = 1024 * 1024
UPLOADS = [
    ("a picture of 10 MB", "material/add_material", "image", PNG.ljust(10 * MB, b"x"), 0),
    ("a larger picture", "material/add_material", "image", PNG.ljust(10 * MB + 1, b"x"), 45001),
    ("a text called a picture", "material/add_material", "image", b"hello", 40005),
    ("an unknown kind", "material/add_material", "gif", PNG, 40004),
    ("no file", "material/add_material", "image", b"", 41005),
    ("a voice of 2 MB", "media/upload", "voice", b"#!AMR".ljust(2 * MB, b"x"), 0),
    ("a larger voice", "media/upload", "voice", b"#!AMR".ljust(2 * MB + 1, b"x"), 45001),
    ("a film", "media/upload", "video", b"\0\0\0\x18ftypmp42", 0),
    ("a thumb of 64 KB", "media/upload", "thumb", JPEG.ljust(64 * 1024, b"x"), 0),
    ("a larger thumb", "media/upload", "thumb", JPEG.ljust(64 * 1024 + 1, b"x"), 45001),
    ("an inline picture below 1 MB", "media/uploadimg", "", JPEG.ljust(MB - 1, b"x"), 0),
    ("an inline picture of 1 MB", "media/uploadimg", "", JPEG.ljust(MB, b"x"), 40009),
    ("an inline GIF", "media/uploadimg", "", b"GIF89a", 40005),
]


@pytest.mark.parametrize(("label", "path", "kind", "data", "expected"), UPLOADS, ids=[row[0] for row in UPLOADS])
def test_each_upload_is_measured(account, label, path, kind, data, expected):
    assert code(account.upload(path, data, kind)) == expected


ANSWERS = [
    ("material/add_material", "image", {"media_id", "url"}),
    ("media/upload", "image", {"type", "media_id", "created_at"}),
    ("media/uploadimg", "", {"url"}),
]


@pytest.mark.parametrize(("path", "kind", "keys"), ANSWERS)
def test_an_upload_is_answered_without_errcode(account, path, kind, keys):
    assert account.upload(path, PNG, kind).keys() == keys


def test_a_publication_takes_the_draft_pushes_nothing_and_gives_an_article_id(account):
    openid = account.person("message")
    draft = account.draft()
    publish_id = account.post("freepublish/submit", media_id=draft)["publish_id"]
    assert code(account.post("draft/get", media_id=draft)) == 40007
    assert account.post("freepublish/get", publish_id=publish_id)["publish_status"] == 1
    account.finish()
    found = account.post("freepublish/get", publish_id=publish_id)
    assert found["publish_status"] == 0
    assert found["article_detail"]["item"][0]["article_url"].startswith("http://mp.weixin.qq.com/s/")
    assert account.world.record.phone(0, 0) == []
    body = {"msgtype": "mpnewsarticle", "mpnewsarticle": {"article_id": found["article_id"]}}
    assert code(account.post("message/custom/send", touser=openid, **body)) == 0


def test_an_unverified_account_makes_drafts_and_may_not_publish():
    account = OfflineAccount(verified=False)
    assert code(account.post("freepublish/submit", media_id=account.draft())) == 48001
