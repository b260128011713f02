import pytest

from bot.conversation.edits import Also, Edit, TemplateOrder, read_also, read_edit, read_template, read_way_out

ORDERS = (
    ("remove 2", Edit("remove", 2)),
    ("Delete #3", Edit("remove", 3)),
    ("删除2", Edit("remove", 2)),
    ("edit 2", Edit("replace", 2)),
    ("replace 1", Edit("replace", 1)),
    ("move 2  UP", Edit("up", 2)),
    ("下移 1", Edit("down", 1)),
    ("remove 2.1", Edit("remove", 2, 1)),
    ("move 3 to 1", Edit("to", 3, to=1)),
    ("把 3 移到 1", Edit("to", 3, to=1)),
    ("duplicate 2", Edit("copy", 2)),
    ("复制2.3", Edit("copy", 2, 3)),
    ("button 2.1", Edit("button", 2, 1)),
    ("按钮2", Edit("button", 2)),
    ("remove buttons 2", Edit("bare", 2)),
    ("删除按钮 2", Edit("bare", 2)),
)


@pytest.mark.parametrize(("typed", "order"), ORDERS)
def test_an_order_is_read(typed: str, order: Edit) -> None:
    assert read_edit(typed) == order


@pytest.mark.parametrize("typed", ["remove", "remove 2 items", "move 2", "edit 123", "please remove 2", ""])
def test_anything_else_is_content(typed: str) -> None:
    assert read_edit(typed) is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("way out: No more  news", "No more news"),
        ("Way out：", ""),
        ("退订方式：回复 退订", "回复 退订"),
        ("the way out: no", None),
        ("way out", None),
    ],
)
def test_a_new_wording_of_the_way_out_is_read(typed: str, words: str | None) -> None:
    assert read_way_out(typed) == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("also on shop", Also("shop", wanted=True)),
        (" Also on  our  Shop ", Also("our Shop", wanted=True)),
        ("not on shop", Also("shop", wanted=False)),
        ("同时发到shop", Also("shop", wanted=True)),
        ("不发到 商店", Also("商店", wanted=False)),
        ("also on", None),
        ("also", None),
        ("we are also on Instagram", None),
    ],
)
def test_a_further_channel_is_named_in_either_language(text: str, expected: Also | None) -> None:
    assert read_also(text) == expected


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("template order_update", TemplateOrder("order_update")),
        ("Template  order_update  zh_CN ", TemplateOrder("order_update", "zh_CN")),
        ("模板 order_update en", TemplateOrder("order_update", "en")),
        ("模板order_update", TemplateOrder("order_update")),
        ("template", TemplateOrder()),
        ("templates", TemplateOrder()),
        ("模板", TemplateOrder()),
        ("模板列表", TemplateOrder()),
        ("template off", TemplateOrder(off=True)),
        ("模板 不用", TemplateOrder(off=True)),
        ("template of the week", None),
        ("our template", None),
        ("模板在这里", None),
        ("", None),
    ],
)
def test_an_order_about_the_template_is_read(typed: str, order: TemplateOrder | None) -> None:
    assert read_template(typed) == order
