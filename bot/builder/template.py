"""The template for people whose window is closed: chosen among those the platform has approved, and filled in."""

from collections import Counter
from dataclasses import replace

from bot.builder.open import change, open_draft
from bot.builder.put import put
from bot.builder.states import State
from bot.conversation.answer import Answer, typed_value, word_value
from bot.conversation.edits import TemplateOrder, read_template
from bot.conversation.memory import Filling, Memory
from bot.conversation.rule import Did, Question, stays
from bot.conversation.turn import Say, Turn
from broadcast.draft import personal_problems
from broadcast.personalise import fill, said_by
from broadcast.templates import Known, status_problems
from handlers.content import Choice, Content, Template, TemplateValue
from handlers.templates import APPROVED, ListedTemplate

_OFFERED = 10
"""Templates listed, and offered to tap, at once."""


def order(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Do what `template NAME`, `template off` or `templates` say."""
    asked = read_template(answer.text)
    assert asked is not None
    known = turn.desk.templates()
    if known is None:
        text = turn.say("{platform} has no templates; they are for Messenger only.", platform=turn.platform)
        return _stays(memory, text)
    if asked.off:
        return _off(turn, memory)
    if known.read_at is None:
        return _stays(memory, _not_read(turn, known))
    if not asked.name:
        return _list(turn, memory, known)
    return _choose(turn, memory, known, asked)


def _off(turn: Turn, memory: Memory) -> Did:
    content = open_draft(turn, memory).content
    if content.template is None:
        return _stays(memory, turn.say("It has no template."))
    memory = change(turn, memory, content=content.model_copy(update={"template": None}))
    return Did(memory, (Say(turn.say("The template is off: people whose window is closed are left out.")),))


def _list(turn: Turn, memory: Memory, known: Known) -> Did:
    if not known.approved:
        text = turn.say("This Page has no approved template. They are made in Meta's tools, not here.")
        return _stays(memory, "\n".join([text, *_age(turn, known)]))
    some = known.approved[:_OFFERED]
    lines = [f"{one.name} ({one.language}): {' '.join(one.body.split())}" for one in some]
    if len(known.approved) > len(some):
        lines.append(turn.say("… and {n} more; type their name.", n=len(known.approved) - len(some)))
    text = turn.say("People whose window is closed can get one of these instead:") + "\n" + "\n".join(lines)
    names = Counter(one.name for one in some)
    choices = tuple(_choice(one, one.name if names[one.name] == 1 else f"{one.name} ({one.language})") for one in some)
    return Did(memory, (Say("\n".join([text, *_age(turn, known)]), choices),), ask=False)


def _choose(turn: Turn, memory: Memory, known: Known, asked: TemplateOrder) -> Did:
    named = known.named(asked.name)
    if not named:
        return _stays(memory, _unknown(turn, known, asked.name))
    meant = [one for one in named if not asked.language or one.language.casefold() == asked.language.casefold()]
    approved = [one for one in meant if one.status == APPROVED]
    if not meant or len(approved) > 1:
        return _which(turn, memory, named)
    if not approved:
        lines = [turn.problems([problem for one in meant for problem in status_problems(one)]), *_age(turn, known)]
        return _stays(memory, "\n".join(lines))
    return _begin(turn, memory, approved[0])


def _which(turn: Turn, memory: Memory, named: tuple[ListedTemplate, ...]) -> Did:
    """Ask for a language there is."""
    languages = ", ".join(one.language for one in named)
    text = turn.say(
        "The template {name} is there in {languages}. Say which, for example: {example}",
        name=named[0].name,
        languages=languages,
        example=f"template {named[0].name} {named[0].language}",
    )
    choices = tuple(_choice(one, one.language) for one in named[:_OFFERED])
    return Did(memory, (Say(text, choices),), ask=False)


def _begin(turn: Turn, memory: Memory, chosen: ListedTemplate) -> Did:
    if not chosen.fillable:
        text = turn.say(
            "The template {name} has places outside its text, such as in a button, and I can fill in only those of the"
            " text. Choose another one.",
            name=chosen.name,
        )
        return _stays(memory, text)
    filling = Filling(
        name=chosen.name,
        language=chosen.language,
        body=chosen.body,
        places=chosen.places,
        named=chosen.named,
        way_out=chosen.way_out,
        back=_here(memory).value,
    )
    return _go_on(turn, memory, filling)


def ask(turn: Turn, memory: Memory) -> Question:
    """Ask what is to stand in the next place."""
    filling = _filling(memory)
    text = turn.say(
        "Template {name}: {text}\nWhat stands in place of {place}? {{first_name|there}} works here too.",
        name=filling.name,
        text=said_by(_template(filling)),
        place=f"{{{{{_place(filling)}}}}}",
    )
    return Question(memory, Say(text, (turn.choice("Back", word_value("back")),)))


def keep(turn: Turn, memory: Memory, answer: Answer) -> Did:
    """Take what was sent for the place that is open."""
    filling, words = _filling(memory), " ".join(answer.text.split())
    sample = Template(name=filling.name, language="", values=(TemplateValue(name=_place(filling), text=words),))
    if found := personal_problems(Content(template=sample), turn.desk.variables):
        return stays(memory, State.TEMPLATE, turn.problems(found))
    if answer.images or not fill(words, {}).strip():
        return stays(memory, State.TEMPLATE, turn.say("I need words here."))
    return _go_on(turn, memory, filling.model_copy(update={"values": (*filling.values, words)}))


def back(_turn: Turn, memory: Memory, _answer: Answer) -> Did:
    """Go to the place before, or to where the template was chosen."""
    filling = _filling(memory)
    if not filling.values:
        return Did(memory.but(filling=None), to=State(filling.back))
    return Did(memory.but(filling=filling.model_copy(update={"values": filling.values[:-1]})), to=State.TEMPLATE)


def _go_on(turn: Turn, memory: Memory, filling: Filling) -> Did:
    if len(filling.values) < len(filling.places):
        return Did(memory.but(filling=filling), to=State.TEMPLATE)
    template = _template(filling)
    lines = [turn.say("Outside the window people read: {text}", text=said_by(template))]
    if not filling.way_out:
        lines.append(turn.say("It does not say how to opt out. STOP works there too, if they write it."))
    content = open_draft(turn, memory).content.model_copy(update={"template": template})
    did = put(turn, memory.but(filling=None), content, "\n".join(lines))
    return replace(did, to=State(filling.back)) if did.to is State.MESSAGES else did


def _template(filling: Filling) -> Template:
    pairs = zip(filling.places, filling.values, strict=False)  # as many as are known
    return Template(
        name=filling.name,
        language=filling.language,
        body=filling.body,
        named=filling.named,
        values=tuple(TemplateValue(name=place, text=words) for place, words in pairs),
    )


def _unknown(turn: Turn, known: Known, name: str) -> str:
    if near := known.nearest(name):
        text = turn.say("This Page has no template “{name}”. Did you mean {near}?", name=name, near=near)
    else:
        text = turn.say("This Page has no template “{name}”. Say templates to see those it has.", name=name)
    return "\n".join([text, *_age(turn, known)])


def _not_read(turn: Turn, known: Known) -> str:
    if known.problem:
        return turn.say_stored(known.problem)
    return turn.say("I am asking Facebook which templates this Page has. Say it again in a few seconds.")


def _age(turn: Turn, known: Known) -> list[str]:
    """Say how old the list is, where that may matter."""
    lines = [turn.say_stored(known.problem)] if known.problem else []
    if known.asking:
        lines.append(turn.say("I am asking Facebook again; if you have just changed that, say it once more soon."))
    return lines


def _choice(one: ListedTemplate, title: str) -> Choice:
    return Choice(title=title, value=typed_value(f"template {one.name} {one.language}"))


def _stays(memory: Memory, text: str) -> Did:
    return stays(memory, _here(memory), text)


def _here(memory: Memory) -> State:
    """Return where the order was given: only the review card is remembered by its fingerprint."""
    return State.REVIEW if memory.card else State.MESSAGES


def _filling(memory: Memory) -> Filling:
    assert memory.filling is not None
    return memory.filling


def _place(filling: Filling) -> str:
    return filling.places[len(filling.values)]
