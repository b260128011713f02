"""The other channels a draft goes out on as well: choosing them, and what the review card says of each."""

from collections.abc import Sequence
from dataclasses import replace

from bot.builder.cost import say_cost
from bot.builder.open import change, open_draft
from bot.builder.reach import say_reach
from bot.builder.road import say_roads
from bot.conversation.answer import Answer, typed_value
from bot.conversation.edits import read_also
from bot.conversation.memory import Memory
from bot.conversation.rule import Did
from bot.conversation.turn import Say, Turn
from bot.conversation.words import plain
from bot.texts import platform_title
from broadcast import group
from broadcast.draft import Draft
from broadcast.group import Part
from broadcast.reach import Reach
from handlers.content import Articles, Choice, Content

_OFFERED = 3
"""Further channels with a choice of their own on the card; more of them can be typed."""


def others(turn: Turn, draft: Draft) -> tuple[Part, ...]:
    """Return the parts of a draft on other channels."""
    return tuple(part for part in group.before(turn.desk, draft, turn.person) if part.draft.id != draft.id)


def everybody(reach: Reach, elsewhere: Sequence[Part]) -> int:
    """Return how many people a draft goes to on all its channels."""
    return reach.can_get + sum(part.reach.can_get for part in elsewhere)


def matched(reach: Reach, elsewhere: Sequence[Part]) -> int:
    """Return how many people match on all its channels, whether or not they can get it."""
    return reach.matched + sum(part.reach.matched for part in elsewhere)


def say_others(turn: Turn, reach: Reach, elsewhere: Sequence[Part]) -> list[str]:
    """Return a block for each further channel, and the sum."""
    if not elsewhere:
        return []
    blocks = [line for part in elsewhere for line in _say_part(turn, part)]
    numbers = " + ".join(str(one.can_get) for one in (reach, *(part.reach for part in elsewhere)))
    return [*blocks, turn.say("Altogether: {numbers} = {n}", numbers=numbers, n=everybody(reach, elsewhere))]


def _say_part(turn: Turn, part: Part) -> list[str]:
    there = replace(turn, desk=part.desk, person=part.by, role=part.role)
    lines = [_called(turn, part)]
    if (wrong := part.filter_problem) is not None:
        return [*lines, wrong.sentence(turn.texts)]
    lines += [turn.say("Reach: {reach}", reach=say_reach(turn, part.reach)), *say_roads(there, part.draft, part.reach)]
    lines += [*say_cost(there, part.draft, part.reach), *_say_looks(turn, part)]
    if found := group.objections(part):
        lines.append(turn.say("Before it can go out there:") + "\n" + turn.problems(found))
    return lines


def _called(turn: Turn, part: Part) -> str:
    title = platform_title(part.desk.platform.capabilities, turn.texts)
    return f"— {part.desk.channel_name} ({title}, #{part.draft.id})"


def _say_looks(turn: Turn, part: Part) -> list[str]:
    """Say what subscribers there see otherwise than on the admin's own channel."""
    here, there = turn.desk.platform.capabilities, part.desk.platform.capabilities
    lines = []
    if here.choices and not there.choices:
        lines.append(turn.say("There, the opt-out and each button become a line people reply to."))
    if there.choices and not here.choices:
        lines.append(turn.say("There, the opt-out is a button under the last message."))
    if part.draft.content.template is not None and not part.desk.has_templates:
        lines.append(turn.say("There is no template there: people whose window is closed are left out."))
    if _has_article(part.draft.content) and ("card" in there.kinds) is not ("card" in here.kinds):
        as_card = turn.say("There, an article is a card with a link.")
        lines.append(as_card if "card" in there.kinds else turn.say("There, an article is a page of its own."))
    return lines


def _has_article(content: Content) -> bool:
    return any(isinstance(message, Articles) for message in content.messages)


def channel_choices(turn: Turn, draft: Draft, elsewhere: Sequence[Part]) -> list[Choice]:
    """Return the channels it could go out on as well, and those it need not; nothing for most admins."""
    more = [one.channel_name for one in group.possible(turn.desk, draft, turn.person)]
    return [
        *(_choice(turn.say("Also on {channel}", channel=name), f"also on {name}") for name in more[:_OFFERED]),
        *(
            _choice(turn.say("Not on {channel}", channel=part.desk.channel_name), f"not on {part.desk.channel_name}")
            for part in elsewhere[:_OFFERED]
        ),
    ]


def _choice(title: str, typed: str) -> Choice:
    return Choice(title=title, value=typed_value(typed))


def choose(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Let the draft go out on one more channel, or on one less."""
    asked = read_also(answer.text)
    assert asked is not None
    draft = open_draft(turn, memory)
    present = {plain(part.desk.channel_name): part for part in others(turn, draft)}
    known = present.get(plain(asked.channel))
    if not asked.wanted:
        if known is None:
            return Did(memory, (Say(turn.say("It does not go out on “{channel}”.", channel=asked.channel)),))
        memory = change(turn, memory)
        draft = open_draft(turn, memory)
        known = next(part for part in others(turn, draft) if part.desk.channel_id == known.desk.channel_id)
        draft = group.drop(turn.desk, draft, known)
        text = turn.say("It no longer goes out on {channel}.", channel=known.desk.channel_name)
        return Did(memory.but(version=draft.version), (Say(text),))
    if known is not None:
        return Did(memory, (Say(turn.say("It goes out on {channel} already.", channel=known.desk.channel_name)),))
    fitting = [
        one for one in group.possible(turn.desk, draft, turn.person) if plain(one.channel_name) == plain(asked.channel)
    ]
    if not fitting:
        text = turn.say(
            "I know of no other channel “{channel}” of yours. If you are an admin there, say /admin link, here or"
            " there, so that I know it is you.",
            channel=asked.channel,
        )
        return Did(memory, (Say(text),))
    memory = change(turn, memory)
    draft = group.add(turn.desk, open_draft(turn, memory), fitting[0], turn.person)
    text = turn.say(
        "It goes out on {channel} as well: the same words, people and time, with the road and limits of that channel.",
        channel=fitting[0].channel_name,
    )
    return Did(memory.but(version=draft.version), (Say(text),))
