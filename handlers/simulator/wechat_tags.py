"""The tags of one account and who carries them."""

from typing import Any

from handlers.simulator.faults import FaultBoard
from handlers.simulator.wechat_errors import WeChatError
from handlers.simulator.wechat_people import Followers

Json = dict[str, Any]

# /doc/service/api/usermanage/tag/api_gettags, api_batchtagging, api_gettagfans.
NAME_MOST = 30
TAGS_MOST = 100
PER_CALL_MOST = 50
PER_PERSON_MOST = 20
DELETABLE_MOST = 100_000  # fans
RESERVED = (0, 1, 2)
FIRST_OWN = 100
PAGE = 10_000  # of user/tag/get; not documented


class Tags:
    """All tags. The platform's own, 0 to 2, cannot be changed; of them only the starred group is listed."""

    def __init__(self, people: Followers, faults: FaultBoard) -> None:
        self._people, self._faults = people, faults
        self._names: dict[int, str] = {2: "星标组"}
        self._members: dict[int, set[int]] = {2: set()}
        self._next = FIRST_OWN

    def members(self, tag: object) -> set[int]:
        """Return who carries a tag; a number or its digits. Raises `WeChatError` 40152."""
        return self._members[self._id(tag, 40152)]

    def of(self, number: int) -> list[int]:
        """Return the tags of one person."""
        return [tag for tag, members in self._members.items() if number in members]

    def forget(self, number: int) -> None:
        """Take all tags from somebody who has unfollowed."""
        for members in self._members.values():
            members.discard(number)

    def create(self, body: Json, _now_ms: int) -> Json:
        """Answer `tags/create`."""
        name = self._name(body)
        if len(self._names) - 1 >= TAGS_MOST:
            raise WeChatError(45056)
        tag, self._next = self._next, self._next + 1
        self._names[tag], self._members[tag] = name, set()
        return {"tag": {"id": tag, "name": name}}

    def all(self, _body: Json, _now_ms: int) -> Json:
        """Answer `tags/get`."""
        return {
            "tags": [{"id": tag, "name": name, "count": len(self._members[tag])} for tag, name in self._names.items()]
        }

    def update(self, body: Json, _now_ms: int) -> Json:
        """Answer `tags/update`."""
        tag = self._changeable(body)
        self._names[tag] = self._name(body)
        return {}

    def delete(self, body: Json, _now_ms: int) -> Json:
        """Answer `tags/delete`."""
        tag = self._changeable(body)
        if len(self._members[tag]) > DELETABLE_MOST:
            raise WeChatError(45057)
        del self._names[tag], self._members[tag]
        return {}

    def tag(self, body: Json, _now_ms: int) -> Json:
        """Answer `tags/members/batchtagging`. Raises `WeChatError` 45171 with `fail_openid_list` for a part."""
        members, openids = self._members[self._id(body.get("tagid"), 45159)], self._openids(body)
        numbers = [self._people.find(openid) for openid in openids]
        if any(len(self.of(number)) >= PER_PERSON_MOST for number in numbers):
            raise WeChatError(45059)
        struck = self._faults.draw("tagging").get("tagging_partial")
        failed = int(len(numbers) * struck["share"] + 0.5) if struck else 0
        members.update(number for number in numbers[failed:] if self._people.follows(number))
        if failed:
            raise WeChatError(45171, fail_openid_list=openids[:failed])
        return {}

    def untag(self, body: Json, _now_ms: int) -> Json:
        """Answer `tags/members/batchuntagging`."""
        members = self._members[self._id(body.get("tagid"), 45159)]
        members.difference_update([self._people.find(openid) for openid in self._openids(body)])
        return {}

    def of_person(self, body: Json, _now_ms: int) -> Json:
        """Answer `tags/getidlist`."""
        return {"tagid_list": self.of(self._people.find(body.get("openid")))}

    def fans(self, body: Json, _now_ms: int) -> Json:
        """Answer `user/tag/get`: a page of those who carry a tag, after `next_openid`."""
        members = self._members[self._id(body.get("tagid"), 40152)]
        after = self._people.find(body["next_openid"]) if body.get("next_openid") else -1
        page = sorted(number for number in members if number > after)[:PAGE]
        if not page:
            return {"count": 0, "next_openid": ""}
        openids = [self._people.openid(number) for number in page]
        return {"count": len(openids), "data": {"openid": openids}, "next_openid": openids[-1]}

    def _id(self, tag: object, wrong: int) -> int:
        text = str(tag)
        if not text.isdecimal() or int(text) not in self._names:
            raise WeChatError(wrong)
        return int(text)

    def _changeable(self, body: Json) -> int:
        tag = (body.get("tag") or {}).get("id")
        if tag in RESERVED:
            raise WeChatError(45058)
        return self._id(tag, 45159)

    def _name(self, body: Json) -> str:
        name = (body.get("tag") or {}).get("name")
        if not isinstance(name, str) or not name or len(name) > NAME_MOST:
            raise WeChatError(45158)
        if name in self._names.values():
            raise WeChatError(45157)
        return name

    @staticmethod
    def _openids(body: Json) -> list[str]:
        openids = body.get("openid_list")
        if not isinstance(openids, list) or not openids:
            raise WeChatError(40031)
        if len(openids) > PER_CALL_MOST:
            raise WeChatError(40032)
        if not all(isinstance(openid, str) for openid in openids):
            raise WeChatError(40031)
        return openids
