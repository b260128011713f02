"""Writes docs/conversations.md from the conversations the tests play: `python -m tests.scenarios.document`."""

from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "conversations.md"

INTRODUCTION = """# Conversations

What an admin and Clarion say to each other, as the tests play it: each conversation here is a file below
`tests/scenarios/`, word for word. This page is made from them by `python -m tests.scenarios.document`.

`anna>` is what an admin types, `[Send to 3]` a button that is tapped, `bot>` one message in answer. Lines that begin
with `   |` belong to the same message, and what stands in brackets under it can be tapped. On WeChat choices are
numbered, and the number, the words, or the same in English can be typed; on Messenger too. `bot to ben>` is a message
to somebody else, and a line with `--` is something that is so, or happens.
"""

CONVERSATIONS = (
    ("A first broadcast", "messenger/en/first_broadcast_ever"),
    ("A first broadcast, on WeChat and in Chinese", "wechat/zh/first_broadcast_ever"),
    ("A typo in the time", "messenger/en/typo_in_the_time"),
    ("A change of mind at the review", "wechat/en/change_of_mind"),
    ("Resumed the next day", "messenger/en/resumed_next_day"),
    ("Last month's once more", "wechat/zh/clone_of_last_month"),
    ("The wrong audience, noticed by the count", "messenger/en/wrong_audience"),
    ("No quota left", "wechat/en/no_quota_left"),
    ("The second person refuses", "messenger/en/second_approver_refuses"),
    ("The second person refuses, on WeChat and in Chinese", "wechat/zh/second_approver_refuses"),
    ("A picture too large", "messenger/zh/picture_too_large"),
    ("Undo at the last second", "messenger/en/undo_at_the_last_second"),
    ("A few people first", "canary"),
    ("Cards, carousels and buttons", "cards"),
    ("Articles on WeChat", "articles"),
    ("Outside Messenger's window, by template", "templates"),
    ("What came of it, and once more to those it did not reach", "report"),
    ("The report as a picture", "report_picture"),
    ("Where people leave a flow", "flows"),
    ("Practice", "practice"),
)
"""Title and file of each conversation shown, in order."""


def page() -> str:
    """Return the whole page."""
    parts = [INTRODUCTION]
    for title, name in CONVERSATIONS:
        first, _, chat = (HERE / f"{name}.chat").read_text("utf-8").partition("\n")
        parts.append(f"## {title}\n\n{first.removeprefix('# ')}\n\n```chat\n{chat.rstrip()}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
