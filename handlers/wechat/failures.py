"""WeChat's errors and what each means for the person, the broadcast and the account, as one table.

Rows are keyed by `errcode`. WeChat answers refusals with HTTP 200; a status only counts where no errcode came
with it. The same code on the token's own address can mean something else (`TOKEN_FAILURES`).
Source: the pages of the calls below developers.weixin.qq.com/doc/service/api and the list of global return
codes; checked 2026-11-23. 0 is no failure, and 45065 (this `clientmsgid` was submitted before) is a success
wherever a `clientmsgid` is sent: `handlers.wechat.mass`.
"""

from datetime import datetime, time, timedelta

from handlers.outcomes import Failure, Fate
from handlers.wechat.capabilities import CHINA

OK = 0
ALREADY_SUBMITTED = 45065
NOT_FOR_THIS_ACCOUNT = 40200
PARTLY_TAGGED = 45171
SYSTEM_ERROR = -1
QUOTA_SPENT = 45009
STALE_TOKEN = frozenset({40001, 40014, 42001})  # a new token and one more try

MINUTE = 60.0

_TRANSIENT = Failure("platform_trouble", Fate.RETRY, "WeChat had a temporary problem.", retries=1)
_BUSY = Failure("platform_busy", Fate.RETRY, "WeChat is busy.")
_TOKEN = Failure(
    "token_refused",
    Fate.PAUSE,
    "WeChat refused the access token and a new one. "
    "See whether another program resets this account's token. Then resume.",
)
_SECRET = Failure(
    "credentials_refused",
    Fate.PAUSE,
    "WeChat does not accept app_secret. "
    "Compare app_id and app_secret with the account's settings on developers.weixin.qq.com. Then resume.",
)
_APP_ID = Failure(
    "credentials_refused",
    Fate.PAUSE,
    "WeChat does not accept app_id. "
    "Compare app_id and app_secret with the account's settings on developers.weixin.qq.com. Then resume.",
)
_NO_PERSON = Failure("unreachable", Fate.UNSUBSCRIBE, "This account has no such follower (the openid is not valid).")
_LEFT = Failure("unreachable", Fate.UNSUBSCRIBE, "They no longer follow the account.")
_NOT_ALLOWED = Failure(
    "not_allowed", Fate.STOP, "WeChat does not let this account send this in this way (code {code}). Choose another."
)
_IRREGULAR = Failure(
    "account_restricted",
    Fate.PAUSE,
    "WeChat has restricted this account for breaking its rules. See the notices on mp.weixin.qq.com. Then resume.",
)
_BUG = Failure(
    "invalid_request", Fate.STOP, "The call was not as WeChat wants it (code {code}); please report this as a bug."
)
_CONTENT = Failure("invalid_content", Fate.STOP, "WeChat found something wrong in what is to be sent (code {code}).")
_BAD_LIST = Failure(
    "invalid_list", Fate.STOP, "WeChat did not take a list of followers (code {code}); please report this as a bug."
)
_NO_TAG = Failure("unknown_tag", Fate.STOP, "WeChat does not know the tag any more. Choose another audience.")
_TAG_NAME = Failure("invalid_tag", Fate.GIVE_UP, "WeChat does not take this name for a tag (code {code}).")
_CONFIRMING = Failure(
    "waiting_for_confirmation",
    Fate.UNKNOWN,
    "The account's owner has to confirm this mass message in WeChat within 30 minutes.",
)
_TYPING = Failure("typing_sign", Fate.GIVE_UP, "WeChat shows no typing sign to this person now.")
_NO_QUOTA_PATH = Failure("invalid_request", Fate.GIVE_UP, "WeChat tells no quota for this call (code {code}).")

UNKNOWN_CODE = Failure(
    "unknown_code", Fate.GIVE_UP, "WeChat refused with code {code}, which this version does not know."
)


FAILURES: dict[int, Failure] = {
    SYSTEM_ERROR: _TRANSIENT,
    268487001: _BUSY,
    268487002: _BUSY,
    268488001: _BUSY,
    9500002: _BUSY,
    # The account and its credentials.
    40001: _TOKEN,
    40014: _TOKEN,
    42001: _TOKEN,
    40002: _BUG,
    40013: _APP_ID,
    40125: _SECRET,
    40164: Failure(
        "address_not_listed",
        Fate.PAUSE,
        "This server's address is not on the account's IP allow-list. Add it on developers.weixin.qq.com; "
        "WeChat takes about five minutes to notice.",
        5 * MINUTE,
    ),
    40243: Failure(
        "credentials_refused",
        Fate.PAUSE,
        "The account's app_secret is frozen. Unfreeze it on mp.weixin.qq.com. Then resume.",
    ),
    41001: _BUG,
    41002: _APP_ID,
    41004: _SECRET,
    43002: _BUG,
    50004: Failure(
        "credentials_refused",
        Fate.PAUSE,
        "WeChat gives this account no access token. "
        "Compare app_id and app_secret with the account's settings on developers.weixin.qq.com. Then resume.",
    ),
    50007: Failure("account_restricted", Fate.PAUSE, "The account is frozen. See mp.weixin.qq.com. Then resume."),
    89503: Failure(
        "address_not_confirmed",
        Fate.PAUSE,
        "The account's administrator has to confirm this server's address in WeChat. Then resume.",
    ),
    89506: Failure(
        "address_refused",
        Fate.PAUSE,
        "The account's administrator refused this server's address; WeChat asks again after 24 hours at the earliest.",
        24 * 60 * MINUTE,
    ),
    89507: Failure(
        "address_refused",
        Fate.PAUSE,
        "The account's administrator refused this server's address; WeChat asks again after an hour at the earliest.",
        60 * MINUTE,
    ),
    45087: _IRREGULAR,
    45102: _IRREGULAR,
    48004: _IRREGULAR,
    48001: Failure(
        "no_permission",
        Fate.STOP,
        "WeChat does not allow this call to the account: it has to be verified, and of the right kind.",
    ),
    48003: Failure(
        "terms_not_accepted",
        Fate.PAUSE,
        "The terms for mass messages have not been accepted. Do so on mp.weixin.qq.com. Then resume.",
    ),
    # The person.
    40003: _NO_PERSON,
    49003: _NO_PERSON,
    43004: _LEFT,
    50005: _LEFT,
    50002: Failure("account_limited", Fate.SKIP, "Their WeChat account is frozen or closed."),
    43019: Failure("blocked_by_us", Fate.SKIP, "They are on this account's own blacklist."),
    48002: Failure("opted_out", Fate.UNSUBSCRIBE, "They have switched off messages from this account."),
    43101: Failure("no_consent", Fate.SKIP, "They have not agreed to get this notice."),
    45015: Failure(
        "outside_window",
        Fate.SKIP,
        "Their last message is too long ago for WeChat to let us write, or they have left; "
        "they can be reached once they write again.",
    ),
    45047: Failure(
        "allowance_spent",
        Fate.SKIP,
        "They have had all the messages WeChat allows after one of theirs; they can be reached once they write again.",
    ),
    70000: Failure("minor_protection", Fate.SKIP, "WeChat protects this person as a minor."),
    45080: _TYPING,
    45081: _TYPING,
    # What is sent.
    40007: Failure(
        "attachment_expired",
        Fate.RETRY,
        "WeChat no longer has the uploaded picture; it is uploaded once more.",
        retries=1,
    ),
    40008: _CONTENT,
    40033: Failure(
        "invalid_content", Fate.STOP, "WeChat does not take one of the characters. Write it in other words."
    ),
    40035: _CONTENT,
    40215: Failure("invalid_content", Fate.STOP, "WeChat does not take one of the pictures. Choose another."),
    41040: _CONTENT,
    44002: _BUG,
    44004: Failure("invalid_content", Fate.STOP, "WeChat finds nothing in the message. Write something."),
    45001: Failure("invalid_content", Fate.STOP, "The file is too large for WeChat: a picture may have 10 MB."),
    45002: Failure("invalid_content", Fate.STOP, "WeChat finds the text too long. Shorten it, then send again."),
    45003: Failure("invalid_content", Fate.STOP, "WeChat finds the title too long. Shorten it, then send again."),
    45004: Failure("invalid_content", Fate.STOP, "WeChat finds the summary too long. Shorten it, then send again."),
    45005: Failure("invalid_content", Fate.STOP, "WeChat finds the link too long. Shorten it, then send again."),
    45006: Failure(
        "invalid_content", Fate.STOP, "WeChat finds the address of a picture too long. Shorten it, then send again."
    ),
    45007: _CONTENT,
    45008: Failure("invalid_content", Fate.STOP, "WeChat finds too many articles in one message."),
    45098: Failure("invalid_content", Fate.GIVE_UP, "There are more choices than WeChat shows at once."),
    45099: Failure("invalid_content", Fate.GIVE_UP, "One of the choices is longer than WeChat shows."),
    45162: _CONTENT,
    47001: _BUG,
    47002: _BUG,
    47003: _BUG,
    48021: Failure(
        "not_allowed", Fate.STOP, "The draft was last saved by WeChat itself. Save it by hand on mp.weixin.qq.com."
    ),
    48022: _NOT_ALLOWED,
    NOT_FOR_THIS_ACCOUNT: Failure(
        "no_permission", Fate.GIVE_UP, "This kind of account may not send this kind of message."
    ),
    # Mass messages and tags.
    40031: _BAD_LIST,
    40032: _BAD_LIST,
    40130: _BAD_LIST,
    40059: Failure("unknown_job", Fate.RETRY, "WeChat does not know this mass message (yet)."),
    40060: _CONTENT,
    40065: _CONTENT,
    40204: _NOT_ALLOWED,
    40152: _NO_TAG,
    45159: _NO_TAG,
    45028: Failure(
        "quota",
        Fate.STOP,
        "The account has no mass message left: a subscription account gets its next one tomorrow, "
        "a service account next month (China time).",
    ),
    45056: Failure("too_many_tags", Fate.GIVE_UP, "The account has 100 tags, which is all it may have. Delete one."),
    45057: Failure("tag_too_full", Fate.GIVE_UP, "More than 100,000 followers have this tag, so it cannot be deleted."),
    45058: Failure("invalid_tag", Fate.GIVE_UP, "This tag is WeChat's own and cannot be changed."),
    45059: Failure("too_many_tags", Fate.SKIP, "They have 20 tags already, which is all a follower may have."),
    45157: _TAG_NAME,
    45158: _TAG_NAME,
    45169: Failure("tag_busy", Fate.RETRY, "WeChat is still changing these followers' tags.", 1.0),
    PARTLY_TAGGED: Failure(
        "partly_tagged", Fate.RETRY, "WeChat tagged only some of these followers; we try the others."
    ),
    45062: _NOT_ALLOWED,
    45113: _NOT_ALLOWED,
    48008: _NOT_ALLOWED,
    ALREADY_SUBMITTED: Failure("already_submitted", Fate.GIVE_UP, "WeChat has this mass message already."),
    45066: Failure("too_soon", Fate.RETRY, "WeChat is still busy with the same mass message; we ask again.", MINUTE),
    45067: _BUG,
    45083: _BUG,
    45084: _BUG,
    89504: _CONFIRMING,
    89505: _CONFIRMING,
    # How often.
    QUOTA_SPENT: Failure(
        "daily_quota", Fate.PAUSE, "Today's calls to WeChat are used up; sending goes on after midnight in China."
    ),
    45011: Failure("throttled", Fate.PAUSE, "WeChat asked us to slow down; sending goes on by itself.", MINUTE),
    42010: Failure("throttled", Fate.PAUSE, "WeChat asked us to slow down; sending goes on by itself.", MINUTE),
    48006: Failure("daily_quota", Fate.GIVE_UP, "The counters were reset 10 times this month; WeChat allows no more."),
    76003: _NO_QUOTA_PATH,
    76021: _NO_QUOTA_PATH,
    76022: _NO_QUOTA_PATH,
}

# On the token's own address a refused credential is the secret, and a new token would not help.
TOKEN_FAILURES: dict[int, Failure] = dict.fromkeys(STALE_TOKEN, _SECRET)

# Without an errcode the answer is not the API's own, and 3xx and 4xx come from something before any sending.
WRONG_ADDRESS = Failure(
    "wrong_address", Fate.PAUSE, "There is no WeChat API at this address. Correct api_base. Then resume."
)
OTHER_STATUS = Failure(
    "refused_unread", Fate.GIVE_UP, "Something other than WeChat's API answered the call (code {code})."
)
THROTTLED = FAILURES[45011]
NEVER_LEFT = Failure("no_connection", Fate.RETRY, "WeChat could not be reached, so nothing was sent.")

NO_TOKEN = Failure("no_token", Fate.RETRY, "WeChat gave no access token, so nothing was sent.")
NO_ANSWER = Failure("no_answer", Fate.RETRY, "WeChat did not answer. Please try again.")
NO_HANDLE = Failure("upload_failed", Fate.RETRY, "WeChat did not take the picture. Please try again.")

# What we refuse ourselves, before any call.
PICTURE_ELSEWHERE = Failure(
    "picture_elsewhere", Fate.STOP, "Pictures are only taken out of WeChat itself. Send the picture here in the chat."
)
PICTURE_UNFETCHABLE = Failure(
    "picture_unfetchable", Fate.STOP, "WeChat no longer shows us the picture. Send it here in the chat once more."
)
PICTURE_TOO_LARGE = Failure(
    "picture_too_large", Fate.STOP, "The picture is too large: 10 MB for a message or a cover, 1 MB inside an article."
)
PICTURE_REFUSED = Failure(
    "picture_refused", Fate.STOP, "This is no picture WeChat takes: PNG or JPEG, and GIF or BMP outside articles."
)
NOT_SHOWN = Failure(
    "kind_unsupported",
    Fate.STOP,
    "WeChat cannot show this message to one person. Send a text, a picture or one article.",
)
LISTS_NOT_ALLOWED = Failure(
    "no_permission",
    Fate.STOP,
    "A subscription account cannot send to chosen followers directly; it needs a tag for them.",
)


def failure(code: int) -> Failure:
    """Return the row for an `errcode` other than 0."""
    return FAILURES.get(code, UNKNOWN_CODE)


def token_failure(code: int) -> Failure:
    """Return the row for an `errcode` that came instead of an access token."""
    return TOKEN_FAILURES.get(code) or failure(code)


def status_failure(status: int) -> Failure:
    """Return the row for an HTTP `status` from 300 to 499 that came without an errcode."""
    if status < 400 or status == 404:
        return WRONG_ADDRESS
    return THROTTLED if status == 429 else OTHER_STATUS


def until_midnight(now: datetime) -> float:
    """Return the seconds from `now` (aware) until quotas are filled again: midnight in China, and a minute more."""
    here = now.astimezone(CHINA)
    midnight = datetime.combine(here.date() + timedelta(days=1), time(), CHINA)
    return (midnight - here).total_seconds() + MINUTE
