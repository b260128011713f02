import pytest

from bot.conversation.edits import Edit, read_edit

ORDERS = (
    ("remove 2", Edit("remove", 2)),
    ("Delete #3", Edit("remove", 3)),
    ("删除2", Edit("remove", 2)),
    ("edit 2", Edit("replace", 2)),
    ("replace 1", Edit("replace", 1)),
    ("move 2  UP", Edit("up", 2)),
    ("下移 1", Edit("down", 1)),
)


@pytest.mark.parametrize(("typed", "order"), ORDERS)
def test_an_order_is_read(typed: str, order: Edit) -> None:
    assert read_edit(typed) == order


@pytest.mark.parametrize("typed", ["remove", "remove 2 items", "move 2", "edit 123", "please remove 2", ""])
def test_anything_else_is_content(typed: str) -> None:
    assert read_edit(typed) is None
