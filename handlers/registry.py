"""The platforms that exist, by the name a channel's configuration uses."""

from collections.abc import Callable, Mapping

from handlers.contract import Platform
from handlers.messenger.platform import Messenger
from handlers.wechat.platform import WeChat

PLATFORMS: Mapping[str, Callable[..., Platform]] = {"messenger": Messenger, "wechat": WeChat}
