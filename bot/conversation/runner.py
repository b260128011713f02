"""Runs an admin's conversation: load, step, save over the version that was read, and turn the answers into messages.

Called inside the transaction of the webhook; what is returned goes into the outbox in that same transaction.
"""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.conversation.machine import step
from bot.conversation.reply import outgoing
from bot.conversation.turn import Say, Turn
from bot.flows.load import NO_FLOWS, Flows
from bot.texts import known, texts
from broadcast.service import Desk
from handlers.content import Outgoing
from handlers.events import ButtonPressed, Event, MessageReceived
from storage import conversations
from storage.conversations import Overtaken
from storage.database import transaction
from storage.models import Admin

TRIES = 4
"""How often a message is taken again when another message of the same person was quicker."""


def converse(
    desk: Desk,
    admin: Admin,
    event: Event,
    now: datetime,
    language: str = "",
    flows: Flows = NO_FLOWS,
    *,
    unwanted: bool = False,
) -> tuple[Outgoing, ...]:
    """Answer what an admin wrote or tapped; nothing when it was not meant for the conversation.

    `language` is what an admin is spoken to in who has not chosen one, `flows` are those of the flow files.
    `unwanted`: nobody wanted it so far, this conversation among them; a word of the builder is answered even so.
    """
    turn = _turn(desk, admin, event, now, known(admin.language or language))
    if turn is None:
        return ()
    turn = replace(turn, flows=flows, unwanted=unwanted)
    for _ in range(TRIES):
        state, data, version = conversations.load(desk.channel_id, turn.person)
        try:
            with transaction():
                done = step(state, data, turn)
                if done.answers:
                    conversations.save(desk.channel_id, turn.person, done.state, done.data, version, now)
        except Overtaken:
            continue
        return outgoing(done.answers, turn.person, desk.platform.capabilities)
    busy = Say(turn.say("Your messages came faster than I could read. Please send the last one again."))
    return outgoing((busy,), turn.person, desk.platform.capabilities)


def _turn(desk: Desk, admin: Admin, event: Event, now: datetime, language: str) -> Turn | None:
    turn = Turn(
        desk=desk,
        person=admin.platform_user_id,
        role=admin.role,
        admin_id=admin.id,
        language=language,
        zone=ZoneInfo(admin.timezone) if admin.timezone else desk.zone,
        texts=texts(language),
        now=now,
    )
    match event:
        case MessageReceived():
            text = event.text
            if event.command and not text.startswith("/"):
                text = f"/{event.command} {text}".strip()
            return replace(
                turn, text=text, payload=event.payload, images=event.image_urls, other=event.other_attachments
            )
        case ButtonPressed():
            return replace(turn, text=event.title, payload=event.payload)
        case _:
            return None
