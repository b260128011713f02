"""The names a filter may speak of: the broadcasts there are on a channel, and the flows people have been in."""

from storage.database import execute


def broadcasts(channel_id: int) -> list[str]:
    """Return the names of a channel's broadcasts, the newest first, drafts and cancelled ones included."""
    rows = execute("SELECT name FROM broadcasts WHERE channel_id = ? ORDER BY id DESC", (channel_id,))
    return list(dict.fromkeys(row[0] for row in rows))


def flows(channel_id: int) -> list[str]:
    """Return the names of the flows somebody has been in, in alphabetical order; a host's own are among them.

    The index is skipped through from name to name: there may be millions of runs, and a handful of names.
    """
    rows = execute(
        "WITH RECURSIVE names (flow) AS (SELECT min(flow) FROM flow_runs WHERE channel_id = ?"
        " UNION ALL SELECT (SELECT min(f.flow) FROM flow_runs f WHERE f.channel_id = ? AND f.flow > names.flow)"
        " FROM names WHERE names.flow IS NOT NULL) SELECT flow FROM names WHERE flow IS NOT NULL",
        (channel_id, channel_id),
    )
    return [row[0] for row in rows]
