"""One stretch of a run: what each step does, and what each answer means."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.flows.answers import NO_WORDS, chosen, read_answer
from bot.flows.definition import (
    AskChoice,
    AskYesNo,
    Branch,
    Complete,
    Flow,
    HandOver,
    Jump,
    Question,
    Set,
    Step,
    Wait,
)
from bot.flows.leads import resolve
from bot.flows.parts import COMPLETE, DROP, HUMAN, in_language, length
from bot.flows.personal import condition, values_of
from bot.flows.run import (
    Completed,
    Dropped,
    Effect,
    EnterFlow,
    HandedOver,
    Moved,
    Result,
    Run,
    RunStatus,
    Say,
    SetTag,
    SetVariable,
    Value,
    Why,
)
from bot.flows.shown import choices_of, shown, titles_of
from bot.flows.words import HUMAN as HUMAN_WORDS
from bot.flows.words import LEAVE, SKIP, said
from bot.texts import N_
from broadcast.audience.matches import Person, matches
from broadcast.audience.problems import Catalogue
from broadcast.personalise import fill_message
from handlers.content import Text
from handlers.contract import Problem


@dataclass(frozen=True, slots=True)
class Walker:
    """Who walks: what is stored of them, the language they read, and the catalogue of it."""

    person: Person
    language: str
    texts: Catalogue


@dataclass(frozen=True, slots=True)
class Heard:
    """What a person sent: words, or the value of the choice they tapped. A picture alone is neither."""

    text: str = ""
    payload: str = ""


class Walk:
    """One stretch of a run: from an event to the next rest, or to the end."""

    def __init__(self, flow: Flow, walker: Walker, run: Run, now: datetime) -> None:
        self.flow = flow
        self.language = walker.language
        self.texts = walker.texts
        self.person = walker.person
        self.run = run
        self.now = now
        self.effects: list[Effect] = []

    def result(self) -> Result:
        """Return the run as it is now, and all that was to be done on the way."""
        return Result(self.run, tuple(self.effects))

    def go(self, target: str, why: Why = Why.SENT_OUT) -> None:
        """Go to a step or an end, and on from there until the run rests or is over."""
        onward: str | None = target
        while onward is not None:
            place = resolve(self.flow, self.run.step, onward)
            step = self.flow.step(place)
            if step is None:
                self._end(place, why)
                return
            onward = self._enter(step)

    def _end(self, end: str, why: Why) -> None:
        if end == COMPLETE:
            self._complete()
        elif end == HUMAN:
            self._say_words(N_("A person will answer you here soon."))
            self._hand_over()
        else:
            self.run = self.run.ended(RunStatus.DROPPED, self.now)
            self.effects.append(Dropped(self.flow.name, self.run.step, why))

    def _complete(self) -> None:
        self.run = self.run.ended(RunStatus.COMPLETED, self.now)
        self.effects.append(Completed(self.flow.name, dict(self.run.collected)))

    def _hand_over(self) -> None:
        self.run = self.run.ended(RunStatus.HANDED_OVER, self.now)
        self.effects.append(HandedOver(self.flow.name, self.run.step))

    def _enter(self, step: Step) -> str | None:
        """Do what a step says; return where it leads, None when the run rests or is over."""
        self.run = self.run.model_copy(
            update={
                "step": step.id,
                "version": self.flow.version,
                "ahead": self.flow.after(step.id),
                "attempts": 0,
                "waiting_until": None,
            }
        )
        for say in shown(self.flow.name, step, self.language, self.texts):
            self._say(say)
        match step:
            case Branch():
                return next((rule.goto for rule in step.rules if self._holds(rule.when)), step.otherwise)
            case Jump(flow=str(name)):
                self._complete()
                self.effects.append(EnterFlow(name))
            case HandOver():
                self._hand_over()
            case Complete():
                self._complete()
            case Wait():
                self._rest(length(step.duration))
            case _ if isinstance(step, Question):
                self.run = self.run.model_copy(update={"asked": tuple(dict.fromkeys((*self.run.asked, step.id)))})
                self._rest(length(step.time_out or self.flow.time_out))
            case _:
                if isinstance(step, Set):
                    self._write(step)
                return step.goto
        return None

    def _rest(self, most: timedelta) -> None:
        self.run = self.run.model_copy(update={"waiting_until": self.now + most})

    def move_on(self) -> None:
        """Leave a step that the flow no longer has, or at which it no longer waits, and say so."""
        gone, version = self.run.step, self.run.version
        still = (step_id for step_id in (gone, *self.run.ahead) if self.flow.step(step_id) is not None)
        to = next(still, "")
        self.effects.append(Moved(self.flow.name, version, gone, to))
        self._say_words(N_("This conversation has changed since we began, so let us go on from here."))
        self.go(to or COMPLETE)

    # -- answers ---------------------------------------------------------------------------------

    def answer(self, question: Question, heard: Heard) -> None:
        """Take what was sent as the answer to the open question."""
        choices = choices_of(self.flow.name, question, self.language, self.texts)
        tapped = next((place for place, choice in enumerate(choices) if choice.value == heard.payload), None)
        if heard.payload and tapped is None:  # a button of an earlier question
            self._ask_again(question, None)
            return
        place = chosen(heard.text, titles_of(question)) if tapped is None else tapped
        if place is not None:
            self._choose(question, place)
        elif question.optional and said(heard.text) in SKIP:
            self.go(question.goto)
        elif not self.common(heard):
            if not heard.text.strip():  # a picture, of which an album sends many at once: no answer, so no attempt
                self._ask_again(question, NO_WORDS)
                return
            read = read_answer(question, heard.text, self.now.date())
            if isinstance(read, Problem):
                self._refuse(question, read)
            else:
                self._keep(question, read)

    def _choose(self, question: Question, place: int) -> None:
        if isinstance(question, AskChoice) and place < len(question.options):
            option = question.options[place]
            self._keep(question, option.value, option.goto)
        elif isinstance(question, AskYesNo) and place < 2:
            self._keep(question, place == 0)
        else:  # the last choice, which leaves the question out
            self.go(question.goto)

    def _keep(self, question: Question, value: Value, goto: str | None = None) -> None:
        if question.save_as is not None:
            self._set(question.save_as, value)
        if isinstance(question, AskYesNo):
            goto = question.if_yes if value else question.if_no
        self.go(goto or question.goto)

    def _refuse(self, question: Question, problem: Problem) -> None:
        attempts = self.run.attempts + 1
        if attempts < question.attempts:
            self.run = self.run.model_copy(update={"attempts": attempts})
            self._ask_again(question, problem)
            return
        if question.on_failure == DROP:
            self._say_words(
                N_("Let us leave it at that for now. Send “{keyword}” whenever you like to begin again."),
                keyword=self._keyword(),
            )
        self.go(question.on_failure, Why.NO_ANSWER)

    def _ask_again(self, question: Question, problem: Problem | None) -> None:
        """Say what was wrong; without a problem, the question as it was first asked."""
        asked = shown(self.flow.name, question, self.language, self.texts)[0]
        if problem is None:
            self._say(asked)
        elif question.again is not None:
            self._say(Say(Text(text=in_language(question.again, self.language)), asked.choices))
        else:  # what the person wrote stands in it, and is not a text of ours to fill in
            text = self.texts.gettext(problem.sentence).format(**problem.facts)
            self.effects.append(Say(Text(text=text), asked.choices))

    def common(self, heard: Heard) -> bool:
        """Do what the words do that mean the same in every flow; say whether it was one of them."""
        word = said(heard.text)
        if word in HUMAN_WORDS:
            self.go(HUMAN)
        elif word in LEAVE:
            self._say_words(
                N_("All right, we stop here. Send “{keyword}” whenever you like to begin again."),
                keyword=self._keyword(),
            )
            self.go(DROP, Why.LEFT)
        else:
            return False
        return True

    def _keyword(self) -> str:
        return next(iter(self.flow.keywords), self.flow.name)

    # -- what is known of the person -------------------------------------------------------------

    def _holds(self, when: str) -> bool:
        return matches(condition(when, frozenset(self.flow.kinds.items())), self.person, now=self.now)

    def _write(self, step: Set) -> None:
        for name in step.clear:
            self._set(name, None)
        for name, value in step.variables.items():
            self._set(name, value)
        tags = [tag for tag in self.person.tags if tag not in step.remove_tags]
        self.person = replace(self.person, tags=[*dict.fromkeys([*tags, *step.add_tags])])
        self.effects += [SetTag(tag, on=False) for tag in step.remove_tags]
        self.effects += [SetTag(tag, on=True) for tag in step.add_tags]

    def _set(self, name: str, value: Value | None) -> None:
        self.person = replace(self.person, variables={**self.person.variables, name: value})
        collected = {known: kept for known, kept in self.run.collected.items() if known != name}
        if value is not None:
            collected[name] = value
        self.run = self.run.model_copy(update={"collected": collected})
        self.effects.append(SetVariable(name, value))

    # -- saying ----------------------------------------------------------------------------------

    def _say(self, say: Say) -> None:
        self.effects.append(replace(say, message=fill_message(say.message, values_of(self.person, self.texts))))

    def _say_words(self, message: str, **facts: str) -> None:
        self.effects.append(Say(Text(text=self.texts.gettext(message).format(**facts))))
