"""The review: from the card to Send or Schedule, bound to what the card showed."""

from bot.builder import approval, practice
from bot.builder.card import binding, review_card, why_nobody
from bot.builder.channels import everybody, matched, others
from bot.builder.cost import no_room, say_refusal
from bot.builder.open import change, open_draft
from bot.builder.states import State
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
    draft = open_draft(turn, memory)
    reach = turn.desk.reach(draft)
    elsewhere = others(turn, draft)
    memory = memory.but(hub=True, returning=False, card=binding(draft, reach, elsewhere))
    return Question(memory, review_card(turn, memory, draft, reach, elsewhere))


def enter(draft: Draft, memory: Memory) -> Memory:
    """Return the memory of somebody who looks at this draft's card, whatever they did before."""
    when = memory.when if memory.draft == draft.id else ""
    explained = memory.explained if draft.practice else ()
    return Memory(
        draft=draft.id, version=draft.version, hub=True, sent=memory.sent, when=when, practice=draft.practice,
        explained=explained,
    )  # fmt: skip


def send(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Send what the card showed; when that is no longer how it stands, show how it does."""
    draft = open_draft(turn, memory)
    if draft.scheduled_for is not None and draft.scheduled_for > turn.now:
        return _now_or_then(turn, memory, draft)
    reach = turn.desk.reach(draft)
    elsewhere = others(turn, draft)
    if binding(draft, reach, elsewhere) != (answer.card or memory.card):
        return moved_on(turn, memory)
    if found := turn.desk.problems(draft.content, draft.road):
        return stays(memory, State.REVIEW, turn.problems(found))
    if not reach.can_get and not draft.practice:
        return stays(memory, State.REVIEW, why_nobody(turn, reach))
    if (refused := group.refusal(turn.desk, draft, turn.person)) is not None:
        return stays(memory, State.REVIEW, say_refusal(turn, refused))
    people = everybody(reach, elsewhere)
    if people > min(desk.confirm_above for desk in (turn.desk, *(part.desk for part in elsewhere))):
        return Did(memory, to=State.CONFIRM)
    return _leave(turn, memory, draft, people, matched(reach, elsewhere))


def moved_on(turn: Turn, memory: Memory) -> Did:
    """Say that the card is an old one; the present one follows."""
    text = turn.say("Something changed since that card was shown. Here is how it stands now.")
    return Did(memory, (Say(text),), to=State.REVIEW)


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
    memory = change(turn, memory, scheduled_for=None).but(when="now")
    return Did(memory, (Say(turn.say("Its time is taken away. Say send to confirm.")),))


def ask_number(turn: Turn, memory: Memory) -> Question:
    """Ask for the number of people, which no tap can give by accident."""
    count = _people(turn, open_draft(turn, memory))
    text = turn.say("This goes to {n} people at once. To confirm, type that number: {plain}", n=count, plain=str(count))
    return Question(memory, Say(text, (turn.choice("Back", word_value("back")),)))


def is_number(turn: Turn, memory: Memory, answer: Answer) -> bool:
    """Say whether a number was typed; one that also picks a choice counts only when it is the number asked for."""
    number = _number(answer)
    return number is not None and (not answer.word or number == _people(turn, open_draft(turn, memory)))


def _people(turn: Turn, draft: Draft) -> int:
    return everybody(turn.desk.reach(draft), others(turn, draft))


def _number(answer: Answer) -> int | None:
    digits = "".join(sign for sign in answer.typed if sign not in _SEPARATORS)
    return int(digits) if digits.isdecimal() and len(digits) < 10 else None


def confirm(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Send if the number is that of the card, and still that of today."""
    draft = open_draft(turn, memory)
    reach = turn.desk.reach(draft)
    elsewhere = others(turn, draft)
    if binding(draft, reach, elsewhere) != memory.card:
        return moved_on(turn, memory)
    people = everybody(reach, elsewhere)
    if _number(answer) != people:
        return stays(memory, State.CONFIRM, turn.say("That is another number."), ask=True)
    return _leave(turn, memory, draft, people, matched(reach, elsewhere))


def _leave(turn: Turn, memory: Memory, draft: Draft, count: int, of: int) -> Did:
    """Let it leave for `count` people `of` those who match."""
    if draft.practice:
        return practice.finish(turn, draft, count)
    if turn.desk.needs_approval(draft, turn.person):
        return approval.ask_others(turn, memory, draft)
    try:
        until = group.send(turn.desk, draft, turn.person)
    except Unsendable as error:
        return no_room(turn, memory, error) or stays(memory, State.REVIEW, say_refusal(turn, error))
    if count == of:
        said = turn.plural(
            "“{name}” leaves at {time} for {n} person. Until then undo takes it back.",
            "“{name}” leaves at {time} for {n} people. Until then undo takes it back.",
            count,
            name=draft.name,
            time=turn.clock(until),
        )
    else:
        said = turn.say(
            "“{name}” leaves at {time} for {n} of the {of} people who match. Until then undo takes it back.",
            n=count,
            of=of,
            name=draft.name,
            time=turn.clock(until),
        )
    choices = (turn.choice("Undo", word_value("undo")),)
    return Did(Memory(sent=draft.id), (Say(said, choices),), to=State.IDLE)


def schedule(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Put it into the calendar; without a time to come, ask for one first."""
    draft = open_draft(turn, memory)
    if answer.card and answer.card != memory.card:
        return moved_on(turn, memory)
    if draft.scheduled_for is None or draft.scheduled_for <= turn.now:
        return Did(memory, (Say(turn.say("It needs a time first.")),), to=State.WHEN)
    if draft.status is BroadcastStatus.SCHEDULED:
        text = turn.say("It is in the calendar already: {time}.", time=turn.time(draft.scheduled_for))
        return Did(memory.over(), (Say(text),), to=State.IDLE)
    reach = turn.desk.reach(draft)
    if draft.practice:
        return practice.finish(turn, draft, reach.can_get)
    if not reach.matched:
        return stays(memory, State.REVIEW, why_nobody(turn, reach))
    if found := turn.desk.problems(draft.content, draft.road):
        return stays(memory, State.REVIEW, turn.problems(found))
    if (refused := group.refusal(turn.desk, draft, turn.person)) is not None:
        return stays(memory, State.REVIEW, say_refusal(turn, refused))
    if turn.desk.needs_approval(draft, turn.person):
        return approval.ask_others(turn, memory, draft)
    try:
        group.schedule(turn.desk, draft, turn.person)
    except Unsendable as error:
        return no_room(turn, memory, error) or stays(memory, State.REVIEW, say_refusal(turn, error))
    text = turn.say(
        "“{name}” is scheduled: {time}. Who gets it is decided at that moment.",
        name=draft.name,
        time=turn.time(draft.scheduled_for),
    )
    choices = (turn.choice("Show it", f"/broadcast {draft.id}"), turn.choice("Undo", word_value("undo")))
    return Did(Memory(sent=draft.id), (Say(text, choices),), to=State.IDLE)


def ask_part(turn: Turn, memory: Memory) -> Question:
    """Ask which part is to be changed."""
    choices = tuple(turn.choice(title, word_value(word)) for word, title in _PARTS.items())
    return Question(memory, Say(turn.say("What do you want to change: name, when, who or messages?"), choices))
