"""The review: from the card to Send or Schedule, bound to what the card showed."""

from collections.abc import Callable

from bot.builder import approval, practice
from bot.builder.card import review_card
from bot.builder.channels import matched
from bot.builder.cost import no_room, say_refusal
from bot.builder.objection import objection
from bot.builder.open import open_draft
from bot.builder.seen import Seen, is_timed, look
from bot.builder.states import State
from bot.builder.undo import undo_button
from bot.builder.when import untimed
from bot.conversation.answer import Answer, word_value
from bot.conversation.memory import Memory
from bot.conversation.rule import Did, Question, stays
from bot.conversation.turn import Say, Turn
from bot.texts import N_
from broadcast import group
from broadcast.draft import Draft
from broadcast.service import Unsendable
from storage.lifecycle import BroadcastStatus

_PARTS = {"name": N_("Name"), "when": N_("When"), "who": N_("Who"), "messages": N_("Messages"), "back": N_("Back")}
"""What may be changed, by the word that says so."""

_SEPARATORS = frozenset(",.' ，\u00a0\u202f")
"""What people and locales put between thousands."""


def ask(turn: Turn, memory: Memory) -> Question:
    """Show the card, and remember which it was."""
    seen = look(turn, open_draft(turn, memory))
    memory = memory.but(hub=True, returning=False, card=seen.binding)
    return Question(memory, review_card(turn, memory, seen))


def send(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Send what the card showed; when that is no longer how it stands, show how it does."""
    draft = open_draft(turn, memory)
    if is_timed(turn, draft):
        return _now_or_then(turn, memory, draft)
    seen = look(turn, draft)
    if (no := objection(turn, memory, seen, answer.card or memory.card)) is not None:
        return no
    desks = (turn.desk, *(part.desk for part in seen.elsewhere))
    if seen.people > min(desk.confirm_above for desk in desks):
        return Did(memory, to=State.CONFIRM)
    return _leave(turn, memory, seen, _send)


def _now_or_then(turn: Turn, memory: Memory, draft: Draft) -> Did:
    assert draft.scheduled_for is not None
    text = turn.say(
        "It has a time: {time}. Say schedule to keep that time, or send now to send it at once.",
        time=turn.time(draft.scheduled_for),
    )
    choices = (
        turn.choice("Schedule", word_value("schedule", memory.card)),
        turn.choice("Send now", word_value("send now")),
        turn.choice("Back", word_value("back")),
    )
    return Did(memory, (Say(text, choices),), to=State.REVIEW, ask=False)


def now_instead(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Drop the time; the card of sending it now has other numbers, so it is shown before anything leaves."""
    memory = untimed(turn, memory, "now")
    return Did(memory, (Say(turn.say("I removed the scheduled time. Say send to confirm.")),))


def ask_number(turn: Turn, memory: Memory) -> Question:
    """Ask for the number of people, which no tap can give by accident."""
    count = look(turn, open_draft(turn, memory)).people
    text = turn.say("This goes to {n} people at once. To confirm, type that number: {plain}", n=count, plain=str(count))
    return Question(memory, Say(text, (turn.choice("Back", word_value("back")),)))


def is_number(turn: Turn, memory: Memory, answer: Answer) -> bool:
    """Say whether a number was typed; one that also picks a choice counts only when it is the number asked for."""
    number = _number(answer)
    return number is not None and (not answer.word or number == look(turn, open_draft(turn, memory)).people)


def _number(answer: Answer) -> int | None:
    digits = "".join(sign for sign in answer.typed if sign not in _SEPARATORS)
    return int(digits) if digits.isdecimal() and len(digits) < 10 else None


def confirm(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Send if the number is that of the card, and still that of today."""
    seen = look(turn, open_draft(turn, memory))
    if (no := objection(turn, memory, seen, memory.card)) is not None:
        return no
    if _number(answer) != seen.people:
        return stays(memory, State.CONFIRM, turn.say("That number does not match."), ask=True)
    return _leave(turn, memory, seen, _send)


def schedule(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Put it into the calendar; without a time to come, ask for one first."""
    draft = open_draft(turn, memory)
    if draft.scheduled_for is None or not is_timed(turn, draft):
        return Did(memory, (Say(turn.say("It needs a time first.")),), to=State.WHEN)
    if draft.status is BroadcastStatus.SCHEDULED:
        text = turn.say("It is in the calendar already: {time}.", time=turn.time(draft.scheduled_for))
        return Did(memory.over(), (Say(text),), to=State.IDLE)
    seen = look(turn, draft)
    if (no := objection(turn, memory, seen, answer.card or memory.card)) is not None:
        return no
    return _leave(turn, memory, seen, _schedule)


def _leave(turn: Turn, memory: Memory, seen: Seen, deed: Callable[[Turn, Seen], Did]) -> Did:
    """Do the deed nothing is to be said against; in practice only as if, and where a second person is needed, ask."""
    if seen.draft.practice:
        return practice.finish(turn, seen.draft, seen.people)
    if turn.desk.needs_approval(seen.draft, turn.person):
        return approval.ask_others(turn, memory, seen.draft)
    try:
        return deed(turn, seen)
    except Unsendable as error:
        return no_room(turn, memory, error) or stays(memory, State.REVIEW, say_refusal(turn, error))


def _send(turn: Turn, seen: Seen) -> Did:
    until = group.send(turn.desk, seen.draft, turn.person)
    count, of = seen.people, matched(seen.reach, seen.elsewhere)
    if count == of:
        said = turn.plural(
            "“{name}” leaves at {time} for {n} person. Until then undo takes it back.",
            "“{name}” leaves at {time} for {n} people. Until then undo takes it back.",
            count,
            name=seen.draft.name,
            time=turn.clock(until),
        )
    else:
        said = turn.say(
            "“{name}” leaves at {time} for {n} of the {of} people who match. Until then undo takes it back.",
            n=count,
            of=of,
            name=seen.draft.name,
            time=turn.clock(until),
        )
    return Did(Memory(sent=seen.draft.id), (Say(said, (undo_button(turn, seen.draft),)),), to=State.IDLE)


def _schedule(turn: Turn, seen: Seen) -> Did:
    group.schedule(turn.desk, seen.draft, turn.person)
    assert seen.draft.scheduled_for is not None
    text = turn.say(
        "“{name}” is scheduled: {time}. Who gets it is decided at that moment.",
        name=seen.draft.name,
        time=turn.time(seen.draft.scheduled_for),
    )
    choices = (turn.choice("Show it", f"/broadcast {seen.draft.id}"), undo_button(turn, seen.draft))
    return Did(Memory(sent=seen.draft.id), (Say(text, choices),), to=State.IDLE)


def ask_part(turn: Turn, memory: Memory) -> Question:
    """Ask which part is to be changed."""
    choices = tuple(turn.choice(title, word_value(word)) for word, title in _PARTS.items())
    return Question(memory, Say(turn.say("What do you want to change: name, when, who or messages?"), choices))
