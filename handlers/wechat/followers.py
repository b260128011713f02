"""Who follows the account, and the little that WeChat tells about them: no names, no language, no place.

Source: /doc/service/api/usermanage/userinfo/, checked 2026-11-23.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from handlers.many import Follower, FollowerPage
from handlers.wechat.answer import told, whole_number
from handlers.wechat.client import AccountClient

PROFILES_MOST = 100  # people in one call; a page of the list has up to 10,000


def pages(client: AccountClient, after: str = "") -> Iterator[FollowerPage]:
    """Yield the list of followers from behind `after`. Raises `PlatformError`: go on from the last page's `after`."""
    while True:
        page = _page(told(client.call("user/get", method="get", parameters={"next_openid": after})))
        if page.after == after:
            page = FollowerPage(page.people, "", page.total)  # a list that does not move would never end
        yield page
        if not page.after:
            return
        after = page.after


def profiles(client: AccountClient, people: Sequence[str]) -> Iterator[Follower]:
    """Yield what is told about `people`, a hundred a call. Raises `PlatformError`."""
    for start in range(0, len(people), PROFILES_MOST):
        asked = [{"openid": person, "lang": "zh_CN"} for person in people[start : start + PROFILES_MOST]]
        found = told(client.call("user/info/batchget", {"user_list": asked})).get("user_info_list")
        for info in found if isinstance(found, list) else []:
            if isinstance(info, dict) and isinstance(info.get("openid"), str):
                yield _follower(info)


def _page(answer: dict[str, Any]) -> FollowerPage:
    """Read a page; `data` is missing on one without people, and then there is no next one."""
    data = answer.get("data")
    found = data.get("openid") if isinstance(data, dict) else None
    people = tuple(person for person in found if isinstance(person, str)) if isinstance(found, list) else ()
    after = answer.get("next_openid")
    return FollowerPage(people, after if people and isinstance(after, str) else "", whole_number(answer.get("total")))


def _follower(info: dict[str, Any]) -> Follower:
    tags = info.get("tagid_list")
    since = whole_number(info.get("subscribe_time"))
    scene = info.get("qr_scene_str") or whole_number(info.get("qr_scene")) or ""
    return Follower(
        person=info["openid"],
        follows=whole_number(info.get("subscribe")) == 1,
        since=datetime.fromtimestamp(since, UTC) if 0 < since < 1 << 33 else None,
        how=str(info.get("subscribe_scene") or ""),
        ref=str(scene),
        remark=str(info.get("remark") or ""),
        tags=tuple(tag for tag in tags if isinstance(tag, int)) if isinstance(tags, list) else (),
    )
