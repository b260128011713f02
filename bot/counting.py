"""Answers counts that took too long for the webhook, in a thread of its own in each worker.

Not among the engine's chores: a count of some seconds must not delay a broadcast that is due.
"""

import time

import peewee as pw
import structlog
from babel.numbers import format_decimal

from bot.builder.who import say_who_in
from bot.texts import known, texts
from bot.wiring import Runtime
from broadcast.audience.problems import FilterProblem
from handlers.content import Outgoing, Text
from storage import admins, counts, outbox
from storage.database import transaction
from storage.models import CountAsked

LOOK_EVERY_SECONDS = 1.0
_log = structlog.get_logger()


def serve(runtime: Runtime) -> None:
    """Look for questions and answer them, for ever; the database may be away for a while."""
    while True:
        try:
            answer(runtime)
        except pw.DatabaseError as error:
            _log.warning("counting_waits", error=str(error))
        time.sleep(LOOK_EVERY_SECONDS)


def answer(runtime: Runtime) -> None:
    """Count what was asked, and put each answer into its admin's outbox."""
    channels = {channel.id: channel for channel in runtime.channels.values()}
    for question in counts.asked([*channels]):
        words = _answer(runtime, question)
        with transaction():
            # Two workers may have counted; the one that closes the question answers it.
            if counts.close(question) and words:
                person = question.platform_user_id
                payload = Outgoing(to=person, message=Text(text=words)).model_dump(mode="json")
                outbox.add(question.channel_id, person, payload, runtime.now())


def _answer(runtime: Runtime, question: CountAsked) -> str:
    channel = next(one for one in runtime.channels.values() if one.id == question.channel_id)
    desk = runtime.desk(channel)
    admin = admins.find(channel.id, question.platform_user_id)
    if admin is None:
        return ""
    language = known(admin.language or runtime.settings.clarion.language)
    catalogue = texts(language)
    try:
        count = desk.count(question.audience)
    except FilterProblem as problem:
        return problem.sentence(catalogue)
    message = catalogue.ngettext("Counted: {who}. {n} person matches.", "Counted: {who}. {n} people match.", count)
    shown = format_decimal(count, locale=language)
    return message.format(who=say_who_in(question.audience, desk, catalogue), n=shown)
