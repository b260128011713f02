"""How a mass message ended, in words: the `Status` of MASSSENDJOBFINISH, and why a review refused it.

Source: /doc/service/guide/product/message/Batch_Sends.html, event push; checked 2026-11-23. Other numbers occur:
any `err(` is a refusal.
"""

import re
from dataclasses import dataclass

SUCCESS = "send success"
FAIL = "send fail"

REVIEWS: dict[int, tuple[str, str]] = {
    10001: ("review_advertising", "WeChat's review found advertising in it."),
    20001: ("review_politics", "WeChat's review found politics in it."),
    20002: ("review_pornography", "WeChat's review found pornography in it."),
    20004: ("review_society", "WeChat's review found it harmful to society."),
    20006: ("review_crime", "WeChat's review found it to promote crime."),
    20008: ("review_fraud", "WeChat's review found it fraudulent."),
    20013: ("review_copyright", "WeChat's review found a breach of copyright."),
    21000: ("review_other", "WeChat's review refused it without saying why."),
    22000: ("review_mutual_promotion", "WeChat's review found accounts promoting each other."),
    30001: ("original_check_failed", "WeChat could not compare it with other people's articles. Try again later."),
    30002: ("original_refused", "It is another account's original article, which may not be reprinted."),
    30003: ("original_reprint", "It is a reprint of another account's article, and reprints were not to be sent."),
    40001: ("confirmation_refused", "The account's owner refused to confirm it."),
    40002: ("confirmation_expired", "The account's owner did not confirm it within 30 minutes."),
}
UNKNOWN_REVIEW = ("review_refused", "WeChat's review refused it ({status}).")

_ERROR = re.compile(r"err\((\d{1,9})\)?")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a mass message ended; `reason` (a machine word) and `sentence` are empty where it was sent."""

    sent: bool
    reason: str = ""
    sentence: str = ""


def explain(status: str) -> Ending:
    """Return what a `Status` means."""
    status = status.strip()
    if status == SUCCESS:
        return Ending(sent=True)
    found = _ERROR.match(status)
    if found is None and not status.startswith("err"):
        return Ending(sent=False, reason="send_failed", sentence="WeChat could not send it and does not say why.")
    reason, sentence = REVIEWS.get(int(found[1]), UNKNOWN_REVIEW) if found else UNKNOWN_REVIEW
    return Ending(sent=False, reason=reason, sentence=sentence.format(status=status))
