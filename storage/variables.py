"""The variables there are on a channel, each of one kind for good: a filter must know what it compares."""

from collections.abc import Mapping

from storage.models import Variable

KINDS = ("text", "number", "yes/no", "date")


def kinds(channel_id: int) -> Mapping[str, str]:
    """Return name → kind of a channel's variables, in alphabetical order."""
    rows = Variable.select().where(Variable.channel == channel_id).order_by(Variable.name)
    return {row.name: row.kind for row in rows}


def declare(channel_id: int, name: str, kind: str, label: str = "") -> str:
    """Make a variable known; return its kind, which is the earlier one when it was known already."""
    Variable.insert(channel=channel_id, name=name, kind=kind, label=label).on_conflict_ignore().execute()
    return str(Variable.get((Variable.channel == channel_id) & (Variable.name == name)).kind)
