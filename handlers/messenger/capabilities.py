"""What Messenger can show and how much of it, as one table: every number with its unit and its source.

Sources are pages of developers.facebook.com, below the addresses `DOCS` and `OLD_DOCS`.
Characters are counted as Unicode code points.
"""

from datetime import timedelta

from handlers.contract import Capabilities, Limit

DOCS = "https://developers.facebook.com/documentation/business-messaging/messenger-platform/"
OLD_DOCS = "https://developers.facebook.com/docs/messenger-platform/"
CHECKED = "2026-11-23"

SEND_API = OLD_DOCS + "reference/send-api"
QUICK_REPLIES = DOCS + "send-messages/quick-replies"
GENERIC_TEMPLATE = DOCS + "send-messages/template/generic"
BUTTON_TEMPLATE = DOCS + "send-messages/template/button"
POSTBACK_BUTTON = OLD_DOCS + "reference/buttons/postback"

LIMITS = (
    Limit("text", 2000, "characters", SEND_API, CHECKED),
    Limit("text_with_buttons", 640, "characters", BUTTON_TEMPLATE, CHECKED),
    Limit("buttons", 3, "buttons", BUTTON_TEMPLATE, CHECKED),
    Limit("button_title", 20, "characters", POSTBACK_BUTTON, CHECKED),
    Limit("button_payload", 1000, "characters", POSTBACK_BUTTON, CHECKED),
    Limit("choices", 13, "quick replies", QUICK_REPLIES, CHECKED),
    # A longer title is documented as cut short; we refuse it, so that nobody reads half a word.
    Limit("choice_title", 20, "characters", QUICK_REPLIES, CHECKED),
    Limit("choice_value", 1000, "characters", QUICK_REPLIES, CHECKED),
    Limit("cards", 10, "cards", GENERIC_TEMPLATE, CHECKED),
    Limit("card_title", 80, "characters", GENERIC_TEMPLATE, CHECKED),
    Limit("card_subtitle", 80, "characters", GENERIC_TEMPLATE, CHECKED),
    Limit("articles", 10, "articles", GENERIC_TEMPLATE, CHECKED),  # an article is shown as a card
    Limit("article_title", 80, "characters", GENERIC_TEMPLATE, CHECKED),
    Limit("article_digest", 80, "characters", GENERIC_TEMPLATE, CHECKED),
)

CAPABILITIES = Capabilities(
    name="messenger",
    kinds=frozenset({"text", "image", "card", "carousel", "articles"}),
    limits=LIMITS,
    choices=True,
    passive_replies=False,
    receipts=True,
    # 300 a second are allowed, but above 40 the Page Inbox stops: overview/rate-limiting.
    default_rate=30,
    window=timedelta(hours=24),  # send-messages, "standard messaging window"
    # Our clock, theirs and the time a call takes must not decide whether a message is allowed.
    window_margin=timedelta(minutes=5),
    title="Messenger",
)

# An attachment_id expires after 90 days (saving-assets); ten days are kept as a margin for long schedules.
UPLOAD_LIFETIME = timedelta(days=80)
