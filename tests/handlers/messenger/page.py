"""The Page of these tests."""

from pathlib import Path

from handlers.contract import RawRequest
from handlers.messenger.platform import Messenger
from handlers.messenger.signature import HEADER, sign
from handlers.secret import Secret

PAGE_ID = "1234567890123"
PSID = "5678901234567890"
ACCESS_TOKEN = Secret("EAAG-page-access-token")
APP_SECRET = Secret("app-secret-0123456789abcdef")
VERIFY_TOKEN = Secret("verify-me-please")
SECRETS = (ACCESS_TOKEN, APP_SECRET, VERIFY_TOKEN)
PAYLOADS = Path(__file__).parent / "payloads"


def make_page(api_base: str = "http://127.0.0.1:9", timeout: tuple[float, float] = (1, 1)) -> Messenger:
    return Messenger(
        page_id=PAGE_ID,
        access_token=ACCESS_TOKEN,
        app_secret=APP_SECRET,
        verify_token=VERIFY_TOKEN,
        api_base=api_base,
        timeout=timeout,
    )


def payload(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def posted(body: bytes, secret: Secret = APP_SECRET) -> RawRequest:
    return RawRequest("POST", {}, {HEADER: sign(body, secret)}, body)
