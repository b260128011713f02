"""What a WeChat Official Account can show and how much of it, as one table: every number with unit and source.

Sources are pages of developers.weixin.qq.com; where Tencent writes nothing down, where the number was measured.
Characters are counted as Unicode code points, bytes as UTF-8.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from handlers.contract import Capabilities, Limit

Account = Literal["subscription", "service"]

SERVICE_DOCS = "https://developers.weixin.qq.com/doc/service/"
CHECKED = "2026-11-23"

CUSTOMER_MESSAGE = SERVICE_DOCS + "api/customer/message/api_sendcustommessage"
MASS_SEND = SERVICE_DOCS + "guide/product/message/Batch_Sends.html"
DRAFT = SERVICE_DOCS + "api/draftbox/draftmanage/api_draft_add.md"
MEASURED_TEXT = "https://github.com/MamaShip/Observer/issues/77"  # in no document; longer answers are not shown

TEXT_BYTES = 2048
HTML_CHARACTERS = 19_999  # "fewer than 20,000"
HTML_BYTES = 1_048_575  # "less than 1 MB"
SOURCE_URL_BYTES = 1024  # "read original", same page as the draft

LIMITS = (
    # One broadcast is one mass message: a follower of a service account gets 4 a month.
    Limit("messages", 1, "messages", MASS_SEND, CHECKED),
    # Of a broadcast this includes the opt-out line and the lines of its buttons.
    Limit("text", TEXT_BYTES, "bytes", MEASURED_TEXT, CHECKED),
    Limit("articles", 8, "articles", MASS_SEND, CHECKED),
    Limit("article_title", 32, "characters", DRAFT, CHECKED),
    Limit("article_author", 16, "characters", DRAFT, CHECKED),
    Limit("article_digest", 120, "characters", DRAFT, CHECKED),
    # As HTML, with the opt-out line of the last article.
    Limit("article_body", HTML_CHARACTERS, "characters", DRAFT, CHECKED),
)

CAPABILITIES = Capabilities(
    name="wechat",
    kinds=frozenset({"text", "image", "articles"}),
    limits=LIMITS,
    choices=False,
    passive_replies=True,
    receipts=False,
    default_rate=20,  # customer-service messages have a daily quota (500,000) and no documented rate
    window=timedelta(hours=48),  # CUSTOMER_MESSAGE: after a person's message
    window_margin=timedelta(minutes=5),
    title="WeChat",
)

# CUSTOMER_MESSAGE: after a menu click, a follow or a scan, and only 3 messages; after a person's message, 5.
SHORT_WINDOW = timedelta(minutes=1)

# A permanent material is kept until it is deleted; ten years stand for "for good".
UPLOAD_LIFETIME = timedelta(days=3650)

# A longer mass text was refused with 45002 at 293 Chinese characters once; no limit is written down.
MASS_TEXT_ADVISED = 280

CHINA = ZoneInfo("Asia/Shanghai")  # quotas of days and months begin at midnight here


@dataclass(frozen=True, slots=True)
class MassRules:
    """What an account may do with mass messages (MASS_SEND, checked 2026-11-23).

    `lists`: may name the people one by one. `a_day` successful calls; None where only the API's own quota
    counts. `a_month`: messages one follower gets in a calendar month in China; None where it is not counted.
    """

    lists: bool
    a_day: int | None
    a_month: int | None


MASS_RULES: dict[Account, MassRules] = {
    "subscription": MassRules(lists=False, a_day=1, a_month=None),
    "service": MassRules(lists=True, a_day=None, a_month=4),
}
