"""The verbs of the contract that need no other file's tests, and what `check` and `diagnose` say."""

import pytest
import xmltodict

from handlers.content import Choice, Image, Outgoing, Text
from handlers.finding import Finding, Level, fine, fix
from handlers.secret import Secret
from tests.handlers.wechat.account import AES_KEY, NOW, OPENID, SECRETS, make_account, payload, posted
from tests.handlers.wechat.api import TOKEN_PATH, Told, answer, error

HELLO = Outgoing(to=OPENID, message=Text(text="Send it?"), choices=(Choice(title="Yes", value="b:yes"),))
QUOTA = "openapi/quota/get"


def test_the_first_reply_rides_on_the_answer():
    reply, riding = make_account().acknowledge(posted(payload("text")), (HELLO, HELLO))
    assert (reply.status, reply.content_type, riding) == (200, "application/xml", 1)
    assert xmltodict.parse(reply.body)["xml"]["Content"] == "Send it?\n\n1. Yes"


@pytest.mark.parametrize(
    "replies",
    [
        (),
        (HELLO.model_copy(update={"to": "somebody-else"}),),
        (HELLO.model_copy(update={"purpose": "broadcast"}),),
        (Outgoing(to=OPENID, message=Image(url="not uploaded")), HELLO),
    ],
    ids=["nothing", "to somebody else", "a broadcast", "a picture not uploaded"],
)
def test_what_cannot_ride_leaves_success(replies):
    reply, riding = make_account().acknowledge(posted(payload("text")), replies)
    assert (reply.status, reply.body, riding) == (200, b"success", 0)


def test_a_body_that_cannot_be_read_is_still_answered():
    reply, riding = make_account().acknowledge(posted(b"\xff"), ())
    assert (reply.status, reply.body, riding) == (200, b"success", 0)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"app_id": ""}, "needs app_id"),
        ({"app_secret": Secret(""), "token": Secret("")}, "needs app_secret, token"),
        ({"account": "personal"}, "subscription or service"),
    ],
)
def test_what_is_missing_is_said_at_the_start(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        make_account(**changes)


def test_nothing_is_told_about_a_person_and_nothing_is_asked(api, account):
    assert account.profile(OPENID) is None
    assert api.asked == []


def lines(account) -> list[Finding]:
    found = [*account.diagnose(NOW)]
    assert not any(secret in line.sentence for line in found for secret in SECRETS)
    return found


def test_an_account_in_order_is_said_to_be(api, clock):
    api.tell(QUOTA, answer(errcode=0, quota={"daily_limit": 100, "used": 3, "remain": 97}))
    found = lines(make_account(api.base, clock, encoding_aes_key=AES_KEY))
    (kind,) = [line for line in found if line.level is not Level.OK]  # WeChat has no call that tells it
    assert kind.sentence.startswith("cannot tell what kind of account this is; the settings say service")
    assert found[-1] == fine("97 of 100 mass calls are left today.")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (error(40164), "IP allow-list"),
        (error(40001), "does not accept app_secret"),
        (Told(502), "No answer from"),
        (Told(404), "no WeChat API at this address"),
    ],
)
def test_a_token_that_is_not_given_is_explained_and_ends_the_questions(api, account, told, words):
    api.tell(TOKEN_PATH, told)
    last = lines(account)[-1]
    assert last.level is Level.FIX
    assert words in last.sentence
    assert len(api.asked) == 1


def test_an_address_that_is_not_listed_is_named(api, account):
    api.tell(TOKEN_PATH, error(40164, "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 5f1e-0a"))
    assert lines(account)[-1].sentence.startswith("this server's address 203.0.113.7 is not on the IP allow-list")


def test_nobody_listening_is_said_with_the_address():
    assert lines(make_account())[-1] == fix("No answer from http://127.0.0.1:9. Check api_base and the network.")


@pytest.mark.parametrize(
    ("told", "level", "words"),
    [
        (error(48001), Level.FIX, "has to be verified"),
        (answer(errcode=0, quota={"daily_limit": 100, "used": 100, "remain": 0}), Level.WARN, "All 100 mass calls"),
    ],
)
def test_mass_messages_that_are_not_to_be_had_are_said(api, account, told, level, words):
    api.tell(QUOTA, told)
    last = lines(account)[-1]
    assert last.level is level
    assert words in last.sentence


def test_plain_mode_and_a_missing_original_id_are_mentioned(api, clock):
    said = " ".join(
        line.sentence for line in lines(make_account(api.base, clock, original_id="")) if line.level is Level.WARN
    )
    assert "encoding_aes_key" in said
    assert "original_id is not set" in said
