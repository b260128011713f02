"""The audience of a broadcast: everyone, or a filter."""

from bot.builder.open import change, open_draft
from bot.builder.states import State
from bot.conversation.answer import Answer, word_value
from bot.conversation.memory import Memory
from bot.conversation.rule import Did, Question, stays
from bot.conversation.turn import Say, Turn
from broadcast import who as audience


def ask(turn: Turn, memory: Memory) -> Question:
    """Ask for the audience, or whether it stays."""
    draft = open_draft(turn, memory)
    text = turn.say("Who should get it? Everyone, or a filter such as: {example}", example=example(turn))
    choices = [turn.choice("Everyone", word_value("everyone"))]
    if memory.returning or memory.hub:
        text = turn.say("Who: {who}.", who=say_who(turn, draft.audience)) + "\n" + text
        choices.append(turn.choice("Keep it", word_value("keep")))
    return Question(memory, Say(text, (*choices, turn.choice("Back", word_value("back")))))


def example(turn: Turn) -> str:
    """Return a filter that can be typed on this channel."""
    text = next((name for name, kind in turn.desk.variables.items() if kind == "text"), None)
    return f"{text} = pro" if text else "language = en and last_seen < 7 days ago"


def everyone(turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Take everybody."""
    return _taken(turn, change(turn, memory, audience=""), "")


def keep(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Take the filter, or say what is wrong with it."""
    text = " ".join(answer.text.split())
    if not text:
        return stays(memory, State.WHO, turn.say("Say everyone, or send me a filter: {example}", example=example(turn)))
    problem = audience.check(text, turn.desk.variables)
    if problem is not None:
        return stays(memory, State.WHO, problem.sentence(turn.texts))
    return _taken(turn, change(turn, memory, audience=text), text)


def _taken(turn: Turn, memory: Memory, text: str) -> Did:
    count, who = turn.desk.count(text), say_who(turn, text)
    if not count:
        return Did(memory, (Say(turn.say("Who: {who}. Nobody matches now; say back to change that.", who=who)),))
    said = turn.plural("Who: {who}. {n} person matches now.", "Who: {who}. {n} people match now.", count, who=who)
    return Did(memory, (Say(said),))


def say_who(turn: Turn, text: str) -> str:
    """Return an audience in words."""
    if not text:
        return turn.say("everyone")
    return audience.words(text, turn.desk.variables, turn.texts)
