"""Articles that fit no message to one person, shown to one person all the same."""

import pytest

from handlers.content import Article, Articles, Choice, Outgoing
from handlers.outcomes import Accepted, Refused
from tests.handlers.wechat.account import OPENID
from tests.handlers.wechat.api import Told, answer, error

PREVIEW = "message/mass/preview"
PNG = b"\x89PNG\r\n\x1a\n"
BEES = Article(title="Bees", cover_url="", body="Buzz", source_url="https://example.com/bees")


@pytest.mark.parametrize(
    ("choice", "line"), [("Stop messages", "Reply STOP to stop"), ("没兴趣请回复退订", "没兴趣请回复退订")]
)
def test_articles_that_fit_no_message_to_one_person_are_shown_by_a_preview(api, account, choice, line):
    api.tell("/cover.png", Told(body=PNG))
    api.tell("material/add_material", answer(media_id="thumb-1", url="u"))
    api.tell("draft/add", answer(media_id="draft-1"))
    api.tell(PREVIEW, answer(errcode=0, msg_id=34182))
    articles = Articles(articles=(BEES.model_copy(update={"cover_url": f"{api.base}/cover.png"}),) * 2)
    choices = (Choice(title=choice, value="STOP"),)
    assert account.send(Outgoing(to=OPENID, message=articles, choices=choices, purpose="broadcast")) == Accepted(
        "34182"
    )
    first, last = api.calls("draft/add")[0].body["articles"]
    assert (line in first["content"], line in last["content"]) == (False, True)
    assert api.calls(PREVIEW)[0].body == {"touser": OPENID, "msgtype": "mpnews", "mpnews": {"media_id": "draft-1"}}
    assert api.calls("message/custom/send") == []


def test_articles_without_a_cover_or_a_draft_are_not_shown(api, account):
    several = Outgoing(to=OPENID, message=Articles(articles=(BEES, BEES)), purpose="broadcast")
    assert account.send(several).failure.reason == "picture_elsewhere"
    api.tell("/cover.png", Told(body=PNG))
    api.tell("material/add_material", answer(media_id="thumb-1", url="u"))
    api.tell("draft/add", error(45003))
    covered = BEES.model_copy(update={"cover_url": f"{api.base}/cover.png"})
    several = Outgoing(to=OPENID, message=Articles(articles=(covered, covered)), purpose="broadcast")
    assert isinstance(account.send(several), Refused)
    assert api.calls(PREVIEW) == []


def covered(api, title: str) -> Outgoing:
    """Return two articles whose covers are on WeChat, on their way to an admin."""
    article = BEES.model_copy(update={"title": title, "cover_url": f"{api.base}/cover.png", "cover_ref": "thumb-9"})
    return Outgoing(to=OPENID, message=Articles(articles=(article, article)), purpose="broadcast")


def test_a_cover_that_is_on_wechat_is_not_uploaded_and_the_same_articles_are_shown_from_one_draft(api, account):
    api.tell("draft/add", answer(media_id="draft-1"))
    api.tell(PREVIEW, answer(errcode=0, msg_id=1))
    for _ in range(3):
        assert account.send(covered(api, "Bees")) == Accepted("1")
    assert (len(api.calls("draft/add")), len(api.calls(PREVIEW)), api.calls("material/add_material")) == (1, 3, [])
    assert api.calls("draft/add")[0].body["articles"][0]["thumb_media_id"] == "thumb-9"


@pytest.mark.parametrize("dropped", [answer(errcode=0), error(40007)])
def test_the_draft_of_a_preview_goes_when_another_one_takes_its_place(api, account, dropped):
    api.tell("draft/add", answer(media_id="draft-1"), answer(media_id="draft-2"))
    api.tell("draft/delete", dropped)
    api.tell(PREVIEW, answer(errcode=0, msg_id=1))
    assert account.send(covered(api, "Bees")) == account.send(covered(api, "Wasps")) == Accepted("1")
    assert [call.body for call in api.calls("draft/delete")] == [{"media_id": "draft-1"}]
    assert api.calls(PREVIEW)[1].body["mpnews"] == {"media_id": "draft-2"}


def test_a_draft_that_somebody_deleted_is_made_anew(api, account):
    api.tell("draft/add", answer(media_id="draft-1"), answer(media_id="draft-2"))
    api.tell(PREVIEW, answer(errcode=0, msg_id=1), error(40007), answer(errcode=0, msg_id=2))
    assert account.send(covered(api, "Bees")) == Accepted("1")
    assert account.send(covered(api, "Bees")) == Accepted("2")
    assert api.calls(PREVIEW)[2].body["mpnews"] == {"media_id": "draft-2"}
