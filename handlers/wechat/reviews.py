"""How a mass message ended, in words: the `Status` of MASSSENDJOBFINISH, and why a review refused it.

Source: /doc/service/guide/product/message/Batch_Sends.html, event push; checked 2026-11-23. Other numbers occur:
any `err(` is a refusal.
"""

import re
from dataclasses import replace

from handlers.many import Ending

SUCCESS = "send success"


REVIEWS: dict[int, Ending] = {
    10001: Ending(False, "review_advertising", "WeChat's review found advertising in it."),
    20001: Ending(False, "review_politics", "WeChat's review found politics in it."),
    20002: Ending(False, "review_pornography", "WeChat's review found pornography in it."),
    20004: Ending(False, "review_society", "WeChat's review found it harmful to society."),
    20006: Ending(False, "review_crime", "WeChat's review found it to promote crime."),
    20008: Ending(False, "review_fraud", "WeChat's review found it fraudulent."),
    20013: Ending(False, "review_copyright", "WeChat's review found a breach of copyright."),
    21000: Ending(False, "review_other", "WeChat's review refused it without saying why."),
    22000: Ending(False, "review_mutual_promotion", "WeChat's review found accounts promoting each other."),
    30001: Ending(
        False, "original_check_failed", "WeChat could not compare it with other people's articles. Try again later."
    ),
    30002: Ending(False, "original_refused", "It is another account's original article, which may not be reprinted."),
    30003: Ending(
        False, "original_reprint", "It is a reprint of another account's article, and reprints were not to be sent."
    ),
    40001: Ending(False, "confirmation_refused", "The account's owner refused to confirm it."),
    40002: Ending(False, "confirmation_expired", "The account's owner did not confirm it within 30 minutes."),
}
UNKNOWN_REVIEW = Ending(False, "review_refused", "WeChat's review refused it ({code}).")
SEND_FAILED = Ending(False, "send_failed", "WeChat could not send it and does not say why.")

_ERROR = re.compile(r"err\((\d{1,9})\)?")


def explain(status: str) -> Ending:
    """Return what a `Status` means."""
    status = status.strip()
    if status == SUCCESS:
        return Ending(sent=True)
    if not status.startswith("err"):
        return SEND_FAILED
    found = _ERROR.match(status)
    ending = REVIEWS.get(int(found[1]), UNKNOWN_REVIEW) if found else UNKNOWN_REVIEW
    return replace(ending, sentence=ending.sentence.format(code=status))
