"""What is done before a broadcast leaves is tried again where the platform refuses it for now, and only there."""

import asyncio

import pytest

from broadcast.retry import with_retries
from handlers.contract import PlatformError
from handlers.outcomes import Failure, Fate

BUSY = Failure("upload_failed", Fate.RETRY, "Not now.", retries=2)
WRONG = Failure("picture_refused", Fate.STOP, "Not this one.")


class Upload:
    """Fails with each of these failures in turn, then works."""

    def __init__(self, *failures: Failure | None) -> None:
        self.failures = [*failures]
        self.slept: list[float] = []
        self.calls = 0

    async def work(self) -> str:
        self.calls += 1
        if self.failures:
            raise PlatformError("No.", self.failures.pop(0))
        return "handle"

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def run(self) -> str:
        return asyncio.run(with_retries(self.work, self.sleep))


def test_what_is_refused_for_now_is_tried_again_ever_later() -> None:
    upload = Upload(BUSY, BUSY)
    assert upload.run() == "handle"
    first, second = upload.slept
    assert 1 < first < 3 < second < 5


def test_a_platform_that_says_how_long_is_believed() -> None:
    upload = Upload(Failure("busy", Fate.RETRY, "Not now.", 60.0))
    assert upload.run() == "handle"
    assert 48 <= upload.slept[0] <= 72


@pytest.mark.parametrize(("failures", "calls"), [((BUSY,) * 3, 3), ((WRONG,), 1), ((None,), 1), ((BUSY, WRONG), 2)])
def test_it_is_given_up_when_its_tries_are_over_or_waiting_does_not_help(
    failures: tuple[Failure | None, ...], calls: int
) -> None:
    upload = Upload(*failures)
    with pytest.raises(PlatformError):
        upload.run()
    assert upload.calls == calls
