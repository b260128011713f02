"""Stop and start, in every language we speak: heard before anything else, in any state."""

from handlers.events import ButtonPressed, Event, MessageReceived
from storage.lifecycle import Consent

STOP_WORDS = frozenset({"stop", "stop messages", "unsubscribe", "退订", "取消订阅", "停止"})
START_WORDS = frozenset({"start", "subscribe", "订阅", "恢复订阅"})


def wish(event: Event) -> Consent | None:
    """Return what the person wants, when this event says so and nothing else."""
    match event:
        case MessageReceived(text=text, payload=payload):
            said = payload or text
        case ButtonPressed(payload=payload):
            said = payload
        case _:
            return None
    word = said.strip().strip(".!。！").casefold()
    if word in STOP_WORDS:
        return Consent.OPTED_OUT
    if word in START_WORDS:
        return Consent.SUBSCRIBED
    return None
