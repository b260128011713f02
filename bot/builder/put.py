"""Changes what a draft says, unless the platform would refuse what is new about it."""

from collections import Counter

from bot.builder.open import change, open_draft
from bot.builder.states import State
from bot.conversation.memory import Memory
from bot.conversation.rule import Did, stays
from bot.conversation.turn import Say, Turn
from broadcast.personalise import Place, mistaken, places_in
from handlers.content import Content
from handlers.contract import Problem

ASKED = "no_fallback"
"""The one problem a draft may be given: it is asked about right after, and Send refuses it."""


def put(turn: Turn, memory: Memory, after: Content, said: str) -> Did:
    """Take the content and say so; go on to a missing fallback, if there is one."""
    before = open_draft(turn, memory).content
    if found := fresh(turn, memory, after):
        text = turn.problems(found) + "\n" + turn.say("I left it out. Please send it another way.")
        return stays(memory, State.MESSAGES, text)
    lines = (said, *_without_value(turn, memory, before, after), *_mistaken(turn, before, after))
    memory = change(turn, memory.but(replacing=0), content=after)
    return Did(memory, (Say("\n".join(lines)),), to=State.FALLBACK if lacking(after) else State.MESSAGES)


def fresh(turn: Turn, memory: Memory, after: Content) -> list[Problem]:
    """Return the problems that a change of the draft brings; what was wrong already is no reason to refuse it."""
    draft = open_draft(turn, memory)
    known = Counter(map(_which, turn.desk.problems(draft.content, draft.road))) if draft.content.messages else Counter()
    found = []
    for problem in turn.desk.problems(after, draft.road) if after.messages else []:
        known[_which(problem)] -= 1
        if problem.code != ASKED and known[_which(problem)] < 0:
            found.append(problem)
    return found


def _which(problem: Problem) -> tuple[object, ...]:
    return (problem.code, *sorted((name, str(fact)) for name, fact in problem.facts.items() if name != "message"))


def lacking(content: Content) -> Place | None:
    """Return the first placeholder without words for people who have no such value, or None."""
    return next((place for place in places_in(content) if place.fallback is None), None)


def _without_value(turn: Turn, memory: Memory, before: Content, after: Content) -> list[str]:
    """Say, for each value newly spoken of, how many of the audience have none and will read the fallback."""
    known = set(places_in(before))
    new = [place for place in dict.fromkeys(places_in(after)) if place not in known and place.fallback is not None]
    if not new:
        return []
    audience = open_draft(turn, memory).audience
    whole = turn.desk.count(audience)
    return [
        turn.say(
            "{n} of {whole} have no {name} and will read “{fallback}”.",
            n=without,
            whole=whole,
            name=place.name,
            fallback=place.fallback or "",
        )
        for place in new
        if (without := turn.desk.count(audience, lacking=place.name))
    ]


def _mistaken(turn: Turn, before: Content, after: Content) -> list[str]:
    """Say, for each new thing in braces that is no placeholder, that people will read it as it stands."""
    new = [message for message in after.messages if message not in before.messages]
    return [
        turn.say("“{words}” goes out as it stands; a value is written {{first_name|there}}.", words=words)
        for words in dict.fromkeys(words for message in new for words in mistaken(message))
    ]
