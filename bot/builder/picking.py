"""Picking a condition step by step: what it is about, and in which way. The value is the next file's."""

from bot.builder import who
from bot.builder.open import open_draft
from bot.builder.picking_ways import Subject, Wants, subject, subjects, way
from bot.builder.picking_ways import Way as WayOf
from bot.builder.states import State
from bot.conversation.answer import Answer, typed_value, word_value
from bot.conversation.memory import Memory, Picking
from bot.conversation.rule import Did, Question, stays
from bot.conversation.turn import Say, Turn
from broadcast import who as audience
from broadcast.audience.conditions import conditions, joined, replaced
from broadcast.audience.nodes import Comparison, Not
from broadcast.audience.problems import FilterProblem
from broadcast.audience.write import write
from handlers.content import Choice

PAGE = 9
"""Fields offered at once: with the ways out they fit the 13 quick replies of a message."""


def begin(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Begin with the draft's filter, if it has one, else with the first field."""
    text = open_draft(turn, memory).audience
    return Did(memory.but(pick=Picking(audience=text)), to=State.PICKED if text else State.FIELD)


def leave(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Go back to the question who; what was picked stays picked only in a draft that took it."""
    if memory.draft:
        return Did(memory.but(pick=Picking()), to=State.WHO)
    return Did(memory.over(), (Say(turn.say("OK, nothing was saved.")),), to=State.IDLE)


def back(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Go back to the filter so far, or, without one, to the question who."""
    if not memory.pick.audience:
        return leave(turn, memory, answer)
    return Did(memory.but(pick=memory.pick.but(at=0)), to=State.PICKED)


def ask_field(turn: Turn, memory: Memory) -> Question:
    """Ask what the condition is about."""
    pick = memory.pick
    first = pick.page * PAGE
    found = list(subjects(turn))
    choices = [Choice(title=one.said(turn), value=typed_value(one.name)) for one in found[first : first + PAGE]]
    if len(found) > PAGE:
        choices.append(turn.choice("More", word_value("more")))
    return Question(memory, Say(_which(turn, pick), (*choices, turn.choice("Back", word_value("back")))))


def _which(turn: Turn, pick: Picking) -> str:
    if not pick.audience:
        return turn.say("What do they have in common? Tap a field, type its name, or type a whole filter.")
    so_far = turn.say("Who: {who}.", who=who.say_who(turn, pick.audience)) + "\n"
    if pick.at:
        return so_far + turn.say("What shall condition {number} be about?", number=pick.at)
    if pick.joiner == "or":
        return so_far + turn.say("Or people of whom something else is true: what is that about?")
    return so_far + turn.say("And what else must be true of them?")


def more(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Turn to the next page of fields; after the last comes the first."""
    pages = -(-len(list(subjects(turn))) // PAGE)
    return Did(memory.but(pick=memory.pick.but(page=(memory.pick.page + 1) % max(1, pages))))


def take_field(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Take the field, or a whole filter."""
    about = subject(turn, answer.text)
    if about is not None:
        return Did(memory.but(pick=memory.pick.but(field=about.name, way="", page=0)), to=State.WAY)
    return whole(turn, memory, answer, State.FIELD)


def ask_way(turn: Turn, memory: Memory) -> Question:
    """Ask how the field is to be looked at."""
    about = subject_of(turn, memory)
    choices = tuple(Choice(title=turn.say(one.word), value=typed_value(one.word)) for one in about.ways)
    text = turn.say("How should I compare “{field}”?", field=about.said(turn))
    return Question(memory, Say(text, (*choices, turn.choice("Back", word_value("back")))))


def take_way(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Take the way, or a whole filter; a way that needs no value makes the condition."""
    found = way(turn, subject_of(turn, memory), answer.text)
    if found is None:
        return whole(turn, memory, answer, State.WAY)
    memory = memory.but(pick=memory.pick.but(way=found.word))
    if found.wants is not Wants.NOTHING:
        return Did(memory, to=State.VALUE)
    return add(turn, memory, found.filter.format(field=memory.pick.field))


def subject_of(turn: Turn, memory: Memory) -> Subject:
    """Return what the condition being picked is about. Raises `FilterProblem` when that is gone meanwhile."""
    found = subject(turn, memory.pick.field)
    if found is None:
        audience.tree(f"{memory.pick.field} is set", turn.desk.vocabulary)
    assert found is not None
    return found


def way_of(turn: Turn, memory: Memory) -> WayOf:
    """Return the way the condition being picked asks in."""
    found = way(turn, subject_of(turn, memory), memory.pick.way)
    assert found is not None
    return found


def add(turn: Turn, memory: Memory, condition: str) -> Did:
    """Add the condition to the filter, or put it in the place of another. Raises `FilterProblem` for a bad value."""
    pick, vocabulary = memory.pick, turn.desk.vocabulary
    new = audience.tree(condition, vocabulary)
    if pick.audience:
        before = audience.tree(pick.audience, vocabulary)
        if 0 < pick.at <= len(conditions(before)):
            new = replaced(before, pick.at, new)
        else:
            new = joined(before, pick.joiner, new)
    return Did(memory.but(pick=Picking(audience=write(new), name=pick.name)), to=State.PICKED)


def take_whole(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Take a whole filter in the place of what was picked."""
    return whole(turn, memory, answer, State.PICKED)


def whole(turn: Turn, memory: Memory, answer: Answer, here: State) -> Did:
    """Take what was typed as a whole filter or a saved one's name, or say what is wrong with it."""
    text = " ".join(answer.text.split())
    if not text:
        return stays(memory, here, turn.say("I need words here."))
    text = who.named(turn, text) or text
    if (problem := turn.desk.check(text)) is not None:
        return who.refused(turn, memory, here, text, problem)
    return who.take(turn, memory, text)


def compares(turn: Turn, text: str) -> bool:
    """Say whether a text is a whole filter beyond doubt: "city = Berlin" is one, "in Berlin" may be a value."""
    try:
        found = conditions(audience.tree(text, turn.desk.vocabulary))
    except FilterProblem:
        return False
    return any(isinstance(one.part if isinstance(one, Not) else one, Comparison) for one in found)
