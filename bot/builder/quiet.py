"""What the review card says of quiet hours."""

from bot.conversation.turn import Turn
from broadcast.draft import Draft


def say_quiet(turn: Turn, draft: Draft) -> list[str]:
    """Return a line about those who would get it only when their quiet hours end; none where there are none."""
    people = turn.desk.disturbed(draft)
    if not people:
        return []
    return [
        turn.plural(
            "{n} of these has quiet hours ({hours}) then, and gets it when they end.",
            "{n} of these have quiet hours ({hours}) then, and get it when they end.",
            people,
            hours=str(turn.desk.quiet),
        )
    ]
