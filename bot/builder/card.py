"""The review card: everything about a draft, as it will be, before anybody confirms it."""

from bot.builder.canary import say_canary
from bot.builder.channels import channel_choices, say_others
from bot.builder.cost import before_sending
from bot.builder.each import say_passed
from bot.builder.quiet import say_quiet
from bot.builder.reach import say_reach
from bot.builder.road import road_choices, say_roads
from bot.builder.seen import Seen, is_timed
from bot.builder.shown import say_messages
from bot.builder.when import USUAL_LATE_SECONDS, say_late, say_when
from bot.builder.who import say_who
from bot.conversation.answer import word_value
from bot.conversation.memory import Memory
from bot.conversation.turn import Say, Turn
from broadcast import group
from broadcast.draft import Draft
from broadcast.reach import Reach
from handlers.content import Choice
from handlers.contract import Problem
from storage.lifecycle import BroadcastStatus


def review_card(turn: Turn, memory: Memory, seen: Seen) -> Say:
    """Return the card, with a block for each further channel the draft goes out on."""
    draft, reach, elsewhere = seen.draft, seen.reach, seen.elsewhere
    lines = [
        f"{draft.name} (#{draft.id})",
        turn.say("When: {when}", when=say_when(turn, memory, draft)),
        *say_passed(turn, draft),
        turn.say("Who: {who}", who=say_who(turn, draft.audience)),
        turn.say("Reach: {reach}", reach=say_reach(turn, reach)),
        *say_roads(turn, draft, reach),
        *say_canary(turn, draft),
        turn.say("Messages:"),
        say_messages(turn, draft.content) or turn.say("none yet"),
    ]
    if reach.window_closed and (known := turn.desk.templates()) is not None and known.approved:
        lines.append(turn.say("An approved template can reach people whose window is closed: say templates."))
    if is_timed(turn, draft) and reach.window_closed:
        lines.append(turn.say("Anyone who writes to us shortly before that time can get it too."))
    if reach.can_get and draft.content.messages:
        seconds = turn.desk.duration(draft, reach)
        lines.append(turn.say("Takes about {time}.", time=turn.distance(seconds)))
    lines += say_quiet(turn, draft)
    if is_timed(turn, draft) and draft.late_seconds != USUAL_LATE_SECONDS:
        lines.append(say_late(turn, draft))
    if draft.status is BroadcastStatus.SCHEDULED:
        lines.append(turn.say("It is in the calendar; a change takes it out until you schedule it again."))
    elif is_timed(turn, draft):
        lines.append(turn.say("It is not in the calendar yet: say schedule."))
    if draft.content.messages and (found := turn.desk.problems(draft.content, draft.road)):
        lines.append(turn.say("Before it can go out:") + "\n" + turn.problems(found))
    lines += [turn.problem(problem) for problem in turn.desk.advice(draft)]
    if turn.desk.needs_approval(draft, turn.person):
        lines.append(turn.say("Somebody else has to approve it; send asks them."))
    warnings, ways_out = before_sending(turn, draft, reach)
    if (problem := _out_of_hands(turn, draft)) is not None:
        lines.append(turn.problem(problem))
    lines += [*warnings, *say_others(turn, reach, elsewhere)]
    choices = tuple(_choices(turn, seen, untouchable=problem is not None))
    if problem is None:
        choices = (*choices, *road_choices(turn, draft), *ways_out, *channel_choices(turn, draft, elsewhere))
    return Say("\n".join(lines), choices)


def _out_of_hands(turn: Turn, draft: Draft) -> Problem | None:
    """Return why this admin may neither change nor send it."""
    return group.reserved(turn.desk, draft, turn.person) or group.out_of_hands(turn.desk, draft, turn.person)


def _choices(turn: Turn, seen: Seen, *, untouchable: bool) -> list[Choice]:
    draft, card, asks = seen.draft, seen.binding, turn.desk.needs_approval(seen.draft, turn.person)
    choices = []
    held = untouchable or any(group.objections(part) for part in seen.elsewhere)
    if draft.content.messages and not held and not turn.desk.problems(draft.content, draft.road):
        choices = [turn.choice("Schedule", word_value("schedule", card))]
        if is_timed(turn, draft):
            choices.append(turn.choice("Send now", word_value("send now")))
        elif seen.reach.can_get or draft.practice:
            send, ask = turn.say("Send to {n}", n=seen.people), turn.say("Ask to send to {n}", n=seen.people)
            choices.insert(0, Choice(title=ask if asks else send, value=word_value("send", card)))
    return [
        *choices,
        turn.choice("Save", word_value("save")),
        *(() if untouchable else (turn.choice("Edit", word_value("edit")),)),
        turn.choice("Preview", word_value("preview")),
    ]


def why_nobody(turn: Turn, reach: Reach) -> str:
    """Say why a broadcast would reach nobody, and what to do."""
    if not reach.matched:
        return turn.say("Nobody matches, so there is nobody to send it to. Change who gets it, or save it for later.")
    if not reach.window_closed:
        return turn.say(
            "Nobody can get it: {reach}. Change who or when, or save it for later.", reach=say_reach(turn, reach)
        )
    return turn.say(
        "Nobody can get it: {reach}. People can be written to for a while after they write to us;"
        " change who or when, or save it for later.",
        reach=say_reach(turn, reach),
    )
