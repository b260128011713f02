"""Each documented error, and what it comes to."""

import pytest

from handlers.messenger.failures import FAILURES, UNKNOWN_CODE, failure, status_failure
from handlers.outcomes import Fate

# Transcribed from the platform's page of error codes, apart from our table: (code, subcode, reason, fate).
DOCUMENTED = (
    (1, None, "unexplained", Fate.RETRY),
    (99, None, "unexplained", Fate.RETRY),
    (1, 1357046, "answer_lost", Fate.UNKNOWN),
    (2, None, "platform_trouble", Fate.RETRY),
    (3, None, "no_permission", Fate.PAUSE),
    (4, None, "throttled", Fate.PAUSE),
    (4, 2018354, "cooling_down", Fate.SKIP),
    (9, 2018352, "optin_limit", Fate.SKIP),
    (10, 2018278, "outside_window", Fate.SKIP),
    (10, 2018065, "outside_window", Fate.SKIP),
    (10, 2534022, "outside_window", Fate.SKIP),
    (10, 2018108, "unreachable", Fate.SKIP),
    (10, 1893015, "opted_out", Fate.UNSUBSCRIBE),
    (10, 1893063, "page_restricted", Fate.PAUSE),
    (10, 1404170, "optin_restricted", Fate.GIVE_UP),
    (10, 2018336, "refused", Fate.GIVE_UP),
    (10, None, "no_permission", Fate.PAUSE),
    (10, 123, "no_permission", Fate.PAUSE),
    (17, None, "throttled", Fate.PAUSE),
    (32, None, "throttled", Fate.PAUSE),
    (341, None, "throttled", Fate.PAUSE),
    (613, None, "throttled", Fate.PAUSE),
    (613, 1996, "throttled", Fate.PAUSE),
    (80001, None, "throttled", Fate.PAUSE),
    (80006, None, "throttled", Fate.PAUSE),
    (613, 2018338, "bothersome", Fate.SKIP),
    (613, 1893016, "optin_limit", Fate.SKIP),
    (100, 2018001, "unreachable", Fate.UNSUBSCRIBE),
    (100, 33, "page_missing", Fate.PAUSE),
    (100, 2018008, "media_unfetchable", Fate.RETRY),
    (100, 2018047, "media_refused", Fate.STOP),
    (100, 2018074, "attachment_expired", Fate.RETRY),
    (100, 2018109, "media_too_large", Fate.STOP),
    (100, 2018294, "media_refused", Fate.STOP),
    (100, 2018014, "invalid_request", Fate.STOP),
    (100, None, "invalid_request", Fate.GIVE_UP),
    (102, None, "token_refused", Fate.PAUSE),
    (190, None, "token_refused", Fate.PAUSE),
    (190, 458, "token_refused", Fate.PAUSE),
    (190, 459, "token_refused", Fate.PAUSE),
    (190, 460, "token_refused", Fate.PAUSE),
    (190, 463, "token_refused", Fate.PAUSE),
    (190, 464, "token_refused", Fate.PAUSE),
    (190, 467, "token_refused", Fate.PAUSE),
    (200, None, "app_not_live", Fate.STOP),
    (200, 2018028, "app_not_live", Fate.STOP),
    (200, 1545041, "unreachable", Fate.SKIP),
    (200, 2018021, "unexpected_refusal", Fate.GIVE_UP),
    (200, 2018027, "unexpected_refusal", Fate.GIVE_UP),
    (230, None, "no_profile", Fate.SKIP),
    (368, None, "policy_block", Fate.PAUSE),
    (506, None, "duplicate", Fate.GIVE_UP),
    (551, None, "unreachable", Fate.SKIP),
    (551, 1545041, "unreachable", Fate.SKIP),
    (1200, None, "platform_trouble", Fate.RETRY),
    (10, 2018300, "another_app", Fate.RETRY),
    (2018300, None, "another_app", Fate.RETRY),
    (2018171, None, "another_app", Fate.RETRY),
    (2018321, None, "another_app", Fate.RETRY),
    (100, 2018218, "no_profile", Fate.SKIP),
    (2018247, None, "no_profile", Fate.SKIP),
    (2022, None, "messages_disabled", Fate.PAUSE),
    (2300052, None, "cooling_down", Fate.SKIP),
    (10303, None, "unexpected_refusal", Fate.GIVE_UP),
    (2018389, None, "unexpected_refusal", Fate.GIVE_UP),
    (2018396, None, "unexpected_refusal", Fate.GIVE_UP),
    (2071001, None, "unknown_code", Fate.GIVE_UP),
)


@pytest.mark.parametrize(("code", "subcode", "reason", "fate"), DOCUMENTED)
def test_a_documented_error_has_its_reason_and_fate(code, subcode, reason, fate):
    row = failure(code, subcode)
    assert (row.reason, row.fate) == (reason, fate)


def test_every_row_is_documented():
    documented = {(code, subcode) for code, subcode, _, _ in DOCUMENTED}
    numbers = {number for pair in documented for number in pair}
    for code, subcode in FAILURES:
        known = subcode in numbers if code is None else (code, subcode) in documented
        assert known or subcode in range(2018389, 2018397), (code, subcode)


@pytest.mark.parametrize("words", ["(#100) No matching user found", "Invalid FBID"])
def test_an_unknown_person_is_told_by_words_where_the_subcode_is_missing(words):
    assert failure(100, None, words) == FAILURES[100, 2018001]


def test_an_unknown_code_ends_the_message_and_not_the_broadcast():
    assert failure(31337) == UNKNOWN_CODE
    assert UNKNOWN_CODE.sentence.format(code="31337").count("31337") == 1


def test_an_unknown_code_that_is_transient_is_tried_again():
    assert failure(31337, transient=True).fate is Fate.RETRY


def test_a_transient_flag_does_not_change_a_known_row():
    assert failure(10, 2018278, transient=True).reason == "outside_window"


@pytest.mark.parametrize(
    ("status", "reason", "fate"),
    [
        (301, "wrong_address", Fate.PAUSE),
        (400, "refused_unread", Fate.GIVE_UP),
        (404, "wrong_address", Fate.PAUSE),
        (413, "refused_unread", Fate.GIVE_UP),
        (429, "throttled", Fate.PAUSE),
    ],
)
def test_a_status_without_a_body_has_its_row(status, reason, fate):
    row = status_failure(status)
    assert (row.reason, row.fate) == (reason, fate)


def test_words_about_a_person_under_another_code_unsubscribe_nobody():
    assert failure(190, message="No matching user found").fate is Fate.PAUSE
    assert failure(999_999, message="No matching user found").fate is Fate.GIVE_UP
