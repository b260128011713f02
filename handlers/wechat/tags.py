"""Tags: how a subscription account reaches people it may not name.

Source: /doc/service/api/usermanage/tag/, checked 2026-11-23.
"""

from collections.abc import Sequence

from handlers.contract import PlatformError
from handlers.wechat.answer import told, whole_number
from handlers.wechat.client import AccountClient
from handlers.wechat.failures import NO_ANSWER, PARTLY_TAGGED

MOST = 50  # people in one call
TRIES = 3  # of those that failed in a call that went well for others


def create(client: AccountClient, name: str) -> int:
    """Make a tag and return its id. Raises `PlatformError`."""
    tag = told(client.call("tags/create", {"tag": {"name": name}})).get("tag")
    number = whole_number(tag.get("id")) if isinstance(tag, dict) else 0
    if not number:
        raise PlatformError(NO_ANSWER.sentence, NO_ANSWER)
    return number


def add(client: AccountClient, tag: int, people: Sequence[str]) -> tuple[str, ...]:
    """Give at most `MOST` people a tag and return those for whom it failed. Raises `PlatformError`.

    Doing it twice changes nothing, so the whole call may be repeated after an error.
    """
    if len(people) > MOST:
        raise ValueError(f"At most {MOST} people are tagged at once.")
    left = tuple(people)
    for _ in range(TRIES):
        if not left:
            break
        body = {"openid_list": list(left), "tagid": tag}
        answer = told(client.call("tags/members/batchtagging", body, taken=frozenset({PARTLY_TAGGED})))
        failed = answer.get("fail_openid_list") if answer.get("errcode") else None
        left = tuple(person for person in left if isinstance(failed, list) and person in failed)
    return left


def take(client: AccountClient, tag: int, people: Sequence[str]) -> None:
    """Take a tag from at most `MOST` people. Raises `PlatformError`, also when some of them kept it."""
    if len(people) > MOST:
        raise ValueError(f"At most {MOST} people are untagged at once.")
    told(client.call("tags/members/batchuntagging", {"openid_list": list(people), "tagid": tag}))


def delete(client: AccountClient, tag: int) -> None:
    """Delete a tag. Raises `PlatformError`."""
    told(client.call("tags/delete", {"tag": {"id": tag}}))
