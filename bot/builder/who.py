"""The audience of a broadcast: everyone, a saved audience, a filter that is typed, or one picked step by step."""

from functools import reduce

from bot.builder.open import change, open_draft
from bot.builder.picking_ways import GONE_OUT
from bot.builder.states import State
from bot.conversation.answer import Answer, typed_value, word_value
from bot.conversation.memory import Memory, Picking
from bot.conversation.rule import Did, Onward, Question, proposes, stays
from bot.conversation.turn import Say, Turn
from bot.conversation.words import meaning, plain
from bot.texts import N_, Texts
from broadcast import who as audience
from broadcast.audience.problems import FilterProblem
from broadcast.service import Desk
from handlers.content import Choice
from storage import audiences, counts

SAVED_SHOWN = 5
"""Saved audiences that are offered; with the other choices they fit the quick replies of one message."""

LONGEST_NAME = 40
"""Characters: a name has to fit into one line of a list."""

_EVERYONE = frozenset({"everyone", "everybody", "所有人"})


def ask(turn: Turn, memory: Memory) -> Question:
    """Ask for the audience, or whether it stays."""
    draft = open_draft(turn, memory)
    text = turn.say("Who should get it? Everyone, or a filter such as: {example}", example=example(turn))
    choices = [turn.choice("Everyone", word_value("everyone")), turn.choice("Pick", word_value("pick"))]
    if memory.returning or memory.hub:
        text = turn.say("Who: {who}.", who=say_who(turn, draft.audience)) + "\n" + text
        choices.append(turn.choice("Keep it", word_value("keep")))
    if turn.desk.listed(*GONE_OUT):
        choices.append(turn.choice("Leave out recent", word_value("leave out")))
    saved = audiences.listed(turn.desk.channel_id)[:SAVED_SHOWN]
    choices += [Choice(title=row.name, value=typed_value(row.name)) for row in saved]
    return Question(memory, Say(text, (*choices, turn.choice("Back", word_value("back")))))


def example(turn: Turn) -> str:
    """Return a filter that can be typed on this channel."""
    if turn.desk.variables.get("plan") == "text":
        return "plan = pro"
    return turn.say("language = en and last_seen < 7 days ago")


def everyone(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Take everybody."""
    return take(turn, memory, "")


def keep(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Take the saved audience or the filter, or say what is wrong with it."""
    text = " ".join(answer.text.split())
    if not text:
        return stays(memory, State.WHO, turn.say("Say everyone, or send me a filter: {example}", example=example(turn)))
    text = named(turn, text) or text
    if (problem := turn.desk.check(text)) is not None:
        return refused(turn, memory, State.WHO, text, problem)
    return take(turn, memory, text)


def refused(turn: Turn, memory: Memory, here: State, text: str, problem: FilterProblem) -> Did:
    """Say what is wrong with a filter, with the one that was probably meant where that would do."""
    meant = problem.corrected(text)
    if not meant or turn.desk.check(meant) is not None:
        return stays(memory, here, problem.sentence(turn.texts))
    return proposes(memory, here, problem.sentence(turn.texts), Choice(title=meant, value=typed_value(meant)))


def named(turn: Turn, text: str) -> str:
    """Return the filter of the saved audience called `text`, '' when there is none."""
    row = audiences.named(turn.desk.channel_id, text)
    return str(row.audience) if row is not None else ""


def take(turn: Turn, memory: Memory, text: str) -> Did:
    """Make a filter that can be used the draft's audience, and go on; outside a broadcast, save it and leave."""
    text = "" if plain(text) in _EVERYONE else text
    memory = memory.but(pick=Picking(name=memory.pick.name))
    if not memory.draft:
        return save(turn, memory, memory.pick.name, text)
    memory = change(turn, memory, audience=text)
    return Did(memory, (Say(say_found(turn, text)),), to=Onward(State.MESSAGES).after(memory))


def say_found(turn: Turn, text: str) -> str:
    """Say an audience in words, how many that is now, and a few of them."""
    count, who = turn.desk.count_soon(text), say_who(turn, text)
    if count is None:
        counts.ask(turn.desk.channel_id, turn.person, text, turn.now)
        return turn.say("Who: {who}. Counting … I will tell you how many when I know.", who=who)
    if not count:
        return turn.say("Who: {who}. Nobody matches now; say back to change that.", who=who)
    said = turn.plural("Who: {who}. {n} person matches now.", "Who: {who}. {n} people match now.", count, who=who)
    return turn.say("{found} For example: {people}.", found=said, people=some_of(turn, text)) if text else said


def some_of(turn: Turn, text: str) -> str:
    """Return the names of a few people of an audience."""
    return reduce(lambda a, b: turn.say("{first}, {second}", first=a, second=b), turn.desk.some_of(text))


def say_who(turn: Turn, text: str) -> str:
    """Return an audience in words."""
    return say_who_in(text, turn.desk, turn.texts)


def say_who_in(text: str, desk: Desk, catalogue: Texts) -> str:
    """Return an audience of a desk's channel in the words of a catalogue."""
    if not text:
        return catalogue.gettext(N_("everyone"))
    return audience.words(text, desk.variables, catalogue)


def save(turn: Turn, memory: Memory, name: str, text: str) -> Did:
    """Save a filter under a name outside a broadcast, or say why it cannot be called so."""
    wrong = cannot_save(turn, name, text)
    if wrong:
        return Did(memory, (Say(wrong),))
    return Did(memory.over(), (Say(saved(turn, name, text)),), to=State.IDLE)


def keep_as(turn: Turn, memory: Memory, name: str) -> Did:
    """Save the audience of the broadcast being built, or of the filter being picked, and stay."""
    text = memory.pick.audience or open_draft(turn, memory).audience
    wrong = cannot_save(turn, name, text)
    return Did(memory, (Say(wrong or saved(turn, name, text)),))


def saved(turn: Turn, name: str, text: str) -> str:
    """Save an audience and say so, with what was called so before."""
    before = audiences.save(turn.desk.channel_id, name, text, turn.person, turn.now)
    said = turn.say("Saved as “{name}”: {who}. Say that name when I ask who.", name=name, who=say_who(turn, text))
    if before and before != text:
        said = turn.say("{said} Before, it was: {who}.", said=said, who=say_who(turn, before))
    return said


def cannot_save(turn: Turn, name: str, text: str) -> str:
    """Return why an audience cannot be saved under this name, '' when it can."""
    if not text:
        return turn.say("“Everyone” does not need a name. Save a filter, or say everyone when I ask who.")
    if not name or len(name) > LONGEST_NAME:
        return turn.say("A name has 1 to {most} characters.", most=LONGEST_NAME)
    if meaning(name) or name.isdecimal() or turn.desk.check(name) is None:
        return turn.say("“{name}” means something else when I ask who. Take another name.", name=name)
    return ""
