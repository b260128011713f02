"""What a broadcast says, as a list an admin can point at: 1, 2, 2.1."""

from bot.conversation.turn import Said, Say, Show, Turn
from broadcast.arrange import Part, parts
from broadcast.personalise import said_by
from handlers.content import Article, Button, Card, Content, Image, Message, Text

SHOWN = 60
"""Characters of a message shown in a list."""


def say_messages(turn: Turn, content: Content) -> str:
    """Return the messages as a numbered list, each cut to one line; cards side by side have numbers of their own."""
    lines = []
    for number, message in enumerate(content.messages, 1):
        lines.append(f"{number}. {say_message(turn, message)}")
        found = parts(message)
        if len(found) > 1:
            lines += [f"{number}.{at} {_part(turn, part)}" for at, part in enumerate(found, 1)]
    if content.way_out:
        lines.append(turn.say("Way out: {words}", words=content.way_out))
    if content.template is not None:
        lines.append(turn.say("Outside the window: template {name}", name=content.template.name))
        lines.append(f"“{_cut(said_by(content.template))}”")
    return "\n".join(lines)


def show(turn: Turn, content: Content, person: str) -> tuple[Said, ...]:
    """Return what a broadcast says as one person (by platform user id) would get it: messages, then the template."""
    values = turn.desk.values(content, person)
    messages = Show(content, values)
    if content.template is None or not turn.desk.has_templates:
        return (messages,)
    label = Say(turn.say("People whose window is closed get this instead:"))
    return (messages, label, Show(content, values, template=True))


def say_message(turn: Turn, message: Message) -> str:
    """Return one line that names a message."""
    if isinstance(message, Image):
        return turn.say("[picture]")
    if isinstance(message, Text):
        return _cut(message.text) + _buttons(message.buttons)
    found = parts(message)
    if len(found) == 1:
        return _part(turn, found[0])
    if isinstance(found[0], Article):
        return turn.plural("[{n} article]", "[{n} articles]", len(found))
    return turn.plural("[{n} card]", "[{n} cards side by side]", len(found))


def _part(turn: Turn, part: Part) -> str:
    if isinstance(part, Card):
        return turn.say("[card] {title}", title=_cut(part.title)) + _buttons(part.buttons)
    return turn.say("[article] {title}", title=_cut(part.title))


def _buttons(buttons: tuple[Button, ...]) -> str:
    return "".join(f" ▸ {button.title}" for button in buttons)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1].rstrip() + "…"
