"""Followers as the user endpoints tell of them."""

from typing import Any

from handlers.simulator.wechat_config import WeChatConfig
from handlers.simulator.wechat_errors import WeChatError
from handlers.simulator.wechat_people import Followers
from handlers.simulator.wechat_tags import Tags

Json = dict[str, Any]

# /doc/service/api/usermanage/...
BATCH_MOST = 100
REMARK_BYTES = 30  # "less than"


class Users:
    """`user/*` of one account."""

    def __init__(self, config: WeChatConfig, people: Followers, tags: Tags) -> None:
        self._config, self._people, self._tags = config, people, tags

    def page(self, body: Json, _now_ms: int) -> Json:
        """Answer `user/get`: the followers after `next_openid`; an empty page has no `data` and ends the list."""
        after = body.get("next_openid")
        first = self._people.find(after) + 1 if after else 0
        openids = [self._people.openid(number) for number in self._people.page(first, self._config.page_of_followers)]
        told: Json = {"total": self._people.subscribed, "count": len(openids)}
        if openids:
            told["data"] = {"openid": openids}
        return {**told, "next_openid": openids[-1] if openids else ""}

    def info(self, body: Json, _now_ms: int) -> Json:
        """Answer `user/info`."""
        return self._info(body.get("openid"))

    def infos(self, body: Json, _now_ms: int) -> Json:
        """Answer `user/info/batchget`, up to 100 at a time."""
        wanted = body.get("user_list")
        if not isinstance(wanted, list) or not wanted or not all(isinstance(one, dict) for one in wanted):
            raise WeChatError(40031)
        if len(wanted) > BATCH_MOST:
            raise WeChatError(40032)
        return {"user_info_list": [self._info(one.get("openid")) for one in wanted]}

    def remark(self, body: Json, _now_ms: int) -> Json:
        """Answer `user/info/updateremark`."""
        number, remark = self._people.find(body.get("openid")), str(body.get("remark", ""))
        if len(remark.encode()) >= REMARK_BYTES:
            raise WeChatError(40092)
        self._people.remarks[number] = remark
        return {}

    def _info(self, openid: object) -> Json:
        number = self._people.find(openid)
        return self._people.info(number, self._tags.of(number))
