"""Meta's errors and what each means for the person, the broadcast and the channel, as one table.

Rows are keyed by (code, subcode), because the code alone misleads: 4 is an app-wide throttle, 4/2018354
is one person's cool-down. A subcode of None is the row for every other subcode; a code of None means
that the number decides on its own, wherever it stands. HTTP statuses only count where no error body
came with them. Source: Messenger Platform, Error Codes (25 June 2026), and Graph API, Handling Errors;
checked 2026-11-23. Codes for calls this program never makes (2071xxx: linking) fall to `UNKNOWN_CODE`.
"""

from handlers.outcomes import Failure, Fate

THROTTLE_SECONDS = 60.0  # the least pause after a throttle that does not say how long
ANOTHER_APP_SECONDS = 300.0  # people and Q&A flows let go of a conversation after minutes

_TRANSIENT = Failure("platform_trouble", Fate.RETRY, "Facebook had a temporary problem.")
_UNEXPLAINED = Failure("unexplained", Fate.RETRY, "Facebook refused without giving a reason.", retries=2)
_OUTSIDE = Failure(
    "outside_window",
    Fate.SKIP,
    "Their last message is too long ago for Facebook to let us write; they can be reached once they write again.",
)
_UNREACHABLE = Failure(
    "unreachable", Fate.SKIP, "They cannot be reached right now: they may have blocked the Page or left."
)
_ANOTHER_APP = Failure(
    "another_app",
    Fate.RETRY,
    "Another app or a person in the Page Inbox holds this conversation.",
    ANOTHER_APP_SECONDS,
)
_THROTTLED = Failure(
    "throttled",
    Fate.PAUSE,
    "Facebook asked us to slow down; sending goes on by itself after a pause.",
    THROTTLE_SECONDS,
)
_NO_PERMISSION = Failure(
    "no_permission",
    Fate.PAUSE,
    "The app lacks a permission for this Page. Grant pages_messaging to it, then resume.",
)
_NOT_LIVE = Failure(
    "app_not_live",
    Fate.STOP,
    "The Facebook app is not live, so only its own admins, developers and testers can be reached. "
    "Switch it to live, then send again.",
)
_TOKEN = Failure(
    "token_refused", Fate.PAUSE, "Facebook refused the access token. Make a new one for the Page, then resume."
)
_TEMPLATE = Failure(
    "template_refused",
    Fate.STOP,
    "Facebook does not let this template be sent (code {code}): it may be paused, rejected or deleted. See to it in "
    "Meta's tools, then resume; cancel leaves out whoever has not got it yet.",
)
_CHECKPOINT = Failure(
    "token_refused",
    Fate.PAUSE,
    "Facebook wants whoever made the access token to log in and confirm the account. After that, resume.",
)
_MEDIA = Failure(
    "media_refused",
    Fate.STOP,
    "Facebook does not take this file: its type does not match, or it is broken. Choose another, then send again.",
)
_REQUEST = Failure("invalid_request", Fate.GIVE_UP, "Facebook found something wrong in this message (code {code}).")
_NOT_USED = Failure(
    "unexpected_refusal",
    Fate.GIVE_UP,
    "Facebook refused with code {code}, which belongs to a feature this program does not use.",
)
_NO_PROFILE = Failure("no_profile", Fate.SKIP, "Facebook shows us nothing about this person.")

UNKNOWN_CODE = Failure(
    "unknown_code", Fate.GIVE_UP, "Facebook refused with code {code}, which this version does not know."
)

FAILURES: dict[tuple[int | None, int | None], Failure] = {
    (1, None): _UNEXPLAINED,
    (1, 1357046): Failure(
        "answer_lost", Fate.UNKNOWN, "Facebook lost its own answer; the message has probably been sent."
    ),
    (2, None): _TRANSIENT,
    (3, None): _NO_PERMISSION,
    (4, None): _THROTTLED,
    (4, 2018354): Failure("cooling_down", Fate.SKIP, "They got a marketing message too short a time ago."),
    (9, 2018352): Failure("optin_limit", Fate.SKIP, "They have been asked to opt in as often as is allowed."),
    (10, None): _NO_PERMISSION,
    (10, 1404170): Failure("optin_restricted", Fate.GIVE_UP, "The Page may not ask for opt-ins at present."),
    (10, 1893015): Failure("opted_out", Fate.UNSUBSCRIBE, "They stopped notifications from this Page."),
    (10, 1893063): Failure(
        "page_restricted",
        Fate.PAUSE,
        "Facebook has restricted this Page from sending. See the Page's Support Inbox, then resume.",
    ),
    (10, 2018065): _OUTSIDE,
    (10, 2018108): _UNREACHABLE,
    (10, 2018278): _OUTSIDE,
    (10, 2018336): Failure("refused", Fate.GIVE_UP, "Facebook keeps this message from this conversation."),
    (10, 2534022): _OUTSIDE,
    (17, None): _THROTTLED,
    (32, None): _THROTTLED,
    (99, None): _UNEXPLAINED,
    # Not STOP: a bad id or a value filled in for one person gives this too. When everybody gets it,
    # the broadcast's own breaker stops it.
    (100, None): _REQUEST,
    (100, 33): Failure(
        "page_missing",
        Fate.PAUSE,
        "Facebook does not find the Page with this access token. Compare page_id and token, then resume.",
    ),
    (100, 2018001): Failure(
        "unreachable", Fate.UNSUBSCRIBE, "This Page has no such person: the account is gone, or of another Page."
    ),
    (100, 2018008): Failure(
        "media_unfetchable",
        Fate.RETRY,
        "Facebook could not fetch the file from its address. See that anyone can open it, quickly.",
        retries=1,
    ),
    (100, 2018014): Failure(
        "invalid_request", Fate.STOP, "The call mixed a message with a typing sign; please report this as a bug."
    ),
    (100, 2018047): _MEDIA,
    (100, 2018074): Failure(
        "attachment_expired",
        Fate.RETRY,
        "Facebook no longer has the uploaded file; it is uploaded once more.",
        retries=1,
    ),
    (100, 2018109): Failure(
        "media_too_large",
        Fate.STOP,
        "The file is too large: Facebook takes pictures up to 8 MB and other files up to 25 MB.",
    ),
    (100, 2018294): _MEDIA,
    (102, None): _TOKEN,
    (190, None): _TOKEN,
    (190, 458): Failure(
        "token_refused", Fate.PAUSE, "The app was removed from the Page. Add it again with a new token, then resume."
    ),
    (190, 459): _CHECKPOINT,
    (190, 460): Failure(
        "token_refused", Fate.PAUSE, "A changed password ended the access token. Make a new one, then resume."
    ),
    (190, 463): Failure("token_refused", Fate.PAUSE, "The access token has expired. Make a new one, then resume."),
    (190, 464): _CHECKPOINT,
    (190, 467): _TOKEN,
    (200, None): _NOT_LIVE,
    (200, 1545041): _UNREACHABLE,
    (200, 2018021): _NOT_USED,
    (200, 2018027): _NOT_USED,
    (200, 2018028): _NOT_LIVE,
    (230, None): _NO_PROFILE,
    (341, None): _THROTTLED,
    (368, None): Failure(
        "policy_block",
        Fate.PAUSE,
        "Facebook has blocked the app for a time over its policies. See the App Dashboard's alerts, then resume.",
    ),
    (506, None): Failure("duplicate", Fate.GIVE_UP, "Facebook took this for a repetition of the same message."),
    (551, None): _UNREACHABLE,
    (551, 1545041): _UNREACHABLE,
    (613, None): _THROTTLED,
    (613, 1996): _THROTTLED,
    (613, 1893016): Failure("optin_limit", Fate.SKIP, "They have already been asked to opt in to this."),
    (613, 2018338): Failure("bothersome", Fate.SKIP, "Facebook finds that we write to this person too much."),
    (1200, None): _TRANSIENT,
    (80001, None): _THROTTLED,
    (80006, None): _THROTTLED,
    (None, 2022): Failure(
        "messages_disabled",
        Fate.PAUSE,
        "Facebook has switched off commerce messages for this Page. See Commerce Manager, then resume.",
    ),
    (None, 10303): _NOT_USED,
    (None, 2018171): _ANOTHER_APP,
    (None, 2018218): _NO_PROFILE,
    (None, 2018247): _NO_PROFILE,
    (None, 2018300): _ANOTHER_APP,
    (None, 2018321): _ANOTHER_APP,
    (None, 2300052): Failure("cooling_down", Fate.SKIP, "They got a marketing message too short a time ago."),
    **{(None, number): _NOT_USED for number in range(2018389, 2018397)},  # calls
}

# The unknown person also comes without its subcode; these words are all that tells it from a bad parameter.
NO_SUCH_PERSON = ("No matching user found", "Invalid FBID")

# A refusal that came without an error body: made by something in front of the API, before any sending.
STATUSES: dict[int, Failure] = {
    404: Failure(
        "wrong_address", Fate.PAUSE, "There is no API at this address. Correct api_base and api_version, then resume."
    ),
    429: _THROTTLED,
}
OTHER_STATUS = Failure(
    "refused_unread", Fate.GIVE_UP, "Something other than Facebook's API answered the call (code {code})."
)
REDIRECTED = Failure(
    "wrong_address", Fate.PAUSE, "Facebook's address answers with a redirect. Correct api_base, then resume."
)
NEVER_LEFT = Failure("no_connection", Fate.RETRY, "Facebook could not be reached, so nothing was sent.")


# What a refusal means when it answers a template, by the reason of its row. Outside the window an approved template is
# all that is taken (utility messages, 13 March 2026), so 10/2018278 says there that this one is not approved.
# A value that does not fit gives a plain 100, and may be one person's.
TEMPLATE_FAILURES: dict[str, Failure] = {
    "outside_window": _TEMPLATE,
    "invalid_request": Failure(
        "template_invalid",
        Fate.GIVE_UP,
        "Facebook found something wrong in the template or what was filled in for them (code {code}).",
    ),
    "no_permission": Failure(
        "no_utility_permission",
        Fate.STOP,
        "The app lacks the permission page_utility_messaging for this Page, without which no template may be sent. "
        "Grant it, then resume; cancel leaves out whoever has not got it yet.",
    ),
}


def template_failure(row: Failure) -> Failure:
    """Return what a row means where the refused message was a template."""
    return TEMPLATE_FAILURES.get(row.reason, row)


def failure(code: int, subcode: int | None = None, message: str = "", *, transient: bool = False) -> Failure:
    """Return the row for an error body's `code`, `error_subcode`, `message` and `is_transient`."""
    keys = [(code, subcode), (None, subcode), (None, code)] if subcode else [(None, code)]
    for key in keys:
        if key in FAILURES:
            return FAILURES[key]
    if code == 100 and any(words in message for words in NO_SUCH_PERSON):
        return FAILURES[100, 2018001]
    return FAILURES.get((code, None), _TRANSIENT if transient else UNKNOWN_CODE)


def status_failure(status: int) -> Failure:
    """Return the row for an HTTP `status` from 300 to 499 that came without an error body."""
    if status < 400:
        return REDIRECTED
    return STATUSES.get(status, OTHER_STATUS)
