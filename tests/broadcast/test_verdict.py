"""Each outcome becomes one state of one row."""

from datetime import timedelta

import pytest

from bot.texts import texts
from broadcast import because
from broadcast.trouble import LOOKED_BACK, NO_ANSWER, NOBODY, SAME_FAILURES, TOO_MANY, Trouble
from broadcast.verdict import EXPIRED_PICTURE, LONGEST_RETRY_SECONDS, Ended, Later, Sent, backoff, judge
from handlers.outcomes import Accepted, Failure, Fate, Outcome, Uncertain
from tests.broadcast.lab import refused
from tests.conftest import START

TABLE = (
    ("a yes", Accepted("m1"), 0, Sent("m1")),
    ("a lost answer", Uncertain("gone"), 0, Ended("unknown", "no_answer", "gone")),
    ("a skip", refused("outside_window", Fate.SKIP, "10"), 0, Ended("skipped", "outside_window", "10")),
    ("an opt-out", refused("opted_out", Fate.UNSUBSCRIBE, "10"), 0, Ended("skipped", "opted_out", "10")),
    ("a no for good", refused("invalid", Fate.GIVE_UP, "100"), 0, Ended("failed", "invalid", "100")),
    ("a doubt of the platform's", refused("answer_lost", Fate.UNKNOWN, "1"), 0, Ended("unknown", "answer_lost", "1")),
    ("a channel that waits", refused("throttled", Fate.PAUSE, "4"), 5, Later(START, "throttled", "4", tried=False)),
    ("a broadcast that waits", refused("media", Fate.STOP, "100"), 5, Later(START, "media", "100", tried=False)),
    ("the last try", refused("trouble", Fate.RETRY, "2", retries=2), 2, Ended("failed", "trouble", "2")),
    ("an old picture", refused(EXPIRED_PICTURE, Fate.RETRY, "9"), 0, Later(START, EXPIRED_PICTURE, "9", tried=True)),
)


@pytest.mark.parametrize(("outcome", "attempts", "verdict"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_what_an_outcome_means_for_the_row(outcome: Outcome, attempts: int, verdict: object):
    assert judge(outcome, attempts, START) == verdict


@pytest.mark.parametrize("attempts", [0, 1])
def test_a_refusal_for_now_comes_back_later(attempts):
    verdict = judge(refused("trouble", Fate.RETRY, "2", retries=2), attempts, START)
    assert isinstance(verdict, Later)
    assert verdict.tried
    assert 1.6 * 2**attempts <= (verdict.due - START).total_seconds() <= 2.4 * 2**attempts


def test_retries_are_spread_and_bounded_and_wait_as_long_as_the_platform_asks():
    patient = Failure("busy", Fate.RETRY, "", wait_seconds=3600)
    spread = {backoff(Failure("busy", Fate.RETRY, ""), 30) for _ in range(50)}
    assert len(spread) > 10
    assert max(spread) <= timedelta(seconds=LONGEST_RETRY_SECONDS * 1.2)
    assert backoff(patient, 0) >= timedelta(seconds=3600 * 0.8)


GIVEN_UP = refused("invalid", Fate.GIVE_UP, "100")
YES = Accepted("m")
NOBODY_REACHED = NOBODY.sentence.format(n=SAME_FAILURES)
TROUBLES = (
    ("one failure less", [GIVEN_UP] * (SAME_FAILURES - 1), ""),
    ("the same failure for everybody", [GIVEN_UP] * SAME_FAILURES, "invalid (100)"),
    ("no answer for anybody", [Uncertain("502")] * SAME_FAILURES, NO_ANSWER.sentence),
    ("a success in between", [*[GIVEN_UP] * 15, YES, *[GIVEN_UP] * 15], ""),
    ("different failures", [GIVEN_UP, refused("invalid", Fate.GIVE_UP, "101")] * 40, ""),
    ("most of many calls", [GIVEN_UP, refused("trouble", Fate.RETRY), YES] * (LOOKED_BACK // 3 + 1), TOO_MANY.sentence),
    ("people who left", [YES, *[refused("outside_window", Fate.SKIP)] * 500], ""),
    ("who left in different ways", [refused("outside_window", Fate.SKIP), refused("unreachable", Fate.SKIP)] * 99, ""),
    ("nearly everybody from the beginning", [refused("unreachable", Fate.SKIP)] * (SAME_FAILURES - 1), ""),
    ("everybody from the very beginning", [refused("unreachable", Fate.UNSUBSCRIBE)] * SAME_FAILURES, NOBODY_REACHED),
    ("a throttle for everybody", [refused("throttled", Fate.PAUSE)] * 500, ""),
    ("old pictures", [refused(EXPIRED_PICTURE, Fate.RETRY)] * 500, ""),
)


@pytest.mark.parametrize(("outcomes", "reason"), [row[1:] for row in TROUBLES], ids=[row[0] for row in TROUBLES])
def test_what_holds_a_broadcast(outcomes: list[Outcome], reason: str):
    trouble = Trouble()
    for outcome in outcomes:
        trouble.follow(outcome)
    assert because.say(trouble.reason, texts("en")) == reason


def test_who_let_it_go_on_though_nobody_was_reached_is_not_asked_again():
    trouble = Trouble(begins=False)
    for _ in range(500):
        trouble.follow(refused("unreachable", Fate.SKIP))
    assert not trouble.reason


def test_a_picture_that_is_old_again_after_it_was_put_up_anew_is_trouble():
    trouble = Trouble()
    for _ in range(SAME_FAILURES):
        trouble.follow(refused(EXPIRED_PICTURE, Fate.RETRY), attempts=1)
    assert trouble.reason
