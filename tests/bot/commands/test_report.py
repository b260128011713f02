"""What the report says of a mass message: the platform's own counts, once."""

from broadcast.service import Desk
from storage.mass_models import MassJob
from tests.support.clock import Clock
from tests.support.transcript import Stage

SENT = (
    "-- this is a WeChat service account\n-- anna is a sender\n-- 2 people can get it\nanna> /broadcast new Tea\n"
    "anna> now\nanna> everyone\nanna> Tea is here.\nanna> done\nanna> send\n-- it goes out\n"
)


def test_a_report_tells_the_counts_of_the_platform_once(desk: Desk, clock: Clock) -> None:
    stage = Stage(desk, clock)
    stage.play(SENT)
    counts = {"total": 3, "filtered": 3, "sent": 2, "errors": 1}
    MassJob.create(
        broadcast=1, number=1, kind="list", key="k", people=3, state="finished", updated_at=clock.now(), **counts
    )
    said = stage.play("anna> /broadcast report 1\n")
    assert said.count("WeChat counts: 3 intended") == 1
    assert "WeChat tells no more" in said
