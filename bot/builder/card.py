"""The review card: everything about a draft, as it will be, before anybody confirms it."""

from collections.abc import Sequence

from bot.builder.canary import say_canary
from bot.builder.channels import channel_choices, everybody, say_others
from bot.builder.cost import before_sending
from bot.builder.each import say_passed
from bot.builder.quiet import say_quiet
from bot.builder.reach import say_reach
from bot.builder.road import road_choices, say_roads
from bot.builder.shown import say_messages
from bot.builder.when import USUAL_LATE_SECONDS, say_late, say_when
from bot.builder.who import say_who
from bot.conversation.answer import word_value
from bot.conversation.memory import Memory
from bot.conversation.turn import Say, Turn
from broadcast import group
from broadcast.draft import Draft, fingerprint
from broadcast.group import Part
from broadcast.reach import Reach
from handlers.content import Choice
from storage.lifecycle import BroadcastStatus


def binding(draft: Draft, reach: Reach, elsewhere: Sequence[Part] = ()) -> str:
    """Return what a button of this card carries: which draft, and which state of it and of its reach everywhere."""
    also = [fingerprint(part.draft, part.reach.can_get) for part in elsewhere]
    return ".".join([str(draft.id), fingerprint(draft, reach.can_get), *also])


def draft_of(card: str) -> int:
    """Return the id of the draft a button's card was about; 0 when it names none."""
    number = card.partition(".")[0]
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0


def review_card(turn: Turn, memory: Memory, draft: Draft, reach: Reach, elsewhere: Sequence[Part]) -> Say:
    """Return the card, with a block for each further channel the draft goes out on."""
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
        lines.append(turn.say("An approved template reaches those whose window is closed: say templates."))
    if _timed(turn, draft) and reach.window_closed:
        lines.append(turn.say("Whoever writes to us shortly before that time can get it too."))
    if reach.can_get and draft.content.messages:
        seconds = turn.desk.duration(draft, reach)
        lines.append(turn.say("Takes about {time}.", time=turn.distance(seconds)))
    lines += say_quiet(turn, draft)
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
    if (problem := group.out_of_hands(turn.desk, draft, turn.person)) is not None:
        lines.append(turn.problem(problem))
    lines += [*warnings, *say_others(turn, reach, elsewhere)]
    choices = (*_choices(turn, draft, reach, elsewhere), *road_choices(turn, draft), *ways_out)
    return Say("\n".join(lines), (*choices, *channel_choices(turn, draft, elsewhere)))


def _choices(turn: Turn, draft: Draft, reach: Reach, elsewhere: Sequence[Part]) -> list[Choice]:
    card, asks = binding(draft, reach, elsewhere), turn.desk.needs_approval(draft, turn.person)
    choices = []
    held = group.out_of_hands(turn.desk, draft, turn.person) or any(group.objections(part) for part in elsewhere)
    if draft.content.messages and not held and not turn.desk.problems(draft.content, draft.road):
        choices = [turn.choice("Schedule", word_value("schedule", card))]
        if _timed(turn, draft):
            choices.append(turn.choice("Send now", word_value("send now")))
        elif reach.can_get or draft.practice:
            people = everybody(reach, elsewhere)
            send, ask = turn.say("Send to {n}", n=people), turn.say("Ask to send to {n}", n=people)
            choices.insert(0, Choice(title=ask if asks else send, value=word_value("send", card)))
    return [
        *choices,
        turn.choice("Save", word_value("save")),
        turn.choice("Edit", word_value("edit")),
        turn.choice("Preview", word_value("preview")),
    ]


def _timed(turn: Turn, draft: Draft) -> bool:
    return draft.scheduled_for is not None and draft.scheduled_for > turn.now


def why_nobody(turn: Turn, reach: Reach) -> str:
    """Say why a broadcast would reach nobody, and what to do."""
    if not reach.matched:
        return turn.say("Nobody matches, so there is nobody to send it to. Change who gets it, or save it for later.")
    return turn.say(
        "Nobody can get it: {reach}. People can be written to for a while after they write to us;"
        " change who or when, or save it for later.",
        reach=say_reach(turn, reach),
    )
