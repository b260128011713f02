"""What a step shows a person: its messages, and the ready answers under them."""

from collections.abc import Mapping

from bot.flows.definition import AskChoice, AskYesNo, Complete, HandOver, Link, Message, Question, Step
from bot.flows.parts import EVERY_LANGUAGE, Words, in_language
from bot.flows.run import CHOICE, Say
from bot.flows.words import SKIP
from bot.texts import N_
from broadcast.audience.problems import Catalogue
from handlers.content import Button, Choice, Image, Text

SKIP_VALUE = ""
"""No option has it, so that a choice may well be called skip."""


def shown(flow: str, step: Step, language: str, texts: Catalogue) -> tuple[Say, ...]:
    """Return what entering a step says, before personal values are filled in."""
    match step:
        case Message():
            picture = (Say(Image(url=step.image)),) if step.image is not None else ()
            if step.text is None:
                return picture
            buttons = tuple(_button(link, language) for link in step.buttons)
            return (*picture, Say(Text(text=in_language(step.text, language), buttons=buttons)))
        case HandOver() if step.text is None:
            return (Say(Text(text=texts.gettext(N_("A person will answer you here soon.")))),)
        case HandOver() | Complete():
            return (Say(Text(text=in_language(step.text, language))),) if step.text is not None else ()
        case question if isinstance(question, Question):
            text = in_language(question.text, language)
            choices = choices_of(flow, question, language, texts)
            if question.optional and not choices:
                text += "\n" + texts.gettext(N_("(Send “{word}” to leave this out.)")).format(
                    word=texts.gettext(N_("skip"))
                )
            return (Say(Text(text=text), choices),)
        case _:
            return ()


def choices_of(flow: str, question: Question, language: str, texts: Catalogue) -> tuple[Choice, ...]:
    """Return the ready answers of a question, in the order in which their numbers count."""
    match question:
        case AskChoice():
            answers = [(in_language(option.title, language), str(option.value)) for option in question.options]
        case AskYesNo():
            answers = [(texts.gettext(N_("Yes")), "yes"), (texts.gettext(N_("No")), "no")]
        case _:
            return ()
    if question.optional:
        answers.append((texts.gettext(N_("Skip")), SKIP_VALUE))
    return tuple(Choice(title=title, value=f"{CHOICE}{flow}/{question.id}/{value}") for title, value in answers)


def titles_of(question: Question) -> list[list[str]]:
    """Return what each choice of a question is called in every language: people keep the one they think in."""
    match question:
        case AskChoice():
            titles = [list(option.title.values()) for option in question.options]
        case AskYesNo():
            titles = [["yes", "是"], ["no", "否"]]
        case _:
            return []
    return [*titles, [*SKIP]] if question.optional else titles


def texts_of(step: Step) -> Mapping[tuple[str | int, ...], Words]:
    """Return every text that is written in a step, by where it stands from the step on."""
    found: dict[tuple[str | int, ...], Words] = {}
    for name in ("text", "again"):
        words = getattr(step, name, None)
        if words is not None:
            found[(name,)] = words
    for name in ("buttons", "options"):
        for number, each in enumerate(getattr(step, name, ())):
            found[(name, number, "title")] = each.title
    return found


def languages_of(step: Step) -> set[str]:
    """Return the languages a step speaks; `EVERY_LANGUAGE` is not one of them."""
    return {language for words in texts_of(step).values() for language in words if language != EVERY_LANGUAGE}


def _button(link: Link, language: str) -> Button:
    title = in_language(link.title, language)
    if link.link is not None:
        return Button(kind="url", title=title, value=link.link)
    if link.flow is not None:
        return Button(kind="flow", title=title, value=link.flow)
    return Button(kind="phone", title=title, value=link.phone or "")
