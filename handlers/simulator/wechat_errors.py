"""The refusals of api.weixin.qq.com: a code, its English words, and the `rid` that comes with them."""

import secrets
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

# Codes: return code page of the Official Account documentation (2026-10). The words of 40001, 40164, 45009,
# 45015, 45028, 45047, 45065 and 45066 are as seen on the wire; the others follow the official list, and a client
# must not lean on any of them.
ERRORS: Mapping[int, str] = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest, could get access_token by "
    "getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40005: "invalid file type",
    40007: "invalid media_id",
    40008: "invalid message type",
    40009: "invalid image size",
    40013: "invalid appid",
    40014: "invalid access_token",
    40016: "invalid button size",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button size",
    40024: "invalid sub button type",
    40025: "invalid sub button name size",
    40026: "invalid sub button key size",
    40027: "invalid sub button url size",
    40031: "invalid openid list",
    40032: "invalid openid list size",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    40035: "invalid parameter",
    40059: "invalid msg id",
    40060: "invalid article idx",
    40066: "invalid url",
    40092: "invalid remark size",
    40125: "invalid appsecret",
    40130: "invalid openid list size, at least two openid",
    40152: "invalid tag_id",
    40164: "invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist",
    40200: "invalid account type",
    40204: "this message cannot be deleted",
    40215: "invalid images",
    40243: "appsecret is frozen",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41005: "media data missing",
    42001: "access_token expired",
    43001: "require GET method",
    43002: "require POST method",
    43004: "require subscribe",
    43019: "require remove blacklist",
    44002: "empty post data",
    44004: "empty content",
    45001: "media size out of limit",
    45002: "content size out of limit",
    45003: "title size out of limit",
    45004: "description size out of limit",
    45005: "url size out of limit",
    45008: "article size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45028: "has no masssend quota",
    45047: "out of response count limit",
    45056: "too many tags",
    45057: "can not delete a tag with more than 100000 fans",
    45058: "can not modify sys tag",
    45059: "can not tag more than 20 tags on a user",
    45065: "clientmsgid exist",
    45066: "same clientmsgid retry too fast",
    45067: "clientmsgid size out of limit",
    45080: "no message exchanged recently",
    45081: "already in typing state",
    45083: "masssend speed out of range",
    45098: "menu list too long",
    45099: "menu item too long",
    45110: "author size out of limit",
    45113: "cards and goods can no longer be sent",
    45157: "tag name exists",
    45158: "invalid tag name",
    45159: "invalid tag",
    45171: "some openid failed",
    47001: "data format error",
    48001: "api unauthorized",
    48002: "user block receive message",
    48006: "forbid to clear quota because of reaching the limit",
    50002: "user limited",
    53600: "invalid article_id",
    70000: "user is under minor protection",
    76021: "cgi_path not found",
    76022: "could not use this cgi_path, no permission",
    89504: "request to the administrator is still in approval",
    89505: "approval of the administrator has been requested",
}


class WeChatError(Exception):
    """A refusal on its way to the caller. `more` are further members of its body, such as 45065's `msg_id`."""

    def __init__(self, code: int, message: str = "", **more: Any) -> None:
        self.code = code
        self.message = message or ERRORS.get(code, "refused")
        self.more = more
        super().__init__(f"{code} {self.message}")

    def body(self, now_ms: int) -> Json:
        """Return `{"errcode", "errmsg"}`; the words end in a `rid` of three times eight hex digits."""
        rid = f"{now_ms // 1000:08x}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
        return {"errcode": self.code, "errmsg": f"{self.message} rid: {rid}", **self.more}


class Nobody(WeChatError):
    """40003: no follower, present or past, has this OpenID."""

    def __init__(self) -> None:
        super().__init__(40003)
