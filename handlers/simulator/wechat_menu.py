"""The custom menu below the chat."""

from typing import Any

from handlers.simulator.wechat_errors import WeChatError

Json = dict[str, Any]

# /doc/service/api/custommenu/api_createcustommenu: sizes in bytes.
BUTTONS_MOST, SUB_BUTTONS_MOST = 3, 5
NAME_BYTES, SUB_NAME_BYTES = 16, 60
KEY_BYTES, URL_BYTES = 128, 1024
TYPES = frozenset(
    {
        "click",
        "view",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
        "media_id",
        "article_id",
        "article_view_limited",
        "miniprogram",
    }
)
_KEYLESS = frozenset({"view", "miniprogram", "media_id", "article_id", "article_view_limited"})

# The codes of the first level and of the second: type, name size, key size, url size.
_CODES = ((40017, 40018, 40019, 40020), (40024, 40025, 40026, 40027))


class Menu:
    """The menu of one account."""

    def __init__(self) -> None:
        self.buttons: list[Json] = []

    def create(self, body: Json, _now_ms: int) -> Json:
        """Answer `menu/create`."""
        buttons = body.get("button")
        if not isinstance(buttons, list) or not 1 <= len(buttons) <= BUTTONS_MOST:
            raise WeChatError(40016)
        for button in buttons:
            self._check(button, level=0)
        self.buttons = buttons
        return {}

    def _check(self, button: object, level: int) -> None:
        wrong_type, wrong_name, wrong_key, wrong_url = _CODES[level]
        if not isinstance(button, dict):
            raise WeChatError(47001)
        most = SUB_NAME_BYTES if level else NAME_BYTES
        if not 1 <= len(str(button.get("name", "")).encode()) <= most:
            raise WeChatError(wrong_name)
        below = button.get("sub_button")
        if below and level == 0:
            if not isinstance(below, list) or len(below) > SUB_BUTTONS_MOST:
                raise WeChatError(40023)
            for one in below:
                self._check(one, level=1)
            return
        if button.get("type") not in TYPES:
            raise WeChatError(wrong_type)
        key, url = str(button.get("key", "")).encode(), str(button.get("url", "")).encode()
        if len(key) > KEY_BYTES or (button["type"] not in _KEYLESS and not key):
            raise WeChatError(wrong_key)
        if len(url) > URL_BYTES or (button["type"] == "view" and not url):
            raise WeChatError(wrong_url)
