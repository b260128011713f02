"""Mass messages: to whom, with which key, and what an answer means when nobody may get it twice."""

import pytest

from handlers.content import Article, Articles, Card, Image, Text
from handlers.contract import PlatformError
from handlers.many import CallQuota, Everyone, JobState, Listed, ListsFollowers, SendsToMany, Tagged
from handlers.outcomes import Accepted, Fate, Refused, Uncertain
from tests.handlers.wechat.account import OPENID, make_account
from tests.handlers.wechat.api import TOKEN_PATH, Told, answer, error

HELLO = Text(text="你好")
SENDALL, SEND, PREVIEW, GET = (f"message/mass/{verb}" for verb in ("sendall", "send", "preview", "get"))
DONE = answer(errcode=0, errmsg="send job submission success", msg_id=34182, msg_data_id=206227730)
SAID = {"msgtype": "text", "text": {"content": "你好\n\n回复退订"}, "clientmsgid": "b:42:0"}


@pytest.fixture
def mass(account):
    return account.mass


def send(mass, to=Everyone(), message=HELLO, **options):  # noqa: B008 - frozen
    return mass.send(to, message, way_out="回复退订", **{"key": "b:42:0", **options})


def test_a_wechat_account_has_both_powers(account):
    assert isinstance(account, SendsToMany)
    assert isinstance(account, ListsFollowers)


@pytest.mark.parametrize(
    ("to", "path", "named"),
    [
        (Everyone(), SENDALL, {"filter": {"is_to_all": True}}),
        (Tagged(101), SENDALL, {"filter": {"is_to_all": False, "tag_id": 101}}),
        (Listed(("o1", "o2")), SEND, {"touser": ["o1", "o2"]}),
    ],
)
def test_a_mass_message_is_submitted_with_its_key(api, mass, to, path, named):
    api.tell(path, DONE)
    assert send(mass, to) == Accepted("34182")
    (asked,) = api.calls(path)
    assert asked.body == {**named, **SAID}


def test_an_account_that_wants_an_empty_tag_for_everybody_gets_it(api, mass):
    api.tell(SENDALL, error(40152), DONE)
    assert send(mass) == Accepted("34182")
    assert [call.body["filter"] for call in api.calls(SENDALL)] == [
        {"is_to_all": True},
        {"is_to_all": True, "tag_id": ""},
    ]


def test_an_unknown_tag_stops_the_broadcast(api, mass):
    api.tell(SENDALL, error(40152))
    assert send(mass, Tagged(5)).failure.fate is Fate.STOP
    assert len(api.calls(SENDALL)) == 1


def test_submitted_before_is_a_yes_with_the_earlier_number(api, mass):
    api.tell(SENDALL, error(45065, "clientmsgid exist", msg_id=3147494522))
    assert send(mass) == Accepted("3147494522", again=True)
    api.tell(SENDALL, error(45065, "clientmsgid exist"))
    assert send(mass) == Accepted("", again=True)


def test_too_soon_waits_a_minute(api, mass):
    api.tell(SENDALL, error(45066))
    outcome = send(mass)
    assert (outcome.failure.fate, outcome.failure.wait_seconds) == (Fate.RETRY, 60)


@pytest.mark.parametrize(
    "told",
    [
        error(-1, "system error"),
        Told(502, b"<html>"),
        Told(200, b"<html>"),
        Told(torn=True),
        answer(errcode=0, errmsg="ok"),
    ],
    ids=["system error", "502", "HTML", "torn", "no msg_id"],
)
def test_what_is_unclear_is_uncertain_and_not_repeated_by_itself(api, mass, told):
    api.tell(SENDALL, told)
    assert isinstance(send(mass), Uncertain)
    assert len(api.calls(SENDALL)) == 1


def test_a_protected_account_waits_for_its_owner(api, mass):
    api.tell(SENDALL, error(89505))
    assert send(mass) == Uncertain("waiting_for_confirmation")


def test_a_spent_quota_stops_the_broadcast(api, mass):
    api.tell(SENDALL, error(45028, "has no masssend quota"))
    assert (send(mass).failure.reason, send(mass).failure.fate) == ("quota", Fate.STOP)


def test_a_stale_token_is_renewed_with_the_same_key(api, mass):
    api.tell(
        TOKEN_PATH, answer(access_token="token-1", expires_in=7200), answer(access_token="token-2", expires_in=7200)
    )
    api.tell(SENDALL, error(40001), DONE)
    assert send(mass) == Accepted("34182")
    assert [call.body["clientmsgid"] for call in api.calls(SENDALL)] == ["b:42:0"] * 2


def test_a_subscription_account_may_not_name_people(api):
    mass = make_account(api.base, account="subscription").mass
    assert not mass.lists_allowed
    assert send(mass, Listed(("o1", "o2"))).failure.reason == "no_permission"
    assert api.asked == []


@pytest.mark.parametrize("count", [0, 1, 10_001])
def test_a_list_that_wechat_would_refuse_is_a_mistake_of_ours(mass, count):
    with pytest.raises(ValueError, match="2 to 10000"):
        send(mass, Listed(("o",) * count))


@pytest.mark.parametrize("key", ["", "x" * 33, "好"])
def test_a_key_that_wechat_would_refuse_is_a_mistake_of_ours(mass, key):
    with pytest.raises(ValueError, match="1 to 32"):
        send(mass, key=key)


@pytest.mark.parametrize("message", [Card(title="T"), Image(url="not uploaded"), Articles(articles=())])
def test_what_cannot_be_mass_sent_makes_no_call(api, mass, message):
    assert isinstance(send(mass, message=message), Refused)
    assert isinstance(mass.preview(OPENID, message, way_out=""), Refused)
    assert api.asked == []


def test_a_preview_goes_to_one_follower_without_a_key(api, mass):
    api.tell(PREVIEW, answer(errcode=0, errmsg="preview success", msg_id=34182))
    assert mass.preview(OPENID, HELLO, way_out="回复退订") == Accepted("34182")
    (asked,) = api.calls(PREVIEW)
    assert asked.body == {"touser": OPENID, "msgtype": "text", "text": SAID["text"]}
    api.tell(PREVIEW, error(43004))
    assert mass.preview(OPENID, HELLO, way_out="").failure.reason == "unreachable"


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (answer(msg_id=34182, msg_status="SEND_SUCCESS"), JobState.SENT),
        (answer(msg_id=34182, msg_status="SENDING"), JobState.SENDING),
        (answer(msg_id=34182, msg_status="SEND_FAIL"), JobState.FAILED),
        (answer(msg_id=34182, msg_status="DELETE"), JobState.DELETED),
        (answer(msg_id=34182, msg_status="NEW"), JobState.UNKNOWN),
        (error(40059), JobState.UNKNOWN),
    ],
)
def test_where_a_job_is_can_be_asked(api, mass, told, state):
    api.tell(GET, told)
    assert mass.job("34182") is state
    assert api.calls(GET)[0].body == {"msg_id": "34182"}


def test_a_draft_is_stored_with_the_pictures_of_its_pages(api, mass):
    png = b"\x89PNG\r\n\x1a\n"
    api.tell("/in.png", Told(body=png))
    api.tell("media/uploadimg", answer(url="http://mmbiz.qpic.cn/in?a=1&b=2"))
    api.tell("draft/add", answer(media_id="draft-1"))
    article = Article(title="门", cover_url="c", body=f'<p>a</p><img alt="x" src="{api.base}/in.png"/>')
    assert mass.draft(Articles(articles=(article,)), way_out="STOP?", covers={"c": "thumb-1"}) == "draft-1"
    (asked,) = api.calls("draft/add")
    (stored,) = asked.body["articles"]
    assert stored["content"] == '<p>a</p><img alt="x" src="http://mmbiz.qpic.cn/in?a=1&amp;b=2"/><p>STOP?</p>'
    assert (stored["thumb_media_id"], "门".encode() in asked.raw) == ("thumb-1", True)
    assert png in api.calls("media/uploadimg")[0].raw


@pytest.mark.parametrize(
    ("body", "told", "sentence"),
    [
        ('<img src="https://example.com/1.png">', DONE, "Send the picture here"),
        ("a", error(45003), "title too long"),
        ("a", answer(errcode=0), "Please try again"),
        ("a", Told(502), "did not answer"),
    ],
)
def test_a_draft_that_is_not_stored_is_said(api, mass, body, told, sentence):
    api.tell("draft/add", told)
    article = Article(title="T", cover_url="c", body=body)
    with pytest.raises(PlatformError, match=sentence) as refusal:
        mass.draft(Articles(articles=(article,)), way_out="", covers={"c": "thumb-1"})
    assert refusal.value.failure is not None


def test_a_draft_can_be_dropped(api, mass):
    mass.drop_draft("draft-1")
    assert api.calls("draft/delete")[0].body == {"media_id": "draft-1"}


def test_a_tag_is_made_given_and_deleted(api, mass):
    api.tell("tags/create", answer(tag={"id": 134, "name": "b42"}))
    assert mass.create_tag("b42") == 134
    assert mass.add_to_tag(134, ["o1", "o2"]) == ()
    mass.delete_tag(134)
    bodies = [asked.body for asked in api.asked if asked.path.startswith("/cgi-bin/tags")]
    assert bodies == [
        {"tag": {"name": "b42"}},
        {"openid_list": ["o1", "o2"], "tagid": 134},
        {"tag": {"id": 134}},
    ]


def test_only_those_who_were_not_tagged_are_tried_again_and_at_most_twice(api, mass):
    path = "tags/members/batchtagging"
    api.tell(path, error(45171, fail_openid_list=["o2", "o3"]), error(45171, fail_openid_list=["o3"]))
    assert mass.add_to_tag(134, ["o1", "o2", "o3"]) == ("o3",)
    assert [call.body["openid_list"] for call in api.calls(path)] == [["o1", "o2", "o3"], ["o2", "o3"], ["o3"]]


def test_nobody_to_tag_makes_no_call_and_too_many_are_a_mistake_of_ours(api, mass):
    assert mass.add_to_tag(134, []) == ()
    assert api.asked == []
    with pytest.raises(ValueError, match="50"):
        mass.add_to_tag(134, ["o"] * (mass.tag_most + 1))


@pytest.mark.parametrize("code", [45009, 45059, 45159])
def test_a_refused_tag_is_an_error_with_its_row(api, mass, code):
    api.tell("tags/members/batchtagging", error(code))
    with pytest.raises(PlatformError) as refusal:
        mass.add_to_tag(134, ["o1"])
    assert refusal.value.failure.reason


def test_a_tag_without_a_number_is_an_error(api, mass):
    api.tell("tags/create", answer(tag={}))
    with pytest.raises(PlatformError):
        mass.create_tag("x")


def test_what_is_left_today_can_be_asked(api, mass):
    api.tell("openapi/quota/get", answer(errcode=0, quota={"daily_limit": 100, "used": 3, "remain": 97}))
    assert mass.quota() == CallQuota(100, 3, 97)
    assert api.calls("openapi/quota/get")[0].body == {"cgi_path": "/cgi-bin/message/mass/sendall"}
