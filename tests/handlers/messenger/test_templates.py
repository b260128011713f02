"""The utility templates of a Page: read from the Graph API, and sent as the documentation shows them."""

import asyncio
import json
from typing import Any

import pytest

from handlers.content import Choice, Outgoing, Template, TemplateValue
from handlers.contract import PlatformError
from handlers.http import bulk_session
from handlers.messenger.platform import Messenger
from handlers.messenger.render import render
from handlers.messenger.templates import MOST_PAGES, read_template
from handlers.outcomes import Fate, Outcome, Refused
from handlers.templates import HasTemplates
from tests.handlers.messenger.graph import Graph, Told
from tests.handlers.messenger.page import PAGE_ID, PSID, make_page

EDGE = f"/v26.0/{PAGE_ID}/message_templates"


def entry(*components: dict[str, Any], **fields: Any) -> dict[str, Any]:
    made = {"name": "order_update", "language": "en", "status": "APPROVED", "category": "UTILITY", "id": "1"}
    return {**made, "components": list(components), **fields}


def body(words: str) -> dict[str, Any]:
    return {"type": "BODY", "text": words}


PLACES = (
    ("none", "Your order is on its way.", (), False),
    ("numbers", "Hello {{1}}, order {{2}}.", ("1", "2"), False),
    ("numbers out of order, one of them twice", "{{10}} {{2}} {{10}}", ("2", "10"), False),
    ("names", "Hello {{name}}, order {{order_id}}.", ("name", "order_id"), True),
)


@pytest.mark.parametrize(("words", "places", "named"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES])
def test_the_places_of_a_body_are_found(words: str, places: tuple[str, ...], named: bool) -> None:
    read = read_template(entry(body(words)))
    assert (read.name, read.language, read.status, read.body) == ("order_update", "en", "APPROVED", words)
    assert (read.places, read.named, read.fillable) == (places, named, True)


@pytest.mark.parametrize(
    "part",
    [
        {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}"},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Track", "url": "https://example.com/{{1}}"}]},
    ],
)
def test_places_outside_the_body_cannot_be_filled_in(part: dict[str, Any]) -> None:
    assert not read_template(entry(body("Hi"), part)).fillable


@pytest.mark.parametrize(
    ("part", "way_out"),
    [
        (body("Reply STOP to hear no more"), True),
        (body("明天见！回复“退订”不再接收。"), True),
        ({"type": "BUTTONS", "buttons": [{"type": "POSTBACK", "text": "No more", "payload": "STOP"}]}, True),
        (body("We open at nine, nonstop"), False),
    ],
)
def test_a_template_that_tells_the_way_out_is_known(part: dict[str, Any], way_out: bool) -> None:
    assert read_template(entry(part)).way_out is way_out


@pytest.mark.parametrize(
    "nonsense", [{}, {"name": 7, "components": "x"}, {"components": [{"type": "BODY", "text": []}]}]
)
def test_nonsense_in_the_list_is_read_without_failing(nonsense: dict[str, Any]) -> None:
    assert read_template(nonsense).places == ()


def test_all_pages_of_the_list_are_read(graph: Graph, page: Messenger) -> None:
    assert isinstance(page, HasTemplates)
    more = {"data": [entry(body("Hi")), "x"], "paging": {"cursors": {"after": "A"}, "next": "https://elsewhere"}}
    graph.by_path[EDGE] = Told(body=json.dumps(more).encode())
    assert len(page.templates()) == MOST_PAGES
    assert [asked.query.get("after") for asked in graph.asked[:2]] == [None, "A"]
    graph.by_path[EDGE] = Told(body=json.dumps({**more, "paging": {"cursors": {"after": "A"}}}).encode())
    assert [one.name for one in page.templates()] == ["order_update"]


@pytest.mark.parametrize("code", [3, 10, 200])
def test_without_the_permission_the_sentence_names_it(graph: Graph, page: Messenger, code: int) -> None:
    graph.error(code)
    with pytest.raises(PlatformError, match="page_utility_messaging"):
        page.templates()


def test_a_refused_token_and_silence_are_said_as_such(graph: Graph, page: Messenger) -> None:
    graph.error(190)
    with pytest.raises(PlatformError, match="access token"):
        page.templates()
    with pytest.raises(PlatformError, match="did not answer"):
        make_page().templates()


# -- sending one

ORDER = Template(name="order_update", language="en", values=(TemplateValue(name="1", text="566701"),))
SENT = Outgoing(to=PSID, message=ORDER, purpose="broadcast", metadata="b:1:2:0")


@pytest.mark.parametrize("purpose", ["reply", "broadcast"])
def test_a_template_goes_as_a_utility_message_with_its_mark(purpose: str) -> None:
    choices = (Choice(title="Stop messages", value="STOP"),)
    assert render(SENT.model_copy(update={"purpose": purpose, "choices": choices})) == {
        "recipient": {"id": PSID},
        "messaging_type": "UTILITY",
        "message": {
            "template": {
                "name": "order_update",
                "language": {"code": "en"},
                "components": [{"type": "body", "parameters": [{"type": "text", "text": "566701"}]}],
            },
            "metadata": "b:1:2:0",
        },
    }


def test_named_places_are_filled_by_name_and_without_places_there_are_no_components() -> None:
    named = Template(name="t", language="en", named=True, values=(TemplateValue(name="order_id", text="5"),))
    (component,) = render(SENT.model_copy(update={"message": named}))["message"]["template"]["components"]
    assert component["parameters"] == [{"type": "text", "parameter_name": "order_id", "text": "5"}]
    bare = Template(name="t", language="en")
    assert "components" not in render(SENT.model_copy(update={"message": bare}))["message"]["template"]


def blocking(page: Messenger) -> Outcome:
    return page.send(SENT)


def bulk(page: Messenger) -> Outcome:
    async def go() -> Outcome:
        async with bulk_session(4) as http:
            return await page.send_bulk(http, SENT)

    return asyncio.run(go())


REFUSALS = (
    # Only an approved template is taken outside the window, so this refusal is about the template.
    (10, 2018278, "template_refused", Fate.STOP),
    # One person's value may not fit; when it is everybody's, the breaker holds the broadcast.
    (100, None, "template_invalid", Fate.GIVE_UP),
    (10, None, "no_utility_permission", Fate.STOP),
    # What says something about the person, the line or the Page says so here too.
    (551, 1545041, "unreachable", Fate.SKIP),
    (100, 2018001, "unreachable", Fate.UNSUBSCRIBE),
    (80006, None, "throttled", Fate.PAUSE),
    (190, 463, "token_refused", Fate.PAUSE),
)


@pytest.mark.parametrize("road", [blocking, bulk])
@pytest.mark.parametrize(("code", "subcode", "reason", "fate"), REFUSALS)
def test_a_refused_template_says_what_is_wrong_with_it(
    graph: Graph, page: Messenger, road: Any, code: int, subcode: int | None, reason: str, fate: Fate
) -> None:
    graph.error(code, subcode)
    outcome = road(page)
    assert isinstance(outcome, Refused)
    assert (outcome.failure.reason, outcome.failure.fate) == (reason, fate)
