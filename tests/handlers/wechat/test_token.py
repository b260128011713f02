"""One token for everybody, renewed early, and never in a loop."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
from wechatpy.client import WeChatClient
from wechatpy.exceptions import WeChatClientException

from handlers.contract import PlatformError
from handlers.outcomes import Fate, Refused, Uncertain
from handlers.secret import Secret
from handlers.wechat.client import AccountClient
from handlers.wechat.token import Tokens
from tests.handlers.wechat.account import APP_ID, APP_SECRET, SECRETS
from tests.handlers.wechat.api import TOKEN_PATH, Told, answer, error
from tests.handlers.wechat.store import MemoryStore

GET = "tags/get"


@pytest.fixture
def store(clock):
    return MemoryStore(clock.now)


def make_client(api, clock, store, timeout=(1, 0.3)) -> AccountClient:
    return AccountClient(
        app_id=APP_ID, app_secret=APP_SECRET, api_base=api.base, store=store, now=clock.now, timeout=timeout
    )


@pytest.fixture
def client(api, clock, store):
    return make_client(api, clock, store)


def test_the_token_is_asked_for_as_stable_and_without_force(api, client):
    assert client.call(GET, method="get") == {"errcode": 0, "errmsg": "ok"}
    asked, used = api.asked
    assert (asked.method, asked.path, asked.query) == ("POST", TOKEN_PATH, {})
    assert asked.body == {
        "grant_type": "client_credential",
        "appid": APP_ID,
        "secret": APP_SECRET,
        "force_refresh": False,
    }
    assert used.query == {"access_token": "token-1"}


def test_workers_share_what_one_of_them_fetched(api, clock, store):
    for client in (make_client(api, clock, store), make_client(api, clock, store)):
        client.call(GET)
        client.call(GET)
    assert api.tokens == 1


def test_threads_that_start_together_fetch_once(api, client):
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: client.call(GET), range(16)))
    assert results == [{"errcode": 0, "errmsg": "ok"}] * 16
    assert api.tokens == 1


def test_the_token_is_renewed_five_minutes_before_it_ends(api, clock, client):
    api.tell(
        TOKEN_PATH, answer(access_token="token-1", expires_in=7200), answer(access_token="token-2", expires_in=7200)
    )
    client.call(GET)
    clock.advance(seconds=6899)
    client.call(GET)
    assert api.tokens == 1
    clock.advance(seconds=1)
    client.call(GET)
    assert api.asked[-1].query == {"access_token": "token-2"}
    assert api.tokens == 2


@pytest.mark.parametrize("expires_in", [0, 300, "300", None])
def test_a_token_about_to_end_is_not_asked_for_again_within_a_minute(api, clock, client, expires_in):
    api.tell(TOKEN_PATH, answer(access_token="token-1", expires_in=expires_in))
    client.call(GET)
    clock.advance(seconds=59)
    client.call(GET)
    assert api.tokens == 1


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_stale_token_is_renewed_once_and_the_call_made_once_more(api, client, code):
    api.tell(
        TOKEN_PATH, answer(access_token="token-1", expires_in=7200), answer(access_token="token-2", expires_in=7200)
    )
    api.tell(GET, error(code), answer(tags=[]))
    assert client.call(GET) == {"tags": []}
    assert [call.query["access_token"] for call in api.calls(GET)] == ["token-1", "token-2"]


def test_a_token_that_is_refused_again_ends_it(api, client):
    api.tell(
        TOKEN_PATH, answer(access_token="token-1", expires_in=7200), answer(access_token="token-2", expires_in=7200)
    )
    api.tell(GET, error(40001))
    refused = client.call(GET)
    assert (refused.failure.fate, refused.code) == (Fate.PAUSE, "40001")
    assert (len(api.calls(GET)), api.tokens) == (2, 2)


def test_the_same_token_again_is_tried_once_more_and_never_in_a_loop(api, client):
    api.tell(GET, error(40001))
    assert client.call(GET).code == "40001"
    assert (len(api.calls(GET)), api.tokens) == (2, 2)


def test_a_worker_that_is_late_takes_the_token_another_one_renewed(api, clock, store):
    api.tell(
        TOKEN_PATH, answer(access_token="token-1", expires_in=7200), answer(access_token="token-2", expires_in=7200)
    )
    one, other = make_client(api, clock, store), make_client(api, clock, store)
    one.call(GET)
    other.call(GET)
    for client in (one, other):
        api.tell(GET, error(40001), Told())
        assert client.call(GET) == {"errcode": 0, "errmsg": "ok"}
    assert api.tokens == 2


@pytest.mark.parametrize(
    ("told", "reason", "fate"),
    [
        (error(40001), "credentials_refused", Fate.PAUSE),
        (error(40125), "credentials_refused", Fate.PAUSE),
        (error(40164), "address_not_listed", Fate.PAUSE),
        (error(89503), "address_not_confirmed", Fate.PAUSE),
        (error(-1), "platform_trouble", Fate.RETRY),
        (Told(502, b"<html>"), "no_token", Fate.RETRY),
        (Told(silent=True), "no_token", Fate.RETRY),
        (answer(expires_in=7200), "no_token", Fate.RETRY),
        (answer(access_token=7, expires_in=7200), "no_token", Fate.RETRY),
    ],
)
def test_without_a_token_nothing_is_sent_and_the_owner_is_told_why(api, client, told, reason, fate):
    api.tell(TOKEN_PATH, told)
    refused = client.call(GET)
    assert isinstance(refused, Refused)
    assert (refused.failure.reason, refused.failure.fate) == (reason, fate)
    assert (len(api.asked), api.tokens) == (1, 1)


@pytest.mark.parametrize("kept", ["nonsense", "", "x token", "1 token", "9999999999 "])
def test_what_stands_in_the_store_without_being_a_token_is_not_used(api, client, store, kept):
    store.set(f"wechat:{APP_ID}:access_token", kept, 1000)
    client.call(GET)
    assert api.asked[-1].query == {"access_token": "token-1"}


def test_without_a_store_every_worker_fetches_for_itself(clock):
    class Away:
        def get(self, _key):
            return None

        def set(self, _key, _value, _seconds):
            """Keep nothing."""

        def lock(self, _key, _seconds):
            return nullcontext()

    fetched = []
    tokens = Tokens(
        app_id=APP_ID,
        store=Away(),
        fetch=lambda: fetched.append(1) or {"access_token": "t", "expires_in": 7200},
        now=clock.now,
    )
    assert tokens.current() == tokens.current() == "t"
    assert len(fetched) == 1


def test_the_token_prints_as_dots(client):
    token = client.tokens.current()
    assert isinstance(token, Secret)
    assert repr(token) == "Secret('•••')"


def test_wechatpys_own_calls_use_the_same_token(api, client):
    response = client.tag.get()
    assert response.json() == {"errcode": 0, "errmsg": "ok"}
    assert api.asked[-1].query == {"access_token": "token-1"}


def test_wechatpys_own_calls_say_why_there_is_no_token_without_the_secret(api, client):
    api.tell(TOKEN_PATH, error(40164))
    with pytest.raises(PlatformError, match="IP allow-list") as refusal:
        client.tag.get()
    assert not any(secret in str(refusal.getrepr(style="native")) for secret in SECRETS)


def test_wechatpy_by_itself_would_repeat_for_ever_and_wait_for_ever(api):
    """Why its token handling is replaced: with its default a refused token is fetched and refused without end."""
    api.tell(GET, error(40001))

    class Bare(WeChatClient):
        API_BASE_URL = f"{api.base}/cgi-bin/"
        fetched = 0

        def fetch_access_token(self):
            Bare.fetched += 1
            if Bare.fetched > 20:
                raise WeChatClientException(0, "enough")
            self.session.set(self.access_token_key, f"token-{self.fetched}", 7200)

    with pytest.raises(WeChatClientException, match="enough"):
        Bare(APP_ID, APP_SECRET).tag.get()


def test_a_silent_platform_is_waited_for_no_longer_than_was_set(api, client):
    api.tell(GET, Told(silent=True))
    began = time.monotonic()
    assert isinstance(client.call(GET), Uncertain)
    assert time.monotonic() - began < 2


def test_calls_that_fail_together_renew_once(api, client):
    failed = client.tokens.current()
    api.tell(
        TOKEN_PATH, answer(access_token="token-2", expires_in=7200), answer(access_token="token-3", expires_in=7200)
    )
    with ThreadPoolExecutor(8) as pool:
        renewed = set(pool.map(lambda _: client.tokens.renew(failed), range(32)))
    assert renewed == {"token-2"}
    assert api.tokens == 2
