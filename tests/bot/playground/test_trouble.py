"""Rehearsed trouble: what the page offers is what the simulator can do."""

from collections import Counter

import pytest

from bot.playground.trouble import TROUBLES, Trouble, standing
from handlers.simulator.faults import FAULTS, FaultBoard
from handlers.simulator.wechat_faults import FAULTS as WECHAT_FAULTS

KNOWN = {"messenger": FAULTS, "wechat": WECHAT_FAULTS}
IDS = [trouble.name for trouble in TROUBLES]


@pytest.mark.parametrize("trouble", TROUBLES, ids=IDS)
def test_the_simulator_knows_every_fault(trouble: Trouble) -> None:
    board = FaultBoard(KNOWN[trouble.platform])
    for fault in trouble.faults(["1", "2"]):
        board.add(fault)
    assert len(board.rules()) == len(trouble.rules)


@pytest.mark.parametrize("trouble", TROUBLES, ids=IDS)
def test_it_is_explained_in_a_sentence(trouble: Trouble) -> None:
    assert trouble.sentence.endswith(".")
    assert len(trouble.sentence) <= 120


def test_no_two_troubles_share_a_fault_as_switching_one_off_would_end_the_other() -> None:
    used = Counter((trouble.platform, rule["name"]) for trouble in TROUBLES for rule in trouble.rules)
    assert max(used.values()) == 1


def test_answers_to_the_admin_are_spared_where_a_fault_can_be_aimed() -> None:
    board = FaultBoard()
    for trouble in (each for each in TROUBLES if each.platform == "messenger"):
        for fault in trouble.faults(["subscriber"]):
            board.add(fault)
    assert not board.draw("send", "admin")
    assert board.draw("send", "subscriber")


def test_a_trouble_is_on_until_it_is_spent_and_says_how_often_it_struck() -> None:
    board = FaultBoard()
    rule = board.add({"name": "throttled", "next_calls": 1})

    def throttle() -> dict[str, object]:
        return standing({"messenger": [each.as_json() for each in board.rules()], "wechat": []})["throttle"]

    assert throttle() == {"on": True, "struck": 0}
    rule.strikes("somebody")
    assert throttle() == {"on": False, "struck": 1}
    board.clear()
    assert throttle() == {"on": False, "struck": 0}
