"""Customer-service messages: one message to one person, while their allowance lasts."""

from typing import Any

from handlers.simulator.stream import Stream
from handlers.simulator.wechat_config import WeChatConfig
from handlers.simulator.wechat_content import Scene, custom_content
from handlers.simulator.wechat_errors import WeChatError
from handlers.simulator.wechat_people import STATES
from handlers.simulator.wechat_world import World

Json = dict[str, Any]

TYPING_AFTER_MS = 30 * 1000  # the last exchange may be this old


class Custom:
    """`message/custom/send` and `message/custom/typing` of one account."""

    def __init__(self, config: WeChatConfig, world: World, stream: Stream) -> None:
        self._config, self._world, self._stream = config, world, stream
        self._typing: set[int] = set()

    def send(self, body: Json, now_ms: int) -> Json:
        """Send, or raise `WeChatError` as the platform refuses.

        Who has unfollowed is refused with 43004 while an allowance of theirs lasts, and with 45015 after.
        """
        world, openid = self._world, body.get("touser")
        number = world.people.find(openid)
        if struck := world.faults.draw("send", str(openid)).get("send_refused"):
            raise WeChatError(int(struck["code"]))
        content = custom_content(Scene(self._config, world.media, world.drafts, now_ms), body)
        for state in world.people.states(number):
            raise WeChatError(STATES[state])
        if not world.people.follows(number) and world.windows.is_open(number, now_ms):
            raise WeChatError(43004)
        world.windows.check(number, now_ms).left -= 1
        self._typing.discard(number)
        world.exchanged[number] = now_ms
        shown = world.record.count_custom(number, content.shown, now_ms)
        self._stream.tell("message", shown.as_json(str(openid)))
        return {}

    def typing(self, body: Json, now_ms: int) -> Json:
        """Show or end the three dots; within 30 s of an exchange (45080), and not twice (45081)."""
        number, command = self._world.people.find(body.get("touser")), body.get("command")
        if command not in {"Typing", "CancelTyping"}:
            raise WeChatError(40035)
        if command == "CancelTyping":
            self._typing.discard(number)
            return {}
        if now_ms - self._world.exchanged.get(number, -TYPING_AFTER_MS - 1) > TYPING_AFTER_MS:
            raise WeChatError(45080)
        if number in self._typing:
            raise WeChatError(45081)
        self._typing.add(number)
        return {}
