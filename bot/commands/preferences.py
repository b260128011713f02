"""Commands about oneself: the time zone and the language one is spoken to in."""

from dataclasses import replace

from bot.commands.command import Command, answered
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from bot.texts import LANGUAGES, N_, find_language, texts
from broadcast.when.zones import find_zone, zone_name
from handlers.content import Choice
from handlers.contract import Problem
from storage import admins


def _timezone(turn: Turn, memory: Memory, rest: str) -> Did:
    if not rest:
        text = turn.say("Your times are in {zone}. To change that: /timezone Berlin", zone=zone_name(turn.zone))
        return answered(memory, Say(text))
    zone = find_zone(rest)
    if isinstance(zone, Problem):
        return answered(memory, Say(turn.problem(zone)))
    admins.prefer(turn.admin_id, timezone=zone.key)
    there = replace(turn, zone=zone)
    now = there.clock(turn.now)
    text = turn.say("Your times are in {zone} now; it is {clock} there.", zone=zone_name(zone), clock=now)
    return replace(answered(memory, Say(text)), turn=there)


def _language(turn: Turn, memory: Memory, rest: str) -> Did:
    language = find_language(rest)
    if language is None:
        choices = tuple(Choice(title=own, value=f"/language {code}") for code, own in LANGUAGES.items())
        return answered(memory, Say(turn.say("Which language shall I speak?"), choices))
    admins.prefer(turn.admin_id, language=language)
    spoken = replace(turn, language=language, texts=texts(language))
    return replace(answered(memory, Say(spoken.say("From now on I speak English with you."))), turn=spoken)


COMMANDS = (
    Command("/timezone", N_("The time zone you read and write times in."), "/timezone Berlin", "writer", _timezone),
    Command("/language", N_("The language I speak with you."), "/language 中文", "writer", _language),
)
