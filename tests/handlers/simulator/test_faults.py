import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.simulator.faults import FAULTS, Fault, FaultBoard, UnknownFault


def strikes(board, count, person="1"):
    return [bool(board.draw("send", person)) for _ in range(count)]


def test_a_fault_without_conditions_strikes_every_call_until_it_is_taken_down():
    board = FaultBoard()
    board.add({"name": "transient"})
    assert strikes(board, 3) == [True, True, True]
    assert board.clear() == 1
    assert strikes(board, 2) == [False, False]


def test_a_fault_for_the_next_calls_is_spent_after_them():
    board = FaultBoard()
    board.add({"name": "transient", "next_calls": 2})
    assert board.standing("transient")
    assert strikes(board, 4) == [True, True, False, False]
    assert not board.standing("transient")


def test_a_fault_for_every_third_call_strikes_the_third_and_the_sixth():
    board = FaultBoard()
    board.add({"name": "transient", "every": 3})
    assert strikes(board, 7) == [False, False, True, False, False, True, False]


def test_a_fault_for_some_people_leaves_the_others_alone():
    board = FaultBoard()
    board.add({"name": "person_blocked", "people": ["7"], "next_calls": 1})
    assert strikes(board, 2, person="8") == [False, False]
    assert strikes(board, 2, person="7") == [True, False]


def test_a_fault_for_some_calls_leaves_the_others_alone():
    board = FaultBoard([Fault("html_502", "call", "A gateway answers.")])
    board.add({"name": "html_502", "calls": ["user/get"], "next_calls": 1})
    assert not board.draw("call", call="user/info")
    assert board.draw("call", call="user/get")
    assert not board.draw("call", call="user/get")


def test_a_fault_of_messages_cannot_be_set_for_some_calls():
    with pytest.raises(UnknownFault, match="cannot be set for some calls"):
        FaultBoard().add({"name": "transient", "calls": ["messages"]})


@given(st.integers(), st.floats(0, 1))
def test_a_share_of_calls_is_the_same_for_the_same_seed(seed, fraction):
    one, other = FaultBoard(), FaultBoard()
    for board in (one, other):
        board.add({"name": "transient", "fraction": fraction, "seed": seed})
    assert strikes(one, 50) == strikes(other, 50)


def test_a_share_of_calls_is_about_that_share():
    board = FaultBoard()
    board.add({"name": "transient", "fraction": 0.25, "seed": 1})
    assert 200 <= sum(strikes(board, 1000)) <= 300


def test_a_fault_carries_its_options_or_their_defaults():
    board = FaultBoard()
    board.add({"name": "latency", "ms": 7})
    assert board.draw("send") == {"latency": {"ms": 7}}
    assert board.add({"name": "throttled"}).options == {"minutes": 19}


def test_a_fault_is_drawn_only_for_what_it_is_about():
    board = FaultBoard()
    board.add({"name": "doubled_webhook"})
    assert not board.draw("send")
    assert "doubled_webhook" in board.draw("webhook")


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"name": "meteor"}, "no fault named 'meteor'"),
        ({"name": "latency", "seconds": 1}, "no setting 'seconds'"),
        ({"name": "latency", "every": 0}, "'every' is at least 1"),
        ({"name": "latency", "next_calls": 0}, "'next_calls' is at least 1"),
        ({"name": "latency", "fraction": 1.5}, "between 0 and 1"),
        ({"name": "token_expired", "people": ["7"]}, "cannot be set for some people"),
    ],
)
def test_a_fault_that_cannot_be_set_is_refused_in_words(wanted, words):
    with pytest.raises(UnknownFault, match=words):
        FaultBoard().add(wanted)


def test_every_fault_has_a_name_of_its_own_and_a_sentence():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert all(fault.sentence.endswith(".") for fault in FAULTS)
