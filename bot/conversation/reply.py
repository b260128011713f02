"""From what a step says to messages of a platform: choices its way, and every text within its limit."""

import json
from collections.abc import Iterable, Iterator, Sequence

from bot.conversation.turn import Picture, Said, Say, Show
from broadcast.outgoing import Composer
from handlers.content import Choice, Outgoing, Text
from handlers.contract import Capabilities, Limit


def outgoing(says: Sequence[Said], person: str, capabilities: Capabilities) -> tuple[Outgoing, ...]:
    """Return the messages for `person`. Words that follow each other become one message: one answer a turn.

    Pictures come last, since on some platforms only the first message is sure to be shown, and bring the quick
    replies with them: a phone shows those of the newest message.
    """
    parts = _merged([said for said in says if not isinstance(said, Picture)])
    messages = [message for part in parts for message in _messages(part, person, capabilities)]
    choices = messages[-1].choices if messages else ()
    pictures = [said.image for said in says if isinstance(said, Picture)]
    return (*messages, *(Outgoing(to=person, message=image, choices=choices) for image in pictures))


def _merged(says: Sequence[Say | Show]) -> Iterator[Say | Show]:
    """Join neighbouring words; the choices are those of the last that has any."""
    waiting: Say | None = None
    for said in says:
        if isinstance(said, Show):
            if waiting is not None:
                yield waiting
            waiting = None
            yield said
        elif waiting is None:
            waiting = said
        else:
            waiting = Say(f"{waiting.text}\n\n{said.text}", said.choices or waiting.choices)
    if waiting is not None:
        yield waiting


def _messages(said: Say | Show, person: str, capabilities: Capabilities) -> Iterable[Outgoing]:
    if isinstance(said, Show):
        composer = Composer(0, said.content, taps=capabilities.choices)
        fills = json.dumps(dict(said.values))
        if said.template:
            composed = [composer.compose_template(0, person, fills)]
        else:
            composed = [composer.compose(0, person, step, fills) for step in range(composer.steps)]
        # The mark is taken off: an echo of a preview is no evidence for anybody's delivery.
        return [message.model_copy(update={"metadata": ""}) for message in composed]
    text, choices = _with_choices(said, capabilities)
    parts = split(text, capabilities)
    return [
        Outgoing(to=person, message=Text(text=part), choices=choices if number == len(parts) else ())
        for number, part in enumerate(parts, 1)
    ]


def _with_choices(said: Say, capabilities: Capabilities) -> tuple[str, tuple[Choice, ...]]:
    """Return text and quick replies, or, where there are none, the text with the choices as numbered lines."""
    if not said.choices:
        return said.text, ()
    if not capabilities.choices:
        lines = "\n".join(f"{number}. {choice.title}" for number, choice in enumerate(said.choices, 1))
        return f"{said.text}\n\n{lines}", ()
    longest, most = _limit("choice_title", capabilities), _limit("choices", capabilities)
    offered = said.choices[: most.most] if most else said.choices
    titles = [_cut(choice.title, longest) if longest else choice.title for choice in offered]
    cut = [
        f"{number}. {choice.title}"
        for number, (choice, title) in enumerate(zip(offered, titles, strict=True), 1)
        if choice.title != title and choice.title not in said.text
    ]
    shown = tuple(choice.model_copy(update={"title": title}) for choice, title in zip(offered, titles, strict=True))
    return "\n".join([said.text, *cut]), shown


def split(text: str, capabilities: Capabilities) -> list[str]:
    """Cut a text into parts that fit, at the last line that fits, or in the middle of a line as a last resort."""
    limit = _limit("text", capabilities)
    parts = []
    while limit is not None and _size(text, limit) > limit.most:
        head = _head(text, limit)
        at = head.rfind("\n")
        if at > 0:
            head = head[:at]
        parts.append(head.rstrip())
        text = text[len(head) :].lstrip("\n")
    return [*parts, text]


def _limit(what: str, capabilities: Capabilities) -> Limit | None:
    return next((limit for limit in capabilities.limits if limit.what == what), None)


def _size(text: str, limit: Limit) -> int:
    return len(text.encode()) if limit.unit == "bytes" else len(text)


def _head(text: str, limit: Limit) -> str:
    """Return the longest beginning that fits."""
    if limit.unit == "bytes":
        return text.encode()[: limit.most].decode(errors="ignore")
    return text[: limit.most]


def _cut(title: str, limit: Limit) -> str:
    if _size(title, limit) <= limit.most:
        return title
    room = Limit(limit.what, limit.most - _size("…", limit), limit.unit, limit.source, limit.checked)
    return _head(title, room).rstrip() + "…"
