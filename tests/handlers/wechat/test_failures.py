"""The table of refusals against the list of return codes, and the answers that have no code."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.outcomes import Fate, Refused, Uncertain
from handlers.wechat import failures
from handlers.wechat.answer import read_answer
from handlers.wechat.failures import FAILURES, UNKNOWN_CODE, failure, token_failure, until_midnight
from handlers.wechat.reviews import REVIEWS, explain

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
# What each documented code means for us: (fate, codes).
ROWS = {
    Fate.RETRY: [-1, 268487001, 268487002, 268488001, 40007, 45066, 45169, 45171, 40059],
    Fate.PAUSE: [
        *(40001, 40014, 42001, 40013, 40125, 40243, 41002, 41004, 50004, 50007),
        *(40164, 89503, 89506, 89507, 45009, 45011, 42010, 45087, 48004, 45102, 48003),
    ],
    Fate.UNSUBSCRIBE: [40003, 49003, 43004, 50005, 48002],
    Fate.SKIP: [50002, 43019, 43101, 45015, 45047, 70000],
    Fate.STOP: [
        *(40002, 40008, 40033, 40035, 44002, 44004, *range(45001, 45009), 45162, 47001, 47002, 47003),
        *(40031, 40032, 40130, 40152, 45159, 45028, 45062, 45113, 48008, 48021, 48022, 45067, 48001),
    ],
    Fate.GIVE_UP: [45080, 45081, 48006, 40200],
    Fate.UNKNOWN: [89504, 89505],
}
REASONS = {
    43004: "unreachable",
    50005: "unreachable",
    48002: "opted_out",
    45015: "outside_window",
    45028: "quota",
    40007: "attachment_expired",
    40164: "address_not_listed",
}


@pytest.mark.parametrize(("fate", "code"), [(fate, code) for fate, codes in ROWS.items() for code in codes])
def test_every_documented_code_has_a_row_with_its_fate(fate, code):
    assert code in FAILURES
    assert failure(code).fate is fate


@pytest.mark.parametrize(("code", "reason"), REASONS.items())
def test_the_ledgers_words_are_used(code, reason):
    assert failure(code).reason == reason


@pytest.mark.parametrize(
    ("code", "seconds"), [(40164, 300), (89506, 86400), (89507, 3600), (45011, 60), (45066, 60), (89503, None)]
)
def test_waits_are_as_long_as_documented(code, seconds):
    assert failure(code).wait_seconds == seconds


@pytest.mark.parametrize(
    ("row", "fate"),
    [
        (failures.UNKNOWN_CODE, Fate.GIVE_UP),
        (failures.OTHER_STATUS, Fate.GIVE_UP),
        (FAILURES[failures.ALREADY_SUBMITTED], Fate.GIVE_UP),
        (failures.WRONG_ADDRESS, Fate.PAUSE),
        (failures.NEVER_LEFT, Fate.RETRY),
        (failures.NO_TOKEN, Fate.RETRY),
    ],
    ids=lambda one: getattr(one, "reason", ""),
)
def test_only_what_certainly_was_not_sent_is_tried_again(row, fate):
    assert row.fate is fate


def test_an_unknown_code_ends_this_message_and_is_named():
    assert failure(99999) is UNKNOWN_CODE
    assert "99999" in UNKNOWN_CODE.sentence.format(code=99999)


def test_a_refused_credential_on_the_tokens_address_is_the_secret():
    for code in (40001, 40125, 41004):
        assert token_failure(code).reason == "credentials_refused"
    assert token_failure(40164).reason == "address_not_listed"


def answer(status=200, **body):
    return read_answer(status, json.dumps(body).encode(), now=NOW)


@pytest.mark.parametrize("status", [200, 400, 500])
def test_an_errcode_counts_whatever_the_status(status):
    refused = answer(status, errcode=45015, errmsg="response out of time limit rid: 5f1e2d3c-0a1b2c3d-4e5f6a7b")
    assert refused == Refused(failure(45015), "45015", "5f1e2d3c-0a1b2c3d-4e5f6a7b")


def test_an_older_answer_has_no_rid():
    assert answer(errcode="43004", errmsg="require subscribe hint: [abc]") == Refused(failure(43004), "43004", "")


def test_answers_without_an_errcode_are_answers():
    assert answer(total=3) == {"total": 3}
    assert answer(errcode=0, errmsg="ok") == {"errcode": 0, "errmsg": "ok"}


def test_a_code_that_counts_as_an_answer_keeps_all_it_says():
    body = b'{"errcode":45065,"msg_id":7}'
    assert read_answer(200, body, now=NOW, taken=frozenset({45065})) == {"errcode": 45065, "msg_id": 7}


@pytest.mark.parametrize(
    ("status", "reason"), [(301, "wrong_address"), (404, "wrong_address"), (413, "refused_unread"), (429, "throttled")]
)
def test_a_status_without_an_errcode_is_a_no_up_to_499(status, reason):
    outcome = read_answer(status, b"<html>", now=NOW)
    assert isinstance(outcome, Refused)
    assert (outcome.failure.reason, outcome.code) == (reason, f"HTTP {status}")


@pytest.mark.parametrize("body", [b"", b"<html>bad gateway</html>", b"[]", b"null", b'{"errcode"', b"[" * 100_000])
@pytest.mark.parametrize("status", [200, 502])
def test_what_cannot_be_read_is_uncertain(status, body):
    assert isinstance(read_answer(status, body, now=NOW), Uncertain)


@given(status=st.sampled_from([200, 302, 404, 500]), body=st.binary(max_size=50))
def test_any_bytes_are_some_result(status, body):
    assert isinstance(read_answer(status, body, now=NOW), dict | Refused | Uncertain)


def test_a_mass_message_that_waits_for_its_owner_is_uncertain_and_says_so():
    assert answer(errcode=89505, errmsg="") == Uncertain("waiting_for_confirmation")


def test_a_spent_daily_quota_waits_for_midnight_in_china():
    refused = answer(errcode=45009, errmsg="reach max api daily quota limit")
    assert refused.failure.wait_seconds == 7 * 3600 + 60  # it is 17:00 there
    assert until_midnight(datetime(2026, 11, 24, 16, 0, tzinfo=UTC)) == 24 * 3600 + 60


@pytest.mark.parametrize("number", REVIEWS)
def test_every_review_is_explained(number):
    ending = explain(f"err({number})")
    assert (ending.sent, bool(ending.reason)) == (False, True)
    assert ending.sentence.endswith(".")


@pytest.mark.parametrize(
    ("status", "sent", "reason"),
    [
        ("send success", True, ""),
        ("send fail", False, "send_failed"),
        ("", False, "send_failed"),
        ("err(20431)", False, "review_refused"),
        ("err(40002)", False, "confirmation_expired"),
        ("error {0}", False, "review_refused"),
    ],
)
def test_any_ending_is_explained(status, sent, reason):
    ending = explain(status)
    assert (ending.sent, ending.reason) == (sent, reason)
