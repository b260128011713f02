"""The review card: everything about a draft, as it will be, before anybody confirms it."""

from bot.builder.cost import before_sending
from bot.builder.road import road_choices, say_roads
from bot.builder.shown import say_messages
from bot.builder.when import USUAL_LATE_SECONDS, say_late, say_when
from bot.builder.who import say_who
from bot.conversation.answer import word_value
from bot.conversation.memory import Memory
from bot.conversation.turn import Say, Turn
from broadcast.draft import Draft, fingerprint
from broadcast.reach import Reach
from handlers.content import Choice
from storage.lifecycle import BroadcastStatus


def binding(draft: Draft, reach: Reach) -> str:
    """Return what a button of this card carries: which draft, and which state of it and of its reach."""
    return f"{draft.id}.{fingerprint(draft, reach.can_get)}"


def draft_of(card: str) -> int:
    """Return the id of the draft a button's card was about; 0 when it names none."""
    number = card.partition(".")[0]
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0


def review_card(turn: Turn, memory: Memory, draft: Draft, reach: Reach) -> Say:
    """Return the card."""
    lines = [
        f"{draft.name} (#{draft.id})",
        turn.say("When: {when}", when=say_when(turn, memory, draft)),
        turn.say("Who: {who}", who=say_who(turn, draft.audience)),
        turn.say("Reach: {reach}", reach=say_reach(turn, reach)),
        *say_roads(turn, draft, reach),
        turn.say("Messages:"),
        say_messages(turn, draft.content) or turn.say("none yet"),
    ]
    if _timed(turn, draft) and reach.window_closed:
        lines.append(turn.say("Whoever writes to us shortly before that time can get it too."))
    if reach.can_get and draft.content.messages:
        seconds = turn.desk.duration(draft, reach)
        lines.append(turn.say("Takes about {time}.", time=turn.distance(seconds)))
    if _timed(turn, draft) and draft.late_seconds != USUAL_LATE_SECONDS:
        lines.append(say_late(turn, draft))
    if draft.status is BroadcastStatus.SCHEDULED:
        lines.append(turn.say("It is in the calendar; a change takes it out until you schedule it again."))
    elif _timed(turn, draft):
        lines.append(turn.say("It is not in the calendar yet: say schedule."))
    if draft.content.messages and (found := turn.desk.problems(draft.content, draft.road)):
        lines.append(turn.say("Before it can go out:") + "\n" + turn.problems(found))
    if turn.desk.needs_approval(draft, turn.person):
        lines.append(turn.say("Somebody else has to approve it; send asks them."))
    warnings, ways_out = before_sending(turn, draft, reach)
    return Say("\n".join([*lines, *warnings]), (*_choices(turn, draft, reach), *road_choices(turn, draft), *ways_out))


def _choices(turn: Turn, draft: Draft, reach: Reach) -> list[Choice]:
    card, asks = binding(draft, reach), turn.desk.needs_approval(draft, turn.person)
    choices = []
    if draft.content.messages and not turn.desk.problems(draft.content, draft.road):
        choices = [turn.choice("Schedule", word_value("schedule", card))]
        if _timed(turn, draft):
            choices.append(turn.choice("Send now", word_value("send now")))
        elif reach.can_get or draft.practice:
            send, ask = turn.say("Send to {n}", n=reach.can_get), turn.say("Ask to send to {n}", n=reach.can_get)
            choices.insert(0, Choice(title=ask if asks else send, value=word_value("send", card)))
    return [
        *choices,
        turn.choice("Save", word_value("save")),
        turn.choice("Edit", word_value("edit")),
        turn.choice("Preview", word_value("preview")),
    ]


def _timed(turn: Turn, draft: Draft) -> bool:
    return draft.scheduled_for is not None and draft.scheduled_for > turn.now


def say_reach(turn: Turn, reach: Reach) -> str:
    """Return the reach as a sum that adds up; parts that are nobody are left out."""
    matched = turn.plural("{n} matches", "{n} match", reach.matched)
    parts = [
        turn.say("{n} can get it", n=reach.can_get),
        *([turn.say("{n} window closed", n=reach.window_closed)] if reach.window_closed else []),
        *([turn.say("{n} had theirs today", n=reach.capped)] if reach.capped else []),
        *([turn.say("{n} opted out", n=reach.opted_out)] if reach.opted_out else []),
        *([turn.say("{n} cannot be reached", n=reach.unreachable)] if reach.unreachable else []),
    ]
    return turn.say("{matched}: {parts}", matched=matched, parts=" · ".join(parts))


def why_nobody(turn: Turn, reach: Reach) -> str:
    """Say why a broadcast would reach nobody, and what to do."""
    if not reach.matched:
        return turn.say("Nobody matches, so there is nobody to send it to. Change who gets it, or save it for later.")
    return turn.say(
        "Nobody can get it: {reach}. People can be written to for a while after they write to us;"
        " change who or when, or save it for later.",
        reach=say_reach(turn, reach),
    )
