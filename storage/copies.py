"""Second copies: what shows that somebody was sent the same message twice after all."""

from collections.abc import Collection

from storage.database import execute


def second_copies(broadcast_id: int, accepted: Collection[tuple[int, int, str]]) -> int:
    """Count the platform's words, (subscriber id, step, message id), that the ledger has another message id for.

    Asked after they were recorded: a first word is in the ledger by then, and hearing it again is no second copy.
    """
    people = sorted({person for person, _, _ in accepted})
    rows = execute(
        "SELECT subscriber_id, message_ids FROM recipients"
        f" WHERE broadcast_id = ? AND subscriber_id IN ({', '.join('?' * len(people))})",
        (broadcast_id, *people),
    )
    known = {person: message_ids.split(" ") for person, message_ids in rows if message_ids}
    return sum(
        step < len(known.get(person, ())) and message_id not in known[person] for person, step, message_id in accepted
    )
