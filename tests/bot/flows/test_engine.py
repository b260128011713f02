"""How a run goes on: answers, attempts, time, people, and flows that change under it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.flows.definition import Flow
from bot.flows.engine import abandon, expects, resume, start, timed_out
from bot.flows.run import (
    CHOICE,
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
    Why,
)
from bot.flows.walk import Heard, Walker
from broadcast.audience.matches import Person
from handlers.content import Button, Image, Text
from tests.bot.flows.people import NOW, flow_of, flows_of, steps, walker

ANNA = walker(first_name="Anna", plan="pro")
AGE = """id = "age"
type = "question"
ask = "number"
text.en = "How old are you, {first_name|friend}?"
text.zh_CN = "您几岁？"
save_as = "age"
"""
PICK = """id = "pick"
type = "question"
ask = "choice"
text = "Which?"
save_as = "pick"
options = [
  { value = "a", title.en = "Apple", title.zh_CN = "苹果" },
  { value = "b", title.en = "Bread", title.zh_CN = "面包" },
]
"""
BYE = 'id = "bye"\ntype = "complete"\ntext = "Bye!"'


def texts(result: Result) -> list[str]:
    return [say.message.text for say in result.effects if isinstance(say, Say) and isinstance(say.message, Text)]


def without_words(result: Result) -> list[Effect]:
    return [effect for effect in result.effects if not isinstance(effect, Say)]


def answered(flow: Flow, *answers: str, who: Walker = ANNA) -> Result:
    """Return what came of the last of these answers."""
    result = start(flow, who, NOW)
    for text in answers:
        result = resume(result.run, flow, who, Heard(text), NOW)
    return result


def test_a_start_says_everything_up_to_the_first_question() -> None:
    flow = flow_of(steps('id = "hi"\ntype = "message"\nimage = "https://a.b/c.png"\ntext = "Hi!"', AGE, BYE))
    result = start(flow, ANNA, NOW)
    assert [say.message for say in result.effects if isinstance(say, Say)] == [
        Image(url="https://a.b/c.png"),
        Text(text="Hi!"),
        Text(text="How old are you, Anna?"),
    ]
    assert result.run == Run(
        flow="visit",
        version=flow.version,
        step="age",
        started_at=NOW,
        language=ANNA.language,
        ahead=("bye",),
        asked=("age",),
        waiting_until=NOW + timedelta(hours=23),
    )


def test_a_run_remembers_each_question_it_came_to_once() -> None:
    again = PICK + 'goto = "age"\n'
    flow = flow_of(steps(AGE, again))
    run = start(flow, ANNA, NOW).run
    for text in ("30", "Apple", "31"):
        run = resume(run, flow, ANNA, Heard(text), NOW).run
    assert (run.step, run.asked) == ("pick", ("age", "pick"))


def test_people_are_asked_in_their_language() -> None:
    assert texts(start(flow_of(steps(AGE)), walker("zh_CN"), NOW)) == ["您几岁？"]
    assert texts(start(flow_of(steps(AGE)), walker("fr"), NOW)) == ["How old are you, friend?"]


def test_an_answer_is_written_down_and_the_flow_goes_on_to_its_end() -> None:
    result = answered(flow_of(steps(AGE, BYE)), "42")
    assert result.effects == (SetVariable("age", 42), Say(Text(text="Bye!")), Completed("visit", {"age": 42}))
    assert (result.run.status, result.run.ended_at, result.run.waiting_until) == (RunStatus.COMPLETED, NOW, None)


def test_what_nobody_asked_to_keep_is_not_kept() -> None:
    result = answered(flow_of(steps(AGE.replace('save_as = "age"', ""))), "42")
    assert result.effects == (Completed("visit", {}),)


def test_an_unusable_answer_is_asked_again_until_the_attempts_are_used_up() -> None:
    flow = flow_of(f"keywords = ['visit us']\n{steps(AGE, BYE)}")
    second = answered(flow, "old")
    assert texts(second) == ["I do not understand “old” as a number. Please send one like 7 / 7.5."]
    assert (second.run.attempts, second.run.step) == (1, "age")
    third = answered(flow, "old", "very")
    assert third.run.is_open
    fourth = answered(flow, "old", "very", "very old")
    assert texts(fourth) == ["Let us leave it at that for now. Send “visit us” whenever you like to begin again."]
    assert without_words(fourth) == [Dropped("visit", "age", Why.NO_ANSWER)]
    assert fourth.run.status is RunStatus.DROPPED


def test_a_good_answer_forgets_the_attempts() -> None:
    assert answered(flow_of(steps(AGE, PICK)), "old", "42").run.attempts == 0


def test_after_the_last_attempt_it_goes_where_the_question_says() -> None:
    flow = flow_of(steps(AGE + 'attempts = 1\non_failure = "bye"\n', BYE))
    assert without_words(answered(flow, "old")) == [Completed("visit", {})]


def test_words_of_the_flow_take_the_place_of_ours() -> None:
    flow = flow_of(steps(AGE + 'again.en = "A number, {first_name|please}."\nagain.zh_CN = "数字。"\n'))
    assert texts(answered(flow, "{first_name}")) == ["A number, Anna."]


def test_what_a_person_writes_is_never_filled_in() -> None:
    assert "{first_name}" in texts(answered(flow_of(steps(AGE)), "{first_name}"))[0]


def test_a_picture_alone_is_no_answer() -> None:
    assert texts(answered(flow_of(steps(AGE)), "")) == ["I can only read words here. Please type your answer."]


def test_pictures_cost_none_of_the_attempts_as_an_album_is_many_of_them_at_once() -> None:
    asked_again = answered(flow_of(steps(AGE)), "", "", "", "")
    assert (asked_again.run.attempts, asked_again.run.status) == (0, RunStatus.STARTED)


@pytest.mark.parametrize("said", ["Bread", "面包", "2", "２", " bread! "])
def test_a_choice_is_made_by_title_in_any_language_or_by_number(said: str) -> None:
    assert without_words(answered(flow_of(steps(PICK)), said))[0] == SetVariable("pick", "b")


def test_a_choice_is_made_by_its_button() -> None:
    flow = flow_of(steps(PICK))
    asked = start(flow, ANNA, NOW)
    (say,) = asked.effects
    assert isinstance(say, Say)
    assert [choice.value for choice in say.choices] == [f"{CHOICE}visit/pick/a", f"{CHOICE}visit/pick/b"]
    result = resume(asked.run, flow, ANNA, Heard("Apple", say.choices[0].value), NOW)
    assert result.effects[0] == SetVariable("pick", "a")


def test_a_button_of_an_earlier_question_asks_the_present_one_and_costs_no_attempt() -> None:
    flow = flow_of(steps(PICK, AGE))
    result = answered(flow, "1")
    again = resume(result.run, flow, ANNA, Heard("Apple", f"{CHOICE}visit/pick/a"), NOW)
    assert (texts(again), again.run) == (["How old are you, Anna?"], result.run)


def test_a_button_of_something_else_is_not_the_flows() -> None:
    flow = flow_of(steps(AGE))
    run = start(flow, ANNA, NOW).run
    assert resume(run, flow, ANNA, Heard("Lunch", "flow:lunch"), NOW) == Result(run, heard=False)


@pytest.mark.parametrize(("said", "value", "step"), [("yes", True, "a"), ("2", False, "b"), ("是", True, "a")])
def test_yes_and_no_lead_where_they_say(said: str, value: bool, step: str) -> None:
    question = 'id="q"\ntype="question"\nask="yes_no"\ntext="?"\nsave_as="tea"\nif_yes="a"\nif_no="b"'
    flow = flow_of(steps(question, AGE.replace('"age"', '"a"'), PICK.replace('"pick"', '"b"')))
    result = answered(flow, said)
    assert (result.effects[0], result.run.step) == (SetVariable("tea", value), step)


def test_an_option_leads_where_it_says() -> None:
    pick = PICK.replace('title.zh_CN = "面包"', 'title.zh_CN = "面包", goto = "complete"')
    flow = flow_of(steps(pick, AGE))
    assert answered(flow, "1").run.step == "age"
    assert answered(flow, "2").run.status is RunStatus.COMPLETED


def test_an_optional_question_may_be_left_out() -> None:
    asked = start(flow_of(steps(AGE + "optional = true")), ANNA, NOW)
    assert texts(asked) == ["How old are you, Anna?\n(Send “skip” to leave this out.)"]
    assert answered(flow_of(steps(AGE + "optional = true")), "Skip").effects == (Completed("visit", {}),)
    choice = flow_of(steps(PICK + "optional = true"))
    (say,) = start(choice, ANNA, NOW).effects
    assert isinstance(say, Say)
    assert [each.title for each in say.choices] == ["Apple", "Bread", "Skip"]
    for said in ("3", "skip", "跳过"):
        assert answered(choice, said).effects == (Completed("visit", {}),)


def test_a_needed_question_may_not_be_left_out() -> None:
    assert answered(flow_of(steps(AGE)), "skip").run.attempts == 1


@pytest.mark.parametrize("said", ["human", "Agent!", "人工", "转人工"])
def test_a_person_is_called_in_at_any_step(said: str) -> None:
    for flow in (flow_of(steps(AGE)), flow_of(steps('id="w"\ntype="wait"\nduration="1 hour"'))):
        result = answered(flow, said)
        assert texts(result) == ["A person will answer you here soon."]
        assert without_words(result) == [HandedOver("visit", result.run.step)]
        assert result.run.status is RunStatus.HANDED_OVER


@pytest.mark.parametrize("said", ["cancel", "Quit", "退出"])
def test_people_may_leave_at_any_step(said: str) -> None:
    for flow in (flow_of(steps(AGE)), flow_of(steps('id="w"\ntype="wait"\nduration="1 hour"'))):
        assert without_words(answered(flow, said)) == [Dropped("visit", flow.steps[0].id, Why.LEFT)]


def test_an_option_goes_before_the_words_that_always_work() -> None:
    flow = flow_of(steps(PICK.replace('"Apple"', '"Cancel"')))
    assert answered(flow, "cancel").effects[0] == SetVariable("pick", "a")


BRANCH = """id = "sort"
type = "branch"
rules = [{ when = "age >= 18 and plan = pro", goto = "adult" }, { when = "tag = vip", goto = "vip" }]
otherwise = "complete"
"""
SORTED = steps(
    AGE,
    BRANCH,
    'id = "adult"\ntype = "set"\nvariables = { group = "adult" }\ngoto = "complete"',
    'id = "vip"\ntype = "set"\nvariables = { group = "vip" }\nclear = ["age"]\nadd_tags = ["x"]\nremove_tags = ["vip"]',
    'id = "plan"\ntype = "set"\nvariables = { plan = "free" }',
)


@pytest.mark.parametrize(
    ("age", "plan", "tags", "group"),
    [("18", "pro", (), "adult"), ("17", "pro", (), None), ("18", "free", (), None), ("1", "free", ("vip",), "vip")],
)
def test_a_branch_sees_what_was_just_answered_and_what_was_known(
    age: str, plan: str, tags: tuple[str, ...], group: str | None
) -> None:
    person = Person(profile={}, variables={"plan": plan}, tags=tags)
    result = answered(flow_of(SORTED), age, who=replace(ANNA, person=person))
    assert result.run.collected.get("group") == group


def test_what_is_set_is_said_in_order_and_what_is_cleared_is_forgotten() -> None:
    person = Person(profile={}, variables={"plan": "free"}, tags=["vip"])
    result = answered(flow_of(SORTED), "3", who=replace(ANNA, person=person))
    assert result.effects == (
        SetVariable("age", 3),
        SetVariable("age", None),
        SetVariable("group", "vip"),
        SetTag("vip", on=False),
        SetTag("x", on=True),
        SetVariable("plan", "free"),
        Completed("visit", {"group": "vip", "plan": "free"}),
    )


def test_a_question_without_an_answer_in_time_goes_where_it_says() -> None:
    flow = flow_of(steps(AGE + 'time_out = "1 hour"\n', BYE))
    run = start(flow, ANNA, NOW).run
    assert run.waiting_until == NOW + timedelta(hours=1)
    early = timed_out(run, flow, ANNA, NOW + timedelta(minutes=59))
    assert early == Result(run, heard=False)
    late = timed_out(run, flow, ANNA, NOW + timedelta(hours=1))
    assert late.effects == (Dropped("visit", "age", Why.TIMED_OUT),)
    flow = flow_of(steps(AGE + 'time_out = "1 hour"\non_time_out = "bye"\n', BYE))
    run = start(flow, ANNA, NOW).run
    assert without_words(timed_out(run, flow, ANNA, NOW + timedelta(hours=2))) == [Completed("visit", {})]


def test_an_answer_that_comes_before_anybody_looked_at_the_clock_counts() -> None:
    flow = flow_of(steps(AGE))
    run = start(flow, ANNA, NOW).run
    assert resume(run, flow, ANNA, Heard("7"), NOW + timedelta(days=3)).run.collected == {"age": 7}


def test_a_wait_goes_on_by_itself_and_leaves_messages_to_others() -> None:
    flow = flow_of(steps('id="w"\ntype="wait"\nduration="2 hours"', BYE))
    run = start(flow, ANNA, NOW).run
    assert (run.status, run.waiting_until) == (RunStatus.STARTED, NOW + timedelta(hours=2))
    assert resume(run, flow, ANNA, Heard("hello?"), NOW) == Result(run, heard=False)
    assert texts(timed_out(run, flow, ANNA, NOW + timedelta(hours=2))) == ["Bye!"]


def test_a_wait_may_end_with_a_message() -> None:
    flow = flow_of(steps('id="w"\ntype="wait"\nduration="2 hours"\non_message="pick"', BYE, PICK).replace(
        'id="w"', 'id="w"\ngoto="bye"'))  # fmt: skip
    run = start(flow, ANNA, NOW).run
    assert resume(run, flow, ANNA, Heard("hello?"), NOW).run.step == "pick"


def test_a_jump_into_another_flow_completes_this_one() -> None:
    flows = flows_of(a=steps('id="j"\ntype="jump"\nflow="b"'), b=steps(AGE))
    flow = flows.find("a")
    assert flow is not None
    assert start(flow, ANNA, NOW).effects == (Completed("a", {}), EnterFlow("b"))


def test_a_button_of_a_message_is_in_the_persons_language() -> None:
    button = '{ title.en = "Lunch", title.zh_CN = "午饭", flow = "visit" }'
    flow = flow_of(steps(f'id="m"\ntype="message"\ntext.en="Hi"\ntext.zh_CN="好"\nbuttons=[{button}]', AGE))
    (said, _) = start(flow, walker("zh_CN"), NOW).effects
    assert said == Say(Text(text="好", buttons=(Button(kind="flow", title="午饭", value="visit"),)))


def test_days_are_the_persons_own() -> None:
    question = 'id="d"\ntype="question"\nask="date"\ntext="?"\nsave_as="day"'
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    flow = flow_of(steps(question))
    run = start(flow, ANNA, late).run
    there = late.astimezone(ZoneInfo("Asia/Shanghai"))
    assert resume(run, flow, ANNA, Heard("today"), there).run.collected == {"day": "2026-11-25"}


@pytest.mark.parametrize(
    ("step", "said", "expected"),
    [
        (AGE, "42", True),
        (AGE, "lunch", False),
        (AGE, "", False),
        (PICK, "2", True),
        (PICK, "苹果", True),
        (PICK, "lunch", False),
        (AGE.replace('"number"', '"text"'), "42", False),
        ('id="w"\ntype="wait"\nduration="1 hour"', "42", False),
    ],
)
def test_an_answer_that_the_question_understands_is_told_from_other_words(step: str, said: str, expected: bool) -> None:
    flow = flow_of(steps(step))
    run = start(flow, ANNA, NOW).run
    assert expects(run, flow, Heard(said), NOW) is expected
    assert not expects(abandon(run, Why.STOPPED, NOW).run, flow, Heard(said), NOW)


def test_a_run_is_dropped_from_outside_once_and_without_words() -> None:
    flow = flow_of(steps(AGE))
    run = start(flow, ANNA, NOW).run
    stopped = abandon(run, Why.STOPPED, NOW)
    assert stopped.effects == (Dropped("visit", "age", Why.STOPPED),)
    assert abandon(stopped.run, Why.STOPPED, NOW) == Result(stopped.run, heard=False)
    assert resume(stopped.run, flow, ANNA, Heard("7"), NOW) == Result(stopped.run, heard=False)
    assert timed_out(stopped.run, flow, ANNA, NOW) == Result(stopped.run, heard=False)


def test_a_run_and_another_flow_do_not_go_together() -> None:
    run = start(flow_of(steps(AGE)), ANNA, NOW).run
    with pytest.raises(ValueError, match="in the flow 'visit', not in 'other'"):
        resume(run, flow_of(steps(AGE), name="other"), ANNA, Heard("7"), NOW)


# -- flows that change ---------------------------------------------------------------------------


def test_the_version_is_what_the_flow_says() -> None:
    flow = flow_of(steps(AGE))
    assert flow.version == flow_of(f"# a remark\n{steps(AGE)}").version
    assert flow.version != flow_of(steps(AGE).replace("old", "young")).version
    assert Flow.model_validate_json(flow.model_dump_json()) == flow


def test_a_run_may_keep_the_version_it_started_with() -> None:
    old = flow_of(SORTED)
    run = answered(old).run
    kept = Flow.model_validate_json(old.model_dump_json())
    assert resume(run, kept, ANNA, Heard("42"), NOW).run.collected == {"age": 42, "group": "adult"}


def test_a_run_goes_on_quietly_when_its_step_is_still_there() -> None:
    run = start(flow_of(steps(AGE)), ANNA, NOW).run
    new = flow_of(steps(PICK, AGE, BYE))
    result = resume(run, new, ANNA, Heard("42"), NOW)
    assert (texts(result), result.run.version) == (["Bye!"], new.version)


def test_a_run_whose_step_is_gone_moves_on_and_says_so() -> None:
    old = flow_of(steps(AGE, PICK, BYE))
    run = start(old, ANNA, NOW).run
    new = flow_of(steps(PICK, BYE))
    result = resume(run, new, ANNA, Heard("42"), NOW)
    assert result.effects[0] == Moved("visit", old.version, "age", "pick")
    assert texts(result) == ["This conversation has changed since we began, so let us go on from here.", "Which?"]
    assert (result.run.step, result.run.version, result.run.collected) == ("pick", new.version, {})


def test_a_run_of_which_nothing_is_left_is_completed() -> None:
    run = start(flow_of(steps(AGE)), ANNA, NOW).run
    result = resume(run, flow_of(steps(PICK)), ANNA, Heard("42"), NOW)
    assert without_words(result) == [Moved("visit", run.version, "age", ""), Completed("visit", {})]


def test_a_step_that_no_longer_waits_is_walked_through() -> None:
    run = start(flow_of(steps(AGE, PICK)), ANNA, NOW).run
    new = flow_of(steps('id="age"\ntype="message"\ntext="No matter."', PICK))
    assert texts(resume(run, new, ANNA, Heard("42"), NOW))[1:] == ["No matter.", "Which?"]


def test_time_that_passes_at_a_step_that_is_gone_ends_the_run() -> None:
    run = start(flow_of(steps(AGE)), ANNA, NOW).run
    result = timed_out(run, flow_of(steps(PICK)), ANNA, NOW + timedelta(days=1))
    assert result.effects == (Dropped("visit", "age", Why.TIMED_OUT),)
