from dataclasses import replace

import pytest

from bot.commands.card import MOVES
from bot.commands.command import Command
from bot.commands.run import COMMANDS, find, run, unknown
from bot.conversation.memory import Memory
from bot.conversation.reply import outgoing
from bot.conversation.turn import Say
from bot.texts import texts
from handlers.contract import Capabilities
from handlers.messenger.capabilities import CAPABILITIES as MESSENGER
from storage.admins import ROLES
from storage.lifecycle import BROADCAST_MOVES, BroadcastStatus
from tests.bot.conversation.turns import turn
from tests.handlers.wechat.account import make_account


@pytest.mark.parametrize("command", COMMANDS, ids=[command.name for command in COMMANDS])
def test_every_command_is_found_by_its_example_and_can_be_explained(command: Command) -> None:
    assert find(command.example)[0] is command
    assert command.help.endswith(".")
    assert command.role in ROLES


def test_no_two_commands_have_the_same_name() -> None:
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)


FOUND = (
    ("/broadcast", "/broadcast", ""),
    ("/Broadcast NEW Spring  sale", "/broadcast new", "Spring  sale"),
    ("/broadcast 12", "/broadcast", "12"),
    ("/broadcast Spring sale", "/broadcast", "Spring sale"),
)


@pytest.mark.parametrize(("typed", "name", "rest"), FOUND)
def test_the_longest_name_wins_and_the_rest_is_left(typed: str, name: str, rest: str) -> None:
    command, left = find(typed)
    assert command is not None
    assert (command.name, left) == (name, rest)


@pytest.mark.parametrize("capabilities", [MESSENGER, make_account().capabilities], ids=["messenger", "wechat"])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_help_fits_one_message_on_every_platform(capabilities: Capabilities, language: str) -> None:
    """The second message of an answer may not be shown at once where answers ride on the webhook's response."""
    asked = turn(role="owner", language=language, texts=texts(language))
    assert len(outgoing(run(asked, Memory(), "/help").says, "anna", capabilities)) == 1


TYPOS = (("/brodcast", "/broadcast"), ("/admin lst", "/admin list"), ("/timezon", "/timezone"))


@pytest.mark.parametrize(("typed", "meant"), TYPOS)
def test_a_typo_is_answered_with_the_nearest_command(typed: str, meant: str) -> None:
    said = unknown(turn(), typed)
    assert [choice.value for choice in said.choices] == [meant]


def test_a_command_one_may_not_say_is_not_suggested() -> None:
    assert unknown(turn(role="writer"), "/admin invit").choices[0].value != "/admin invite"


@pytest.mark.parametrize("status", list(BroadcastStatus))
def test_every_status_offers_a_next_move_that_its_life_allows(status: BroadcastStatus) -> None:
    assert MOVES[status]
    if "pause" in MOVES[status]:
        assert BroadcastStatus.PAUSED in BROADCAST_MOVES[status]
    if "cancel" in MOVES[status]:
        assert BroadcastStatus.CANCELLED in BROADCAST_MOVES[status]


ROOM_FOR_TWO_MORE = 120
"""What two commands and their help may take, in characters or bytes."""


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_whole_help_fits_one_message_of_every_platform_with_room_to_grow(clock, language: str) -> None:
    (said,) = run(turn(role="owner", language=language, texts=texts(language)), Memory(), "/help").says
    assert isinstance(said, Say)
    longer = replace(said, text=said.text + "-" * ROOM_FOR_TWO_MORE)
    for capabilities in (MESSENGER, make_account(clock=clock).capabilities):
        assert len(outgoing((longer,), "anna", capabilities)) == 1
